s/i < tensor_count(ball)/i < 1/
