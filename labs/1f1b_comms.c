/* Exercise: 1f1b_comms. 1F1B with its sends and receives, and a deadlock.
 *
 *   In the steady state both neighbours have something for each other:
 *
 *   rank 2   ..  F1  [ send F1 up   ]   waits until rank 3 receives ..
 *                           \ /
 *                           / \
 *   rank 3   ..  B0  [ send B0 down ]   waits until rank 2 receives ..
 *
 * On a link with a slot a send puts its tensor there and goes on. Without
 * slots (rendezvous) it waits for the receiver; here each waits for the other,
 * for ever. pipelab lab async shows it on threads.
 *
 * Write one step of 1F1B for one rank, with the calls of steps.c: warm-up of
 * P-1-r forwards, steady state, cool-down. First in the plain order: receive,
 * compute, send. That runs with one slot, and is worth most of the points. Then
 * change the order of sends and receives, not of the computations, so that it
 * runs without slots, too.
 *
 * Hints, one at a time:
 *   1. Begin with your 1f1b.c, and the two groups of three calls of steps.c.
 *   2. Without slots, each send must meet its recv. Write down the transfers
 *      of two neighbours in the steady state side by side, as in steps.c. Where
 *      do both send?
 *   3. One of the two must first take what the other has, then send its own.
 *      Even and odd ranks may do it differently; or look whether the same
 *      change on all ranks but the last will do.
 *   4. What a rank takes early is for its next forward. Is there always a next
 *      one? At the end of the warm-up, and in the cool-down? */
#include "exercises.h"

void
exercise_1f1b_step(struct step *step)
{
    /* Your code here. */
    (void)step;
}
