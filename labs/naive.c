/* Exercise: naive.
 *
 *   rank 0  F0 .  .  B0 F1 .  .  B1
 *   rank 1  .  F0 B0 .  .  F1 B1 .
 *
 * Each microbatch goes all the way up and all the way back before the next
 * starts. Say for each rank r, which owns stage r, what it does in what order:
 *
 *   plan_add(plan, r, action_of(ACTION_FORWARD, stage, mb));
 *   plan_add(plan, r, action_of(ACTION_FULL_BACKWARD, stage, mb));
 *
 * plan->ranks and plan->mbs give the shape (src/plan/plan.h). Ranks wait
 * for their inputs by themselves: a plan says order, not time, so the dots are
 * not in it.
 *
 * Hints, one at a time:
 *   1. Read the two lines of the picture without their dots. What differs?
 *   2. Each rank has one action for every letter of its line. Two loops, one in
 *      the other: over what?
 *   3. labs/grade --show naive draws what you have. */
#include "exercises.h"

void
exercise_naive(struct plan *plan)
{
    /* Your code here. */
    (void)plan;
}
