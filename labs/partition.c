/* Exercise: partition.
 *
 *   x -> [ lower ] --activations--> [ upper ] -> loss      1. forward
 *        [ lower ] <---gradient---- [ upper ]              2. backward
 *
 * The model is cut into two slices, still in one thread. Take a batch through
 * both, so that loss and weight gradients are those of the uncut model, bit for
 * bit. src/nn/slice.h has all that you need: slice_input(), slice_output(),
 * slice_forward(), slice_loss(), slice_backward(); copy with tensor_copy() of
 * src/tensor/tensor.h. Use stash slot 0 throughout.
 *
 * To see it done for the uncut model: src/course/lab_monolith.c.
 *
 * Hints, one at a time:
 *   1. A slice computes from its own input to its own output. Which of the four
 *      tensors in the first line is whose? Which two must become equal?
 *   2. Only the slice with the head knows the loss. It is the mean over a batch
 *      of x.rows rows, all of which are here.
 *   3. slice_backward() takes the gradient of the output and gives that of the
 *      input. The upper slice does not read the first; who needs the second?
 *      So which slice goes first? */
#include "exercises.h"

/* Takes the whole batch x (rows x inputs) up through both slices and returns
 * the loss, leaving its gradient in upper for the backward. */
double
exercise_forward(struct slice *lower, struct slice *upper, struct tensor x,
                 const uint8_t labels[])
{
    /* Your code here: input, forward, hand-off, forward, loss. */
    (void)lower;
    (void)upper;
    (void)x;
    (void)labels;
    return 0.0;
}

/* Comes after it and brings the gradient down again; each slice adds up its
 * weight gradients. handed (rows x hidden) is room for what crosses the cut.
 * A tensor that a slice need not read or write is (struct tensor){0}. */
void
exercise_backward(struct slice *lower, struct slice *upper,
                  struct tensor handed, int rows)
{
    /* Your code here: two calls of slice_backward(). */
    (void)lower;
    (void)upper;
    (void)handed;
    (void)rows;
}
