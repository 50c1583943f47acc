/* search.h -- the shortest plan found for given costs and memory. */
#ifndef PIPELAB_SEARCH_SEARCH_H
#define PIPELAB_SEARCH_SEARCH_H

#include "base/error.h"
#include "plan/cost.h"
#include "plan/plan.h"

#include <stdint.h>

/* What to search for. */
struct search_task {
    int ranks;
    int stages;
    int mbs;
    const struct cost *cost; /* of the stages; borrowed */
    int max_activations;     /* the most on any rank; 0: no limit */
    int freed_by_input;      /* of an activation; see plan/footprint.h */
    int group;               /* of interleaved-1f1b; 0: as it likes */
};

/* What the search found. */
struct search_result {
    int64_t makespan;        /* with unbounded links; 0: nothing was
                              * searched */
    int64_t bound;           /* no plan with these placements is shorter */
    const char *beaten;      /* the shortest policy that fits, or NULL */
    int64_t beaten_makespan; /* of that policy */
};

/* Searches for a short plan; stages is a multiple of ranks. The caller frees
 * the plan. NULL with the cause if max_activations is less than one microbatch
 * needs. The same task gives the same plan on every machine. */
struct plan *
search_greedy(const struct search_task *task, struct search_result *result,
              struct cause *cause);

#endif
