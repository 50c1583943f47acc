#include "config.h"

#include "schedule/placement.h"

int
placement_rank(enum placement placement, int ranks, int stage)
{
    if (placement == PLACEMENT_V && stage >= ranks)
        return 2 * ranks - 1 - stage;
    return stage % ranks;
}
