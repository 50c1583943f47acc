/slice_step/d
