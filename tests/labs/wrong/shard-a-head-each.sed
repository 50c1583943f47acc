s/rank == ranks - 1/true/
