s/number + 1, loop->dy/number - 1, loop->dy/
