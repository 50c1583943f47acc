/* seat.h -- ranks that share a core compute one at a time, an action each.
 *
 * Left to itself the system slices time evenly: of two actions on one core both
 * end late, and whoever waits for the first waits for both. Seated, a rank
 * keeps the core until its action is done and what came of it is sent; then the
 * one that is furthest behind in virtual time comes next, which is the order
 * that devices of their own would have had. Nobody waits while seated. */
#ifndef PIPELAB_RUNTIME_SEAT_H
#define PIPELAB_RUNTIME_SEAT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* A rank that wants the core; lives on its stack. */
struct seat_claim {
    int step;
    int64_t clock; /* virtual time within the step */
    struct seat_claim *next;
};

struct seat {
    pthread_mutex_t lock;      /* guards everything below */
    pthread_cond_t free;
    bool taken;
    struct seat_claim *claims; /* of those that wait */
};

void
seat_init(struct seat *seat);
void
seat_fini(struct seat *seat);

/* Waits for the core. */
void
seat_take(struct seat *seat, int step, int64_t clock);

/* Whoever has it stays, unless somebody else comes before. */
void
seat_keep(struct seat *seat, int step, int64_t clock);

/* Gives it up. */
void
seat_leave(struct seat *seat);

#endif
