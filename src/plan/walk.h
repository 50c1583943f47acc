/* walk.h -- moves a lowered plan through its links in virtual time.
 *
 * The one machine behind check and sim. Each rank runs its list until it would
 * block; a transfer that lets the other end go on wakes it. Ranks only ever
 * wait for one another over first-in-first-out links, so neither the times nor
 * whether all get through depends on the order in which ranks are picked.
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

/* Told of each action as it is done: in order within a rank, in no particular
 * order among ranks. start is when the rank came to it, end when it was over,
 * so that a transfer's whole length is waiting. */
typedef void
walk_visit(void *context, int rank, const struct action *action,
           int64_t start, int64_t end);

/* A visit that raises its context, an int64_t, to the latest end. */
void
walk_latest(void *context, int rank, const struct action *action,
            int64_t start, int64_t end);

struct walk {
    bool complete;    /* every rank reached the end of its list */
    size_t *position; /* ranks: index of the action each stopped at */
    int slots;        /* slots that an unbounded link held at most */
};

/* Walks a lowered plan that is complete and matched (see program.h), so that no
 * link has more messages than the plan has microbatches; visit may be NULL.
 * Release with walk_fini(). */
void
walk_run(struct walk *walk, const struct plan *plan, const struct cost *cost,
         int capacity, walk_visit *visit, void *context);
void
walk_fini(struct walk *walk);

/* Whether a lowered, valid plan gets through with links of a capacity. If not,
 * position[ranks], unless NULL, receives where each rank is stuck. */
bool
walk_completes(const struct plan *plan, int capacity, size_t position[]);

#endif
