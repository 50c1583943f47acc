/* tune_bound.h -- the least period that a plan of a placement can have.
 *
 * It is the larger of the work of the busiest rank and the way of a microbatch
 * up all stages and back, each with the all-reduce among replicas, which
 * bound.h leaves out. */
#ifndef PIPELAB_SEARCH_TUNE_BOUND_H
#define PIPELAB_SEARCH_TUNE_BOUND_H

#include "plan/cost.h"
#include "plan/plan.h"

#include <stdint.h>

/* In ticks; the plan may still be empty. */
int64_t
tune_bound(const struct plan *plan, const struct cost *cost);

#endif
