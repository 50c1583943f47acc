/* walk.c -- moves ranks through their lists and messages through links, in
 * virtual time. */
#include "config.h"

#include "plan/walk.h"

#include "base/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { NO_RANK = -1 };

struct walk_link {
    int64_t *arrival; /* slots: when the message in a slot arrives */
    int64_t *freed;   /* slots: when a slot was last emptied */
    int64_t slots;    /* the capacity; unbounded: as many as were needed */
    int64_t sent;
    int64_t received;
    int64_t counted; /* unbounded: SENDs that count_slots() has counted */
    int64_t emptied; /* unbounded: RECVs done by the time of the last of
                       * them */
    int64_t used;    /* unbounded: the most slots in use at one time */
    int sender;      /* rank that waits to send, or NO_RANK */
    int receiver;    /* rank that waits to receive, or NO_RANK */
};

struct walker {
    const struct plan *plan;
    const struct cost *cost;
    int capacity; /* or WALK_UNBOUNDED */
    walk_visit *visit;
    void *context;
    size_t *position;        /* ranks */
    int64_t *clock;          /* ranks */
    struct walk_link *links; /* plan_links() */
    int *ready;              /* ranks: a stack of those that can move */
    int ready_count;
};

void
walk_latest(void *context, int rank, const struct action *action,
            int64_t start, int64_t end)
{
    int64_t *latest = context;

    (void)rank;
    /* The makespan ends with a computation, not with a transfer. */
    if (!action_is_transfer(action) && end > start && end > *latest)
        *latest = end;
}

static int64_t
walk_later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void
wake(struct walker *w, int *waiter)
{
    if (*waiter != NO_RANK)
        w->ready[w->ready_count++] = *waiter;
    *waiter = NO_RANK;
}

/* Ends the action at which a rank stands. */
static void
done(struct walker *w, int rank, int64_t end)
{
    const struct action *action =
        &w->plan->lists[rank].at[w->position[rank]++];

    if (w->visit)
        w->visit(w->context, rank, action, w->clock[rank], end);
    w->clock[rank] = end;
}

/* Doubles the rings of an unbounded link. */
static void
widen(struct walk_link *link)
{
    int64_t slots = 2 * link->slots;
    int64_t *arrival = memory_new((size_t)slots, sizeof *arrival);
    int64_t *freed = memory_new((size_t)slots, sizeof *freed);

    for (int64_t n = link->received; n < link->sent; n++)
        arrival[n % slots] = link->arrival[n % link->slots];
    for (int64_t n = link->emptied; n < link->received; n++)
        freed[n % slots] = link->freed[n % link->slots];
    free(link->arrival);
    free(link->freed);
    link->arrival = arrival;
    link->freed = freed;
    link->slots = slots;
}

static bool
send(struct walker *w, struct walk_link *link, int rank)
{
    int64_t end = w->clock[rank];
    bool unbounded = w->capacity == WALK_UNBOUNDED;

    if (link->sent - link->received == link->slots) {
        if (!unbounded) {
            link->sender = rank;
            return false;
        }
        widen(link);
    }
    if (!unbounded && link->sent >= link->slots)
        end = walk_later(end, link->freed[link->sent % link->slots]);
    link->arrival[link->sent % link->slots] = end + w->cost->latency;
    link->sent++;
    done(w, rank, end);
    wake(w, &link->receiver);
    return true;
}

/* Message n, sent at t, needs one slot more than the earlier messages that are
 * not received by t. Both SEND and RECV times only grow, so merging the two
 * sequences counts all. It stops where a RECV that has not happened yet may be
 * early enough; at the end of the walk there is none. */
static void
count_slots(const struct walker *w, struct walk_link *link, bool end)
{
    for (; link->counted < link->sent; link->counted++) {
        int64_t n = link->counted;
        int64_t sent_at = link->arrival[n % link->slots] - w->cost->latency;

        while (link->emptied < link->received && link->emptied < n &&
               link->freed[link->emptied % link->slots] <= sent_at)
            link->emptied++;
        if (!end && link->emptied < n && link->emptied == link->received)
            return;
        link->used = walk_later(link->used, n + 1 - link->emptied);
    }
}

static bool
receive(struct walker *w, struct walk_link *link, int rank)
{
    bool unbounded = w->capacity == WALK_UNBOUNDED;
    int64_t end;

    if (link->sent == link->received) {
        link->receiver = rank;
        return false;
    }
    if (unbounded && link->received - link->emptied == link->slots)
        widen(link);
    end = walk_later(w->clock[rank],
                     link->arrival[link->received % link->slots]);
    link->freed[link->received % link->slots] = end;
    link->received++;
    if (unbounded)
        count_slots(w, link, false);
    done(w, rank, end);
    wake(w, &link->sender);
    return true;
}

/* Capacity 0: the second rank to come ends both transfers. */
static bool
walk_meet(struct walker *w, struct walk_link *link, int rank, bool sending)
{
    int *self = sending ? &link->sender : &link->receiver;
    int *other = sending ? &link->receiver : &link->sender;
    int64_t when;

    if (*other == NO_RANK) {
        *self = rank;
        return false;
    }
    when = walk_later(w->clock[rank], w->clock[*other]);
    done(w, rank, when + (sending ? 0 : w->cost->latency));
    done(w, *other, when + (sending ? w->cost->latency : 0));
    wake(w, other);
    return true;
}

static bool
walk_transfer(struct walker *w, const struct action *action, int rank)
{
    struct walk_link *link = &w->links[plan_link(action)];
    bool sending =
        action_class((enum action_kind)action->kind) == ACTION_CLASS_SEND;

    if (w->capacity == 0)
        return walk_meet(w, link, rank, sending);
    return sending ? send(w, link, rank) : receive(w, link, rank);
}

static void
run_until_blocked(struct walker *w, int rank)
{
    const struct action_list *list = &w->plan->lists[rank];

    while (w->position[rank] < list->count) {
        const struct action *action = &list->at[w->position[rank]];

        if (!action_is_transfer(action))
            done(w, rank, w->clock[rank] + cost_of(w->cost, action));
        else if (!walk_transfer(w, action, rank))
            return;
    }
}

static void
make_links(struct walker *w)
{
    int links = plan_links(w->plan);
    w->links = memory_new((size_t)links, sizeof *w->links);
    for (int i = 0; i < links; i++) {
        struct walk_link *link = &w->links[i];

        link->sender = NO_RANK;
        link->receiver = NO_RANK;
        link->slots = w->capacity > 0 ? w->capacity : 1;
        link->arrival = memory_new((size_t)link->slots, sizeof *link->arrival);
        link->freed = memory_new((size_t)link->slots, sizeof *link->freed);
    }
}

/* Frees the links; returns the most slots that an unbounded one needed. */
static int
end_links(struct walker *w)
{
    int64_t used = 0;

    for (int i = 0; i < plan_links(w->plan); i++) {
        struct walk_link *link = &w->links[i];

        if (w->capacity == WALK_UNBOUNDED)
            count_slots(w, link, true);
        used = walk_later(used, link->used);
        free(link->arrival);
        free(link->freed);
    }
    free(w->links);
    return (int)used;
}

void
walk_run(struct walk *walk, const struct plan *plan, const struct cost *cost,
         int capacity, walk_visit *visit, void *context)
{
    size_t ranks = (size_t)plan->ranks;
    struct walker w = {
        .plan = plan,
        .cost = cost,
        /* More slots than messages change nothing. */
        .capacity = capacity > plan->mbs ? plan->mbs : capacity,
        .visit = visit,
        .context = context,
        .position = memory_new(ranks, sizeof *w.position),
        .clock = memory_new(ranks, sizeof *w.clock),
        .ready = memory_new(ranks, sizeof *w.ready),
    };

    assert(plan->lowered && cost->stages == plan->stages);
    make_links(&w);
    for (int r = plan->ranks - 1; r >= 0; r--)
        w.ready[w.ready_count++] = r;
    while (w.ready_count > 0)
        run_until_blocked(&w, w.ready[--w.ready_count]);

    walk->complete = true;
    for (int r = 0; r < plan->ranks; r++)
        if (w.position[r] < plan->lists[r].count)
            walk->complete = false;
    walk->position = w.position;
    walk->slots = end_links(&w);
    free(w.clock);
    free(w.ready);
}

void
walk_fini(struct walk *walk)
{
    free(walk->position);
    walk->position = NULL;
}

bool
walk_completes(const struct plan *plan, int capacity, size_t position[])
{
    struct cost cost;
    struct walk walk;

    cost_init_unit(&cost, plan->stages);
    walk_run(&walk, plan, &cost, capacity, NULL, NULL);
    if (position)
        memcpy(position, walk.position,
               (size_t)plan->ranks * sizeof *position);
    walk_fini(&walk);
    cost_fini(&cost);
    return walk.complete;
}
