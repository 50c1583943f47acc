/* turnstile.h -- lets one rank move at a time, in an order given beforehand.
 *
 * A debugger stepping through a run then sees the same interleaving every
 * time. At a rendezvous two ranks share a turn, since neither can move without
 * the other. When the turns of a step that can be completed are used up they
 * start again; when they end in a deadlock everyone is let through, to block
 * and be found.
 *
 * Turns may be rationed: then a controller, a thread that is no rank, says how
 * many more may be taken and waits until they have been. In between every rank
 * stands at the turnstile or is gone, and the controller may read whatever the
 * ranks write: the lock orders it. */
#ifndef PIPELAB_RUNTIME_TURNSTILE_H
#define PIPELAB_RUNTIME_TURNSTILE_H

#include "plan/turn.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct turnstile {
    const struct turn *turns; /* count; borrowed */
    size_t count;             /* constant */
    bool complete;            /* the turns are a whole step; constant */
    int ranks;                /* that pass here; constant */
    pthread_mutex_t lock;     /* guards everything below */
    pthread_cond_t moved;     /* for ranks: it may be their turn */
    pthread_cond_t quiet;     /* for the controller: all ranks stand still */
    size_t at;                /* whose turn it is */
    int through;              /* rank that has had this shared turn, or -1 */
    size_t ration;            /* turns that may still be taken */
    int standing;             /* ranks at the turnstile */
    int gone;                 /* ranks that will not come again */
    bool closed;              /* nobody passes any more */
};

void
turnstile_init(struct turnstile *t, const struct turn *turns, size_t count,
               bool complete, int ranks);
void
turnstile_fini(struct turnstile *t);

/* Back to the first turn, with no turn rationed or, held, none allowed. No
 * rank may be running. */
void
turnstile_reset(struct turnstile *t, bool held);

/* Before each action of a rank. False if the run has stopped: the rank must
 * not act. */
bool
turnstile_enter(struct turnstile *t, int rank);

/* After it. */
void
turnstile_leave(struct turnstile *t, int rank);

/* The last that a rank does. */
void
turnstile_go(struct turnstile *t);

/* Sends everyone home, when the run stops. */
void
turnstile_close(struct turnstile *t);

/* For the controller: lets so many turns be taken, waits until everyone stands
 * still again, and returns how many were, which is fewer if the ranks have
 * gone. Where the turns end in a deadlock one more is allowed, in which nobody
 * gets anywhere. */
size_t
turnstile_let(struct turnstile *t, size_t turns);

#endif
