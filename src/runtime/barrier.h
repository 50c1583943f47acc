/* barrier.h -- where threads wait until all of them are there, once. POSIX's
 * pthread_barrier_t is optional, and macOS has none. */
#ifndef PIPELAB_RUNTIME_BARRIER_H
#define PIPELAB_RUNTIME_BARRIER_H

#include <pthread.h>

struct barrier {
    pthread_mutex_t lock;     /* guards missing */
    pthread_cond_t all_there; /* missing is 0 */
    int missing;              /* threads that have not come */
};

static inline void
barrier_init(struct barrier *barrier, int threads)
{
    pthread_mutex_init(&barrier->lock, NULL);
    pthread_cond_init(&barrier->all_there, NULL);
    barrier->missing = threads;
}

/* When all threads have come back from barrier_wait(). */
static inline void
barrier_fini(struct barrier *barrier)
{
    pthread_cond_destroy(&barrier->all_there);
    pthread_mutex_destroy(&barrier->lock);
}

static inline void
barrier_wait(struct barrier *barrier)
{
    pthread_mutex_lock(&barrier->lock);
    barrier->missing--;
    if (barrier->missing == 0)
        pthread_cond_broadcast(&barrier->all_there);
    while (barrier->missing > 0)
        pthread_cond_wait(&barrier->all_there, &barrier->lock);
    pthread_mutex_unlock(&barrier->lock);
}

#endif
