s/left = .*;/left = step->mbs;/
