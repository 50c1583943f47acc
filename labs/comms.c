/* Exercise: comms.
 *
 *             up: activations         up: activations
 *           ------------------>     ------------------>
 *   rank 0                      rank 1                      rank 2
 *   first   <------------------     <------------------      last
 *             down: gradients         down: gradients
 *
 * The words that a pipeline speaks. A rank knows its number and how many ranks
 * there are, and talks to its two neighbours only: the rank below it (prev) and
 * the one above (next). The first rank has none below, the last none above.
 *
 * You have send_to() and recv_from(), which name the other rank by its number
 * (exercises.h); they are torch.distributed's send and recv. Make of them the
 * four transfers that the rest of the course uses. Where there is no such
 * neighbour, a transfer does nothing and touches no tensor: so every rank can
 * run the same program.
 *
 * Hints, one at a time:
 *   1. Draw three ranks and write their numbers below. Which number has the
 *      rank below rank 2? Below rank 0?
 *   2. send_forward of one rank is answered by recv_forward of another. Which?
 *   3. All four look alike: find the neighbour; if there is one, send or
 *      receive. Only the neighbour differs, and the direction. */
#include "exercises.h"

/* The number of the rank below, or NO_RANK on the first rank. */
int
exercise_prev(const struct rank *rank)
{
    /* Your code here. */
    (void)rank;
    return NO_RANK;
}

/* The number of the rank above, or NO_RANK on the last rank. */
int
exercise_next(const struct rank *rank)
{
    /* Your code here. */
    (void)rank;
    return NO_RANK;
}

/* Sends this rank's activations up. */
void
exercise_send_forward(struct rank *rank, struct tensor activations)
{
    /* Your code here. */
    (void)rank;
    (void)activations;
}

/* Receives the activations of the rank below. */
void
exercise_recv_forward(struct rank *rank, struct tensor activations)
{
    /* Your code here. */
    (void)rank;
    (void)activations;
}

/* Sends the gradient of this rank's input down. */
void
exercise_send_backward(struct rank *rank, struct tensor gradient)
{
    /* Your code here. */
    (void)rank;
    (void)gradient;
}

/* Receives the gradient of this rank's output. */
void
exercise_recv_backward(struct rank *rank, struct tensor gradient)
{
    /* Your code here. */
    (void)rank;
    (void)gradient;
}
