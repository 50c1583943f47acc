/* exchange.h -- makes a plan shorter by small changes along its critical path,
 * the chain of actions of which each starts when the one before it ends and
 * which nothing but a change to itself can shorten.
 *
 *   F1 F2 I0 W0 F3   an action goes elsewhere:   F1 I0 F2 W0 F3
 *   F1 B0 F2         a backward is split:        F1 I0 F2 W0
 *   F1 I0 F2 W0      its halves are joined:      F1 B0 F2
 *
 * Microbatches keep their order at each stage, so links stay first in, first
 * out and weight gradients add up as before. */
#ifndef PIPELAB_SCHEDULE_EXCHANGE_H
#define PIPELAB_SCHEDULE_EXCHANGE_H

#include "schedule/cost.h"
#include "schedule/plan.h"

#include <stdint.h>

struct exchange_limits {
    int max_activations; /* on any rank; 0: any number */
    int64_t bound;       /* stop at this makespan */
    int tries;           /* or after so many */
};

/* Shortens a valid compute-only plan with backwards, as far as its makespan with
 * unbounded links goes. The same plan gives the same result anywhere. */
void
exchange_shorten(struct plan *plan, const struct cost *cost,
                 const struct exchange_limits *limits);

#endif
