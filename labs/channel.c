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
 * of each line: may another thread have moved since I looked? Which thread is
 * asleep, and which one wakes it?
 *
 * Hints, one at a time:
 *   1. Begin without threads: in which slot is the oldest value, in which one
 *      does the next go? A ring has no end: % capacity.
 *   2. Lock first, unlock last, on every way out.
 *   3. What does push wait for? When it is woken, need that be true? (Another
 *      thread may have been faster.) So is it "if" or "while"?
 *   4. After each change: which threads may now go on? Those at both ends sleep
 *      on one condition variable, so wake them all. To close is a change, too.
 */
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
