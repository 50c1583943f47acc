/* Exercise: steps. The schedules naive and GPipe as a rank really runs them.
 *
 *   naive, 2 ranks, 2 microbatches     GPipe
 *
 *   rank 0       rank 1                rank 0       rank 1
 *   F0                                 F0
 *   send F0 ---> recv F0               send F0 ---> recv F0
 *                F0                    F1           F0
 *                B0                    send F1 ---> recv F1
 *   recv B0 <--- send B0                            F1
 *   B0                                              B0
 *   F1                                 recv B0 <--- send B0
 *   send F1 ---> recv F1               B0           B1
 *    ..           ..                   recv B1 <--- send B1
 *                                      B1
 *
 * In naive.c and gpipe.c you said what is computed in which order. A real rank
 * must also say when it receives and when it sends. Write one step of training
 * for one rank, step->rank, with these calls (exercises.h):
 *
 *   recv_forward()   forward()    send_forward()
 *   recv_backward()  backward()   send_backward()
 *
 * each with the step and the microbatch. Every rank runs your function, and
 * each does its own part only. The first rank has none below it to receive
 * activations from or to send gradients to; the last none above.
 *
 * The grader writes the calls of all ranks down, as a plan with transfers, and
 * runs that: pipelab schedule --lower prints such plans.
 *
 * Hints, one at a time:
 *   1. What must be there before a forward can run? And who waits for what it
 *      makes? So three calls belong together.
 *   2. The same for a backward, in the other direction.
 *   3. Write these two groups as functions of step and mb. Each schedule is
 *      then two or three lines: compare them with naive.c and gpipe.c. */
#include "exercises.h"

/* One microbatch all the way, then the next. */
void
exercise_naive_step(struct step *step)
{
    /* Your code here. */
    (void)step;
}

/* All forwards, then all backwards, both in ascending order. */
void
exercise_gpipe_step(struct step *step)
{
    /* Your code here. */
    (void)step;
}
