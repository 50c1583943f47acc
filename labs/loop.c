/* Exercise: loop.
 *
 *   for each step
 *     for each action of this rank's list       0F0 0SEND_F0 0F1 ... 0STEP
 *       do it                                     |      |             |
 *                                              compute  pass on     optimize
 *
 *   rank 0:     loads the batch        the last rank: has the labels
 *   every rank: has layers of its own and an optimizer for them
 *
 * The training loop of one rank. A plan with transfers is a program: its list
 * for this rank says in what order to receive, compute, send and step. You
 * write the interpreter. No schedule is in it: naive, GPipe and 1F1B run on the
 * same few lines.
 *
 *   ACTION_RECV_F          activations from the rank below, into the slice's
 *                          input
 *   ACTION_FORWARD         the slice's forward. Rank 0 puts the microbatch's
 *                          rows of the batch in first; the last rank takes the
 *                          loss after it and adds it to that of the step
 *   ACTION_SEND_F          the slice's output to the rank above
 *   ACTION_RECV_B          a gradient from the rank above, into dy
 *   ACTION_FULL_BACKWARD   the slice's backward: reads dy, writes dx
 *   ACTION_SEND_B          dx to the rank below
 *   ACTION_OPTIMIZER_STEP  the slice's step: new weights, gradients zero again
 *
 * struct loop (exercises.h) has all that a rank knows. Microbatch m is rows
 * m * rows to m * rows + rows - 1 of the batch; use stash slot m for it. For
 * the slice: slice_input(), slice_output(), slice_forward(), slice_loss(),
 * slice_backward(), slice_step() (src/nn/slice.h), and tensor_copy().
 *
 * Hints, one at a time:
 *   1. Begin with one rank: F, B and STEP are all there is. The grader does.
 *   2. plan->lists[number].at[i] is action i of a rank, .count how many there
 *      are; action.kind, action.mb. Write a switch over the kind.
 *   3. Which number has the rank above? See comms.c. A plan has no transfer
 *      where there is no neighbour, so you need not ask.
 *   4. Rows of a batch: (struct tensor){rows, x.cols, x.data + first * cols}.
 *   5. loop->labels is NULL on every rank but the last: so that tells which
 *      one you are. slice_loss() wants the rows of the whole batch, too. */
#include "exercises.h"

/* Does loop->steps steps. */
void
exercise_loop(struct loop *loop)
{
    /* Your code here. */
    (void)loop;
}
