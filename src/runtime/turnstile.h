/* turnstile.h -- lets one rank move at a time, in an order given beforehand.
 *
 * A debugger stepping through a run then sees the same interleaving every
 * time. At a rendezvous two ranks share a turn, since neither can move without
 * the other. When the turns of a step that can be completed are used up they
 * start again; when they end in a deadlock everyone is let through, to block
 * and be found. */
#ifndef PIPELAB_RUNTIME_TURNSTILE_H
#define PIPELAB_RUNTIME_TURNSTILE_H

#include "schedule/turn.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct turnstile {
    const struct turn *turns; /* count; borrowed */
    size_t count;             /* constant */
    bool complete;            /* the turns are a whole step; constant */
    pthread_mutex_t lock;     /* guards everything below */
    pthread_cond_t moved;
    size_t at;                /* whose turn it is */
    int through;              /* rank that has had this shared turn, or -1 */
    bool open;                /* everyone may pass */
};

void
turnstile_init(struct turnstile *t, const struct turn *turns, size_t count,
               bool complete);
void
turnstile_fini(struct turnstile *t);

/* Back to the first turn. No rank may be running. */
void
turnstile_reset(struct turnstile *t);

/* Before and after each action of a rank. */
void
turnstile_enter(struct turnstile *t, int rank);
void
turnstile_leave(struct turnstile *t, int rank);

/* Lets everyone through, when the run stops. */
void
turnstile_open(struct turnstile *t);

#endif
