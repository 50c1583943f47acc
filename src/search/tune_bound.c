/* tune_bound.c -- bounds the periods of a placement's plans from below. */
#include "config.h"

#include "search/tune_bound.h"

#include "base/larger.h"
#include "plan/place.h"

/* A stage's backward in one piece or in two, whichever is shorter. */
static int64_t
backward(const struct cost *cost, int rank, int stage)
{
    return smaller_of(
        cost_least(cost, rank, stage, ACTION_FULL_BACKWARD),
        cost_least(cost, rank, stage, ACTION_BACKWARD_INPUT) +
            cost_least(cost, rank, stage, ACTION_BACKWARD_WEIGHT));
}

/* All work of the busiest rank, and the all-reduce after its last weight
 * gradient, which is at least the shortest. Two copies share the microbatches:
 * of the two ranks that have the same stages the busier has half of the work or
 * more. */
static int64_t
work_bound(const struct plan *plan, const struct cost *cost)
{
    int64_t most = 0;

    for (int r = 0; r < plan->ranks; r++) {
        int64_t work = 0;
        int64_t reduce = INT64_MAX;

        for (int p = 0; p < plan_places(plan); p++) {
            int s = p % plan->stages;

            if (plan->rank_of_stage[p] != r)
                continue;
            work += plan->mbs * (cost_least(cost, r, s, ACTION_FORWARD) +
                                 backward(cost, r, s));
            reduce = smaller_of(reduce, cost->reduce ? cost->reduce[s] : 0);
        }
        most = larger_of(most, work / plan->copies + reduce);
    }
    return most;
}

/* The rank of a copy's first stage cannot begin the next step before a
 * microbatch has been to the last stage and back, and its own all-reduce is
 * done. */
static int64_t
way_bound(const struct plan *plan, const struct cost *cost, int copy)
{
    int64_t way = cost->reduce ? cost->reduce[0] : 0;

    for (int s = 0; s < plan->stages; s++) {
        int place = copy * plan->stages + s;
        int rank = plan->rank_of_stage[place];

        way += cost_least(cost, rank, s, ACTION_FORWARD);
        way +=
            s == 0
                ? backward(cost, rank, s)
                : smaller_of(cost_least(cost, rank, s, ACTION_FULL_BACKWARD),
                             cost_least(cost, rank, s, ACTION_BACKWARD_INPUT));
        if (plan_crosses(plan, place))
            way += cost_message(cost, plan, 2 * place) +
                   cost_message(cost, plan, 2 * place + 1);
    }
    return way;
}

int64_t
tune_bound(const struct plan *plan, const struct cost *cost)
{
    int64_t way = way_bound(plan, cost, 0);
    int64_t work = work_bound(plan, cost);

    /* All microbatches may go through the copy whose way is shorter. */
    if (plan->copies == 2)
        way = smaller_of(way, way_bound(plan, cost, 1));
    return larger_of(way, work);
}
