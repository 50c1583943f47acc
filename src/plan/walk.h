/* walk.h -- moves a lowered plan through its links in virtual time.
 *
 * The check for deadlock and sim both use it. Each rank runs its list until it
 * would block; what it waits for wakes it. Ranks wait for one another only at
 * first-in-first-out links and, if the cost says so, at the barrier before the
 * first STEP. So neither the times nor the end, complete or deadlocked, depend
 * on the order in which ranks are picked.
 *
 *   compute   clock += cost
 *   SEND n    done = max(clock, freed[n-K]); a wire, if the link has one, then
 *             carries the message from max(done, wire free) for its hold;
 *             arrives latency after that
 *   RECV n    done = max(clock, arrival[n])       frees the slot
 *   K = 0     both meet at max(clock, clock'), where SEND is done; RECV is
 *             done at the arrival
 *   STEP      begins when the stage's all-reduce is done, and the first STEP
 *             of a rank, with a barrier, when all ranks have come to theirs
 *
 * Steps in a row are in walker.h. */
#ifndef PIPELAB_PLAN_WALK_H
#define PIPELAB_PLAN_WALK_H

#include "plan/cost.h"
#include "plan/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WALK_UNBOUNDED = -1 }; /* a capacity that never blocks a sender */

/* An action that is done. start <= begin <= end: the rank came to it, waited
 * until begin and went on at end. A transfer that holds nobody up has begin
 * equal to end. */
struct walk_event {
    const struct action *action;
    int64_t start;
    int64_t begin;
    int64_t end;
};

/* Called for each action when it is done: in list order within a rank, in any
 * order among ranks. */
typedef void
walk_visit(void *context, int rank, const struct walk_event *event);

/* A visit that raises its context, an int64_t, to the end of the last
 * computation. */
void
walk_latest(void *context, int rank, const struct walk_event *event);

struct walk {
    bool complete;    /* every rank reached the end of its list */
    size_t *position; /* ranks: index of the action each stopped at */
    int slots;        /* the most messages on an unbounded link */
};

/* Walks one step of a lowered plan that is complete and matched (see
 * program.h): a link has at most one message for each microbatch. visit may be
 * NULL. Release with walk_fini(). */
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
