/* check.h -- checks the cells of a plan: is it complete and in order?
 *
 * complete   each (stage, microbatch) has one F and, unless the plan is
 *            forward only, one B or one I and one W; transfers where stages
 *            live on different ranks
 * ordered    F(s) after F(s-1); B or I after its F and after B or I(s+1); W
 *            after its I; STEP after the stage's last weight gradient
 * copies     where a stage has two: each microbatch keeps to one; if gradients
 *            are sent, those of every place, after its last weight gradient and
 *            before the STEP of the other
 *
 * program_make() calls it, then checks links and deadlocks. */
#ifndef PIPELAB_PLAN_CHECK_H
#define PIPELAB_PLAN_CHECK_H

#include "plan/plan.h"

#include <stdbool.h>

/* On false the cause names rank, position (see plan_position()) and cell. */
bool
check_plan(const struct plan *plan, struct cause *cause);

#endif
