s/loop->rank->number == 0/false/
