/FULL_BACKWARD/s/r, m)/r, plan->mbs - 1 - m)/
