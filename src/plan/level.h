/* level.h -- how far each action is from the end of its step.
 *
 * The level of an action is the longest path from its start through the plan,
 * its own time included. Where fewer cores than ranks have to do with a plan,
 * taking the highest level first is the classic rule of list scheduling: Hu,
 * "Parallel sequencing and assembly line problems", Operations Research 9
 * (1961). */
#ifndef PIPELAB_PLAN_LEVEL_H
#define PIPELAB_PLAN_LEVEL_H

#include "plan/cost.h"
#include "plan/plan.h"

#include <stddef.h>
#include <stdint.h>

/* One array a rank, one number of ticks an action, for a lowered plan that is
 * complete and matched (see program.h). */
int64_t **
level_new(const struct plan *plan, const struct cost *cost);

/* Accepts NULL. */
void
level_free(int64_t **levels, const struct plan *plan);

#endif
