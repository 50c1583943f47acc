s/ + (rank < rest ? rank : rest)//
s/(rank < rest)/(rank == ranks - 1 ? rest : 0)/
