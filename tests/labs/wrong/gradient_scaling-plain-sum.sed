s,(float)rows / (float)batch,1.0f,
