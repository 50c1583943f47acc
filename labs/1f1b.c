/* Exercise: 1f1b.
 *
 *   rank 0  F0 F1 F2 .  .  B0 F3 B1 .  B2 .  B3
 *   rank 1  .  F0 F1 .  B0 F2 B1 F3 B2 .  B3 .
 *   rank 2  .  .  F0 B0 F1 B1 F2 B2 F3 B3 .  .
 *           warm-up    steady state     cool-down
 *
 * Three phases on each rank r, which owns stage r:
 *
 *   warm-up       P-1-r forwards, so that the ranks above have work; with few
 *                 microbatches (M < P-1-r), no more than there are
 *   steady state  one forward, one backward, in turn, while forwards are left
 *   cool-down     the backwards that are left
 *
 * Add them with plan_add() and action_of(ACTION_FORWARD, stage, mb) or
 * ACTION_FULL_BACKWARD; plan->ranks and plan->mbs give the shape. Then rank r
 * never keeps more than P-r microbatches. pipelab lab 1f1b-theory derives the
 * table.
 *
 * Hints, one at a time:
 *   1. In the picture P is 3 and M is 4. How long is each rank's warm-up? Which
 *      rank has none?
 *   2. Two counters a rank: the next forward and the next backward. Each phase
 *      is a loop that moves one of them, or both.
 *   3. When do the forwards run out, if there are fewer microbatches than the
 *      warm-up wants? Which loops then do nothing?
 *   4. labs/grade --show 1f1b draws what you have, as far as it runs. */
#include "exercises.h"

void
exercise_1f1b(struct plan *plan)
{
    /* Your code here. */
    (void)plan;
}
