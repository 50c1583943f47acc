/* placement.c -- computes the rank that owns a stage. */
#include "config.h"

#include "plan/placement.h"

int
placement_rank(enum placement placement, int ranks, int stage)
{
    bool turns = placement == PLACEMENT_V || placement == PLACEMENT_WAVE;
    int back = 2 * ranks - 1 - stage % (2 * ranks);

    return turns && back < ranks ? back : stage % ranks;
}

int
placement_chunks(enum placement placement)
{
    return placement == PLACEMENT_V || placement == PLACEMENT_WAVE ? 2 : 1;
}

struct plan *
placement_plan(enum placement placement, const char *name, int ranks,
               int stages, int mbs)
{
    struct plan *plan = plan_new(name, ranks, stages, mbs);

    if (placement == PLACEMENT_BOTH_WAYS)
        plan_double(plan);
    for (int s = 0; s < stages; s++)
        plan->rank_of_stage[s] = placement_rank(placement, ranks, s);
    for (int s = 0; s < stages && plan->copies == 2; s++)
        plan->rank_of_stage[stages + s] = ranks - 1 - s;
    return plan;
}
