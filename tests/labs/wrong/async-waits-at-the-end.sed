s/mb >= BUFFERS/false/
s/left = .*;/left = 0;/
