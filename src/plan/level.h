/* level.h -- how far each action is from the end of its step.
 *
 * The level of an action is the longest path from its start through the plan,
 * its own time included. When ranks share cores, running the action with the
 * highest level first is the classic rule of list scheduling: Hu,
 * "Parallel sequencing and assembly line problems", Operations Research 9
 * (1961). */
#ifndef PIPELAB_PLAN_LEVEL_H
#define PIPELAB_PLAN_LEVEL_H

#include "plan/cost.h"
#include "plan/plan.h"

#include <stddef.h>
#include <stdint.h>

/* levels[rank][index of the action], in ticks. The plan is lowered, complete
 * and matched (see program.h). Free with level_free(). */
int64_t **
level_new(const struct plan *plan, const struct cost *cost);

/* Accepts NULL. */
void
level_free(int64_t **levels, const struct plan *plan);

#endif
