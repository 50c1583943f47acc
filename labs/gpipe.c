/* Exercise: gpipe.
 *
 *   rank 0  F0 F1 F2 .  .  B0 B1 B2
 *   rank 1  .  F0 F1 F2 B0 B1 B2 .
 *
 * A rank does the forwards of all microbatches, then the backwards of all,
 * both in ascending order, so that gradients add up in that order. For rank r,
 * which owns stage r:
 *
 *   plan_add(plan, r, action_of(ACTION_FORWARD, stage, mb));
 *   plan_add(plan, r, action_of(ACTION_FULL_BACKWARD, stage, mb));
 *
 * plan->ranks and plan->mbs give the shape. What does it cost in memory that
 * the backwards come so late?
 *
 * Hints, one at a time:
 *   1. Read a line of the picture without its dots. Where does it turn from
 *      forwards to backwards?
 *   2. In naive.c one loop did a forward and a backward. How many loops over
 *      the microbatches do you need here?
 *   3. labs/grade --show gpipe draws what you have. */
#include "exercises.h"

void
exercise_gpipe(struct plan *plan)
{
    /* Your code here. */
    (void)plan;
}
