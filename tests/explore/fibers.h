/* fibers.h -- pthreads for one real thread: every thread is a coroutine, and
 * the explorer says at each step which of them goes on.
 *
 *   thread code --pthread_mutex_lock()--> stops; the explorer chooses -->
 *               --pthread_cond_wait()---> a thread, which goes on to its next
 *               --sem_wait()------------> stop
 *
 * Linked with --wrap, so the code under test is the very code that ships.
 * Between two stops a thread runs undisturbed. That loses no interleaving that
 * matters: what threads share they touch under a lock, and taking the lock is
 * a stop. (That they do so is for the thread sanitizer to say.) */
#ifndef PIPELAB_TESTS_EXPLORE_FIBERS_H
#define PIPELAB_TESTS_EXPLORE_FIBERS_H

#include <stdbool.h>
#include <stdint.h>

enum { FIBERS_MAX = 4 };

/* What a fiber does next. */
enum fiber_state {
    FIBER_NONE,
    FIBER_STARTING,
    FIBER_LOCKING, /* wants a mutex */
    FIBER_WAITING, /* on a condition, not yet woken */
    FIBER_TAKING,  /* wants a semaphore's next post */
    FIBER_DONE
};

/* Goes from the first join of a thread to the end of all threads: calls
 * choose(), which returns a fiber to let go on, or -1 to give the run up. */
typedef int
fibers_choose(void *context);

/* Threads created from now on are fibers. No fiber is left from before. */
void
fibers_begin(fibers_choose *choose, void *context);
void
fibers_end(void);

enum fiber_state
fibers_state(int i);

/* It can go on: what it wants to lock or take is free. */
bool
fibers_ready(int i);

/* It waits on a condition whose mutex is free, so that a system which wakes
 * threads for no reason could let it go on. */
bool
fibers_wakeable(int i);

/* Where it stands: a number that is the same for the same place in the code
 * and the same mutex, in every run of the same calls. Semaphores are not told
 * apart. */
uint64_t
fibers_place(int i);

/* All that were created are done. */
bool
fibers_all_done(void);

/* The n-th wake-up from now on is lost, counted from 0; -1 for none. */
void
fibers_lose_wake(long n);

/* Wake-ups so far, lost or not. */
long
fibers_wakes(void);

#endif
