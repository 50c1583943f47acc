/* walk.h -- moves a lowered plan through its links in virtual time.
 *
 * The check for deadlock and sim both use it. Each rank runs its list until it would block;
 * the transfer that it waits for wakes it. Ranks wait for one another only at
 * first-in-first-out links. So neither the times nor the end, complete or
 * deadlocked, depend on the order in which ranks are picked.
 *
 *   compute   clock += cost
 *   SEND n    done = max(clock, freed[n-K])       arrives latency later
 *   RECV n    done = max(clock, arrival[n])       frees the slot
 *   K = 0     both meet at max(clock, clock'); RECV done latency later
 */
#ifndef PIPELAB_PLAN_WALK_H
#define PIPELAB_PLAN_WALK_H

#include "plan/cost.h"
#include "plan/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WALK_UNBOUNDED = -1 }; /* a capacity that never blocks a sender */

/* Called for each action when it is done: in list order within a rank, in any
 * order among ranks. start: the rank came to the action; end: the action was
 * done. From start to end a transfer only waits. */
typedef void
walk_visit(void *context, int rank, const struct action *action, int64_t start,
           int64_t end);

/* A visit that raises its context, an int64_t, to the end of the last
 * computation. */
void
walk_latest(void *context, int rank, const struct action *action,
            int64_t start, int64_t end);

struct walk {
    bool complete;    /* every rank reached the end of its list */
    size_t *position; /* ranks: index of the action each stopped at */
    int slots;        /* the most messages on an unbounded link */
};

/* Walks a lowered plan that is complete and matched (see program.h): a link
 * has at most one message for each microbatch. visit may be NULL. Release with
 * walk_fini(). */
void
walk_run(struct walk *walk, const struct plan *plan, const struct cost *cost,
         int capacity, walk_visit *visit, void *context);
void
walk_fini(struct walk *walk);

/* Whether a lowered, valid plan runs without deadlock at this capacity.
 * position[ranks], unless NULL, receives the index of the action at which each
 * rank stopped. */
bool
walk_completes(const struct plan *plan, int capacity, size_t position[]);

#endif
