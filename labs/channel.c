/* Exercise: channel.
 *
 *   producer --push--> [ 0 | 1 | .. | capacity-1 ] --pop--> consumer
 *
 * The bounded channel between two ranks, for ints in place of tensors. The ring
 * (struct ring, in exercises.h) is set up for you: empty, open, with its mutex
 * and its one condition variable. Any number of threads may push and pop.
 *
 * You need pthread_mutex_lock(), pthread_mutex_unlock(), pthread_cond_wait()
 * and pthread_cond_broadcast(); no sleeping, no polling. Two questions to ask
 * of each line: may another thread have moved since I looked? Who is asleep,
 * and who wakes him? */
#include "exercises.h"

/* Puts value behind the others; waits while the ring is full. False, and
 * nothing put, if the ring is closed or gets closed meanwhile. */
bool
exercise_push(struct ring *ring, int value)
{
    /* Your code here. */
    (void)ring;
    (void)value;
    return false;
}

/* Takes the oldest value; waits while the ring is empty. A closed ring still
 * gives what it holds; false once it is closed and empty. */
bool
exercise_pop(struct ring *ring, int *value)
{
    /* Your code here. */
    (void)ring;
    (void)value;
    return false;
}

/* No more values will come: all threads that wait at either end must
 * return. */
void
exercise_close(struct ring *ring)
{
    /* Your code here. */
    (void)ring;
}
