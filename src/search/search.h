/* search.h -- the shortest plan found for given costs and memory. */
#ifndef PIPELAB_SEARCH_SEARCH_H
#define PIPELAB_SEARCH_SEARCH_H

#include "base/error.h"
#include "plan/cost.h"
#include "plan/plan.h"

#include <stdint.h>

/* What a search has to go by. */
struct search_task {
    int ranks;
    int stages;
    int mbs;
    const struct cost *cost; /* of the stages; borrowed */
    int max_activations;     /* on any rank; 0: any number */
};

/* What it came to. */
struct search_result {
    int64_t makespan;        /* at unbounded links; 0: nothing was searched */
    int64_t bound;           /* no plan over these placements is shorter */
    const char *beaten;      /* the best policy that fits, or NULL */
    int64_t beaten_makespan;
};

/* Searches for a shape that divides: stages by ranks. The caller frees the
 * plan. NULL with the cause if max_activations is less than what one
 * microbatch needs. The same task gives the same plan on any machine. */
struct plan *
search_greedy(const struct search_task *task, struct search_result *result,
              struct cause *cause);

#endif
