s/step->down\[mb\] = isend_backward/send_backward/
