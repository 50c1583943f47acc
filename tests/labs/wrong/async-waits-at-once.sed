s/step->up\[mb\] = \(isend_forward(step, mb)\)/wait_for(step, \1)/
s/step->down\[mb\] = \(isend_backward(step, mb)\)/wait_for(step, \1)/
s/mb >= BUFFERS/false/
s/left = .*;/left = step->mbs;/
