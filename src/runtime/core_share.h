/* core_share.h -- shares cores among ranks: a rank computes only while it has
 * a core.
 *
 *   AWAY --core_share_ready--> WAITS --> RUNS --core_share_wait--> AWAY
 *                                ^________/
 *                                core_share_keep, if a more urgent rank waits
 *
 * The system gives ranks on one core equal slices of time. Of two actions,
 * both then end late, and a rank that waits for the first one waits for both.
 * Here a rank keeps its core until its action is done and the result is sent.
 * A free core goes to the most urgent rank that waits: of those in the
 * earliest step, the one with the longest path before it (plan/level.h),
 * because that path must be computed after all else. If that rank had another
 * core before, it moves, unless its computations are too short for that to
 * pay. A rank with still shorter computations, where a change of ranks costs
 * more than it gains, keeps its core until it has to wait.
 *
 * A rank that waits for a core sleeps. If it yielded instead, all such ranks
 * would take the core again and again: with eight ranks on a core that took
 * more time than their computations.
 *
 * A rank that waits for a message is AWAY. The rank that brings the message
 * calls core_share_ready() for it, so that it needs no core to notice. Lock
 * order: channel, then core_share. */
#ifndef PIPELAB_RUNTIME_CORE_SHARE_H
#define PIPELAB_RUNTIME_CORE_SHARE_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum core_user_state { CORE_USER_AWAY, CORE_USER_WAITS, CORE_USER_RUNS };

/* A rank that uses the cores. */
struct core_user {
    pthread_t thread;    /* set by core_share_join() */
    struct {             /* written by its own thread while it has a core */
        int step;        /* of its next action */
        int64_t level;   /* ticks from that action to the end of the step */
        int64_t work_ns; /* mean time of its computations */
    } next;
    int core; /* index: the core that it has, had last, or gets
                          * first */
    enum core_user_state state;
    sem_t granted;     /* posted when state has become CORE_USER_RUNS */
    int64_t called_ns; /* when it began to wait for a core */
    int64_t waited_ns; /* time that it has waited for cores since the run
                          * began; written by its own thread */
};

struct shared_core {
    int number; /* the system's; constant */
    bool taken;
    atomic_int wanted; /* ranks that wait and would take it; may be read
                        * without the lock */
};

struct core_share {
    int count;                 /* of cores; constant */
    int ranks;                 /* constant */
    pthread_mutex_t lock;      /* guards everything below */
    struct shared_core *cores; /* count */
    struct core_user *users;   /* ranks */
};

/* Shares cores[count]. No rank has joined; rank r gets core r % count
 * first. */
void
core_share_init(struct core_share *share, const int cores[], int count,
                int ranks);
void
core_share_fini(struct core_share *share);

/* The calling thread is the rank's from now on; waits for a core. */
void
core_share_join(struct core_share *share, int rank);

/* Sets the rank's next action and the mean time of its computations. The rank
 * has a core or has not joined. */
void
core_share_mark(struct core_share *share, int rank, int step, int64_t level,
                int64_t work_ns);

/* Keeps the core, unless a more urgent rank waits for it and the rank's
 * computations are long enough for a change. */
void
core_share_keep(struct core_share *share, int rank);

/* Gives up the core and the lock `held`; waits until core_share_ready() was
 * called and the rank has a core again; then takes `held` again. */
void
core_share_wait(struct core_share *share, int rank, pthread_mutex_t *held);

/* The message or slot that a rank waits for is there: it now waits for a core.
 * Does nothing unless the rank is AWAY; the one that finds a deadlock is on
 * the board, but has a core. */
void
core_share_ready(struct core_share *share, int rank);

/* Gives up the core for good. */
void
core_share_leave(struct core_share *share, int rank);

/* Whether another rank waits for the rank's core; reads without the lock. */
bool
core_share_wanted(const struct core_share *share, int rank);

#endif
