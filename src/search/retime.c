/* retime.c -- looks for a shorter order within the memory of a plan. */
#include "config.h"

#include "search/retime.h"

#include "base/memory.h"
#include "plan/footprint.h"
#include "search/list_search.h"

#include <stdlib.h>
#include <string.h>

/* Whether all actions take as long as one another, and messages no time. */
static bool
is_even(const struct problem *p)
{
    int64_t one = p->times[0].work.weight;

    for (int s = 0; s < p->stages; s++) {
        const struct stage_times *t = &p->times[s];

        if (t->forward != one || t->input != one || t->work.weight != one ||
            t->up != 0 || t->down != 0)
            return false;
    }
    return true;
}

/* The activations of each rank at their peak, in millionths. */
static int64_t *
peaks_of(const struct plan *plan)
{
    size_t ranks = (size_t)plan->ranks;
    double *counts = memory_new(ranks, sizeof *counts);
    int64_t *peaks = memory_new(ranks, sizeof *peaks);

    footprint_activations(plan, counts);
    for (size_t r = 0; r < ranks; r++)
        peaks[r] = (int64_t)(counts[r] * ACTIVATION_ONE + 0.5);
    free(counts);
    return peaks;
}

/* The shortest list schedule within the room. */
static struct plan *
list_within(const struct problem *problem, const struct search_task *task)
{
    const struct plan *shape = problem->shape;
    struct list_search lists = {
        .problem = problem,
        .most = problem->room.most,
        .for_makespan = task->objective == SEARCH_MAKESPAN,
    };
    struct plan *plan =
        plan_new(shape->name, shape->ranks, shape->stages, shape->mbs);

    memcpy(plan->rank_of_stage, shape->rank_of_stage,
           (size_t)shape->stages * sizeof *shape->rank_of_stage);
    plan->freed_by_input = shape->freed_by_input;
    list_search(&lists, plan);
    return plan;
}

/* Whether a plan holds no more than the peaks, and is shorter than another in
 * makespan or period and longer in neither. */
static bool
is_better(const struct plan *plan, const int64_t *most,
          const struct plan *other, const struct cost *cost)
{
    int slots;
    struct search_time time = search_time_of(plan, cost, &slots);
    struct search_time before = search_time_of(other, cost, &slots);
    double period = period_ticks(time.period);
    double period_before = period_ticks(before.period);
    int64_t *peaks = peaks_of(plan);
    bool fits = true;

    for (int r = 0; r < plan->ranks; r++)
        fits = fits && peaks[r] <= most[r];
    free(peaks);
    return fits && time.makespan <= before.makespan &&
           period <= period_before &&
           (time.makespan < before.makespan || period < period_before);
}

struct plan *
retime(struct plan *plan, const struct search_task *task)
{
    size_t stages = (size_t)plan->stages;
    struct footprint *kept = memory_new(stages, sizeof *kept);
    int64_t *peaks = peaks_of(plan);
    struct problem problem;

    for (size_t s = 0; s < stages; s++)
        kept[s] = (struct footprint){
            .stash = ACTIVATION_ONE,
            .owed = ACTIVATION_ONE - plan->freed_by_input,
        };
    problem_init(&problem, plan, task->cost, (struct room){kept, peaks});
    /* The schedule has no blocks of a forward and a backward. */
    problem.blocks = false;
    if (!is_even(&problem)) {
        struct plan *found = list_within(&problem, task);
        bool better = is_better(found, peaks, plan, task->cost);

        problem_fini(&problem);
        plan_free(better ? plan : found);
        plan = better ? found : plan;
    } else {
        problem_fini(&problem);
    }
    free(peaks);
    free(kept);
    return plan;
}
