s/while (backward/while (r != 2 \&\& backward/
