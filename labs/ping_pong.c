/* Exercise: ping-pong.
 *
 *   rank 0   [ 5 ]  .     .  [ 6 ]  .     .  [ 7 ]
 *                 \         /     \         /
 *                  \  +1   /       \  +1   /
 *   rank 1          [ 6 ]           [ 7 ]
 *            <---- round 1 ---><---- round 2 --->
 *
 * Two ranks throw a tensor to and fro. In each round rank 0 sends its ball to
 * rank 1 and receives it back; rank 1 receives the ball, adds 1 to every
 * number of it and sends it back. After that rank 0's ball has every number
 * raised by the rounds.
 *
 * Both ranks call the same function, each with a ball of its own of the same
 * shape: rank 0's holds the first numbers, rank 1's is only room. The link has
 * no slots: send_to() returns when the other rank receives. So one of the two
 * must listen while the other speaks.
 *
 * Hints, one at a time:
 *   1. Write down the calls of rank 0 in one round, and beside them those of
 *      rank 1. Each send must have a recv beside it.
 *   2. rank->number tells you which of the two you are.
 *   3. ball.data has tensor_count(ball) numbers. */
#include "exercises.h"

void
exercise_ping_pong(struct rank *rank, struct tensor ball, int rounds)
{
    /* Your code here. */
    (void)rank;
    (void)ball;
    (void)rounds;
}
