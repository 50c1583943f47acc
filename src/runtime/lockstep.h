/* lockstep.h -- lets one rank move at a time, in an order given beforehand.
 *
 * A debugger stepping through a run then sees the same interleaving every
 * time. At a rendezvous two ranks share a turn, since neither can move without
 * the other. After the last turn of a complete step the turns start again. If
 * the turns end in a deadlock, all ranks may then move, block, and be found by
 * the board.
 *
 * Turns may be rationed: a controller, a thread that is not a rank, allows a
 * number of turns and waits until they are taken. Then every rank waits in
 * lockstep_enter() or has ended, and the controller may read all that the
 * ranks write: the lock orders the accesses. */
#ifndef PIPELAB_RUNTIME_LOCKSTEP_H
#define PIPELAB_RUNTIME_LOCKSTEP_H

#include "plan/timing.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct lockstep {
    const struct turn *turns; /* count; borrowed */
    size_t count;             /* constant */
    bool complete;            /* the turns are a whole step; constant */
    int ranks;                /* constant */
    pthread_mutex_t lock;     /* guards everything below */
    pthread_cond_t moved;     /* for ranks: it may be their turn */
    pthread_cond_t quiet;     /* for the controller: all ranks stand still */
    size_t at;                /* index of the present turn */
    int moved_first;          /* the rank that has moved in this shared turn,
                               * or -1 */
    size_t allowed;           /* turns that may still be taken */
    int waiting;              /* ranks in lockstep_enter() */
    int ended;                /* ranks that take no more turns */
    bool closed;              /* the run has stopped */
};

/* Takes the turns of the timing, which stay the caller's. */
void
lockstep_init(struct lockstep *t, const struct timing *timing, int ranks);
void
lockstep_fini(struct lockstep *t);

/* Starts again from the first turn. held: no turn is allowed until
 * lockstep_let(); else all are. No rank may be running. */
void
lockstep_reset(struct lockstep *t, bool held);

/* A rank calls it before each action; waits for the rank's turn. False if the
 * run has stopped: the rank must not act. */
bool
lockstep_enter(struct lockstep *t, int rank);

/* A rank calls it after the action; ends its turn. */
void
lockstep_leave(struct lockstep *t, int rank);

/* A rank calls it when it takes no more turns. */
void
lockstep_go(struct lockstep *t);

/* Stops the run: every lockstep_enter() returns false. */
void
lockstep_close(struct lockstep *t);

/* For the controller: allows this number of turns, waits until all ranks wait
 * again, and returns how many were taken: fewer if the ranks have ended. If
 * the turns end in a deadlock, one more is allowed, in which no action is
 * done. */
size_t
lockstep_let(struct lockstep *t, size_t turns);

#endif
