/* Exercise: gradient scaling over microbatches.
 *
 *   batch      [ ........ ........ ]        loss = mean over its examples
 *   mb 0..2    [ ...... | ..... | ..... ]   loss = mean over *its* examples
 *
 * A batch of B examples is cut into M microbatches, and each gives the gradient
 * of the mean loss over its own examples. Before the optimizer's step these
 * must add up to the gradient of the mean over the whole batch. B need not be
 * divisible by M: what then?
 *
 * Hints, one at a time:
 *   1. Begin with equal microbatches. The mean of their means is the batch's:
 *      what factor has each?
 *   2. Now let one microbatch be larger. In the mean of means, which of its
 *      examples count for less than the others?
 *   3. Write the mean over the batch as a sum over its examples, and put
 *      brackets around those of each microbatch. */
#include "exercises.h"

/* Called once for each microbatch, in order. gradient[count] is that of the
 * mean loss over the microbatch's rows examples; total[count], zero at first,
 * must hold the gradient of the mean loss over all batch examples once the last
 * of the mbs microbatches has been here. */
void
exercise_add_gradient(float total[], const float gradient[], size_t count,
                      int rows, int batch, int mbs)
{
    /* Your code here. */
    (void)total;
    (void)gradient;
    (void)count;
    (void)rows;
    (void)batch;
    (void)mbs;
}
