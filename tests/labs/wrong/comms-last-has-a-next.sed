s/rank->number + 1 < rank->ranks ? \(.*\) : NO_RANK/\1/
