/* Exercise: shard.
 *
 *   10 hidden layers and the head on 4 ranks:
 *
 *   rank 0   0  1  2
 *   rank 1            3  4  5
 *   rank 2                     6  7
 *   rank 3                           8  9  head
 *
 * Which layers does a rank hold? Each hidden layer is on one rank, in order,
 * and the ranks hold equally many. What does not divide is dealt out from
 * rank 0 on, one layer a rank. The head goes with the last hidden layer.
 *
 * Then count what the rank must keep in memory. Layer l has
 * mlp_layer_outputs(mlp, l) rows of mlp_layer_inputs(mlp, l) weights, and a
 * bias for each output. To these two functions the head is layer number
 * mlp->layers (src/nn/mlp.h).
 *
 * Hints, one at a time:
 *   1. 10 layers, 4 ranks: what are 10 / 4 and 10 % 4, and where do you see
 *      both numbers in the picture?
 *   2. A rank's first layer is the number of layers on the ranks before it. How
 *      many of those have one layer more?
 *   3. Which rank has the head does not depend on how many layers it has. */
#include "exercises.h"

/* What this rank, of so many, holds. There are at least as many hidden layers,
 * mlp->layers, as ranks. */
struct shard
exercise_shard(const struct mlp *mlp, int ranks, int rank)
{
    struct shard shard = {0};

    /* Your code here. */
    (void)mlp;
    (void)ranks;
    (void)rank;
    return shard;
}
