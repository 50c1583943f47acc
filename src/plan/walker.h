/* walker.h -- a walk in virtual time (see walk.h) of one step after the other.
 *
 * A rank begins step k+1 when its own step k has ended; links, wires and clocks
 * keep their state. All messages of a step are received in it. */
#ifndef PIPELAB_PLAN_WALKER_H
#define PIPELAB_PLAN_WALKER_H

#include "plan/walk.h"
#include "plan/place.h"

/* In place of a rank that waits for a link. */
enum { WALK_NO_RANK = -1 };

/* A time, and the mark of the step before from which it follows. */
struct stamp {
    int64_t at;
    int from;
};

struct slot {
    struct stamp time; /* full: the message's arrival; empty: since when */
    int64_t sent;      /* when the SEND of its last message was done */
};

struct walk_link {
    struct link_cost cost;
    struct stamp *wire; /* of cost.wire, or NULL */
    struct slot *ring;
    int64_t slots; /* the capacity; unbounded: as many as were needed */
    int64_t sent;
    int64_t received;
    int64_t first;   /* when the first SEND was done */
    int64_t counted; /* unbounded: SENDs that count_slots() has counted */
    int64_t emptied; /* unbounded: RECVs done by the time of the last of
                       * them */
    int64_t used;    /* unbounded: the most slots in use at one time */
    int sender;      /* rank that waits to send, or WALK_NO_RANK */
    int receiver;    /* rank that waits to receive, or WALK_NO_RANK */
};

/* A rank within a step. */
struct walk_rank {
    struct stamp clock;
    int64_t began;        /* when its first action of all began, or -1 */
    struct stamp reduced; /* when its last all-reduce is done */
    size_t position;
    bool at_barrier; /* it has come to its first STEP */
};

struct walker {
    const struct plan *plan;
    const struct cost *cost;
    int capacity; /* or WALK_UNBOUNDED */
    walk_visit *visit;
    void *context;
    struct walk_rank *ranks;
    struct walk_link *links; /* plan_links() */
    struct stamp *wires;     /* wire_count: when each is free */
    int wire_count;
    int *weights_left;     /* places: weight gradients to come in the step, and
                            * those of another copy; NULL without all-reduce */
    struct stamp *reduced; /* places: when its gradients are reduced */
    struct stamp barrier;  /* when the last rank came to it */
    int barrier_left;      /* ranks that have not come to it */
    int *ready;            /* ranks: a stack of those that can move */
    int ready_count;
};

/* A walker before the first step; plan and cost are borrowed. capacity >= 0.
 * A step ends in a deadlock if the first one does. */
struct walker *
walker_new(const struct plan *plan, const struct cost *cost, int capacity);
/* The same for one step alone, to which more slots than a link has messages
 * make no difference; capacity may be WALK_UNBOUNDED. */
struct walker *
walker_new_step(const struct plan *plan, const struct cost *cost,
                int capacity);
void
walker_free(struct walker *walker);

/* Walks the next step; false if it ends in a deadlock. */
bool
walker_step(struct walker *walker, walk_visit *visit, void *context);

/* The most messages on a link of an unbounded walker, after its last step. */
int
walker_slots(struct walker *walker);

/* A mark is a time that one step leaves to the next: a rank's clock, a slot's
 * freed time, when a wire is free, when a rank's all-reduce is. Each mark of
 * a step follows from one mark of the step before: it is that one plus the
 * actions and latencies between them.
 *
 * Call after each step. at[walker_marks()] receives the marks, from[] the
 * index of the mark of the step before that each follows from. Before the first
 * step all marks are 0, and what ranks do in it follows from their clocks. */
size_t
walker_marks(const struct walker *walker);
void
walker_read_marks(struct walker *walker, int64_t at[], int from[]);

/* The mark of a rank's clock, and the rank. */
static inline int
walker_clock_mark(int rank)
{
    return 2 * rank;
}

static inline int
walker_clock_rank(int mark)
{
    return mark / 2;
}

/* ---- for walk.c ---- */

static inline struct stamp
stamp_later(struct stamp a, struct stamp b)
{
    return a.at >= b.at ? a : b;
}

static inline struct stamp
stamp_after(struct stamp stamp, int64_t ticks)
{
    stamp.at += ticks;
    return stamp;
}

/* Notes that an action is done. After the last weight gradient of a stage, with
 * two copies also after those of the other one, its all-reduce begins, as soon
 * as the rank's last one is done. */
void
walker_note_weights(struct walker *w, int rank, const struct action *action);

/* Whether a rank that is at a STEP may pass the barrier; the last rank to come
 * lets all others pass. */
bool
walker_passes_barrier(struct walker *w, int rank);

#endif
