s/ranks - 1 - step->rank/ranks - step->rank/
