/* search.h -- the shortest plan found for given costs and memory. */
#ifndef PIPELAB_SEARCH_SEARCH_H
#define PIPELAB_SEARCH_SEARCH_H

#include "base/error.h"
#include "plan/cost.h"
#include "plan/footprint.h"
#include "plan/plan.h"
#include "search/bound.h"
#include "search/limit.h"
#include "sim/period.h"

#include <stdbool.h>
#include <stdint.h>

/* What is to be short: a further step of many in a row, or a single one. Of
 * plans that are equal in this, the one that is shorter in the other. */
enum search_objective { SEARCH_PERIOD, SEARCH_MAKESPAN };

/* Asked now and then whether to go on; the best makespan or period so far, in
 * ticks, and its lower bound are for a line of progress. */
struct search_watch {
    bool (*goes_on)(void *context, double best, int64_t bound);
    void *context;
};

/* What to search for. */
struct search_task {
    int ranks;
    int stages;
    int mbs;
    const struct cost *cost;    /* of the stages; borrowed */
    int max_activations;        /* the most on any rank; 0: no limit */
    int freed_by_input;         /* of an activation; see plan/footprint.h */
    const struct limit *memory; /* in bytes; NULL: they are not known */
    int group;                  /* of interleaved-1f1b; 0: as it likes */
    enum search_objective objective;
    bool patient; /* the watch ends a search for the optimum, not a width */
    const struct search_watch *watch; /* or NULL */
};

/* What a plan takes with unbounded links. */
struct search_time {
    int64_t makespan;
    struct period period;
};

/* *slots receives the most messages on a link. */
struct search_time
search_time_of(const struct plan *plan, const struct cost *cost, int *slots);

/* What an objective asks for of a time, in ticks. */
static inline double
search_time_for(enum search_objective objective,
                const struct search_time *time)
{
    return objective == SEARCH_MAKESPAN ? (double)time->makespan
                                        : period_ticks(time->period);
}

/* What the search found. */
struct search_result {
    struct search_time time; /* makespan 0: nothing was searched */
    enum search_objective objective;
    struct bound bound; /* no plan with these placements is shorter, in what
                         * was searched for */
    bool proven;        /* no plan is shorter than the one found */
    bool stopped;       /* by the watch */
    bool bytes_limit;   /* not every plan fits the bytes of task->memory */
    const char *beaten; /* the best policy that fits, or NULL */
    struct search_time beaten_time;
};

/* Searches for a short plan; stages is a multiple of ranks. The caller frees
 * the plan. NULL with the cause if max_activations or the memory is less than
 * one microbatch needs. Unless it is stopped, the same task gives the same
 * plan on every machine, and with more memory none that is longer, but for
 * large shapes, whose smaller memories are not all tried. */
struct plan *
search_greedy(const struct search_task *task, struct search_result *result,
              struct cause *cause);

/* Searches for the shortest plan by makespan until it is proven, or the watch
 * says to stop, or a width is reached (see beam.h). Plans with
 * looped and V-shaped stages count. */
struct plan *
search_optimal(const struct search_task *task, struct search_result *result,
               struct cause *cause);

#endif
