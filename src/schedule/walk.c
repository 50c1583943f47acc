#include "config.h"

#include "schedule/walk.h"

#include "base/memory.h"

#include <assert.h>
#include <stdlib.h>

enum { NOBODY = -1 };

struct walk_link {
    int64_t *arrival; /* capacity: when the message in a slot arrives */
    int64_t *freed;   /* capacity: when a slot was last emptied */
    int64_t sent;
    int64_t received;
    int sender;   /* rank blocked on this link, or NOBODY */
    int receiver; /* likewise */
};

struct walker {
    const struct plan *plan;
    const struct cost *cost;
    int capacity;
    walk_visit *visit;
    void *context;
    size_t *position;        /* ranks */
    int64_t *clock;          /* ranks */
    struct walk_link *links; /* plan_links() */
    int *ready;              /* ranks: a stack of those that can move */
    int ready_count;
};

static int64_t
later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void
wake(struct walker *w, int *waiter)
{
    if (*waiter != NOBODY)
        w->ready[w->ready_count++] = *waiter;
    *waiter = NOBODY;
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

static bool
send(struct walker *w, struct walk_link *link, int rank)
{
    int64_t slot = link->sent % w->capacity;
    int64_t end = w->clock[rank];

    if (link->sent - link->received == w->capacity) {
        link->sender = rank;
        return false;
    }
    if (link->sent >= w->capacity)
        end = later(end, link->freed[slot]);
    link->arrival[slot] = end + w->cost->latency;
    link->sent++;
    done(w, rank, end);
    wake(w, &link->receiver);
    return true;
}

static bool
receive(struct walker *w, struct walk_link *link, int rank)
{
    int64_t slot = link->received % w->capacity;
    int64_t end;

    if (link->sent == link->received) {
        link->receiver = rank;
        return false;
    }
    end = later(w->clock[rank], link->arrival[slot]);
    link->freed[slot] = end;
    link->received++;
    done(w, rank, end);
    wake(w, &link->sender);
    return true;
}

/* Capacity 0: whoever comes second ends both transfers. */
static bool
meet(struct walker *w, struct walk_link *link, int rank, bool sending)
{
    int *self = sending ? &link->sender : &link->receiver;
    int *other = sending ? &link->receiver : &link->sender;
    int64_t when;

    if (*other == NOBODY) {
        *self = rank;
        return false;
    }
    when = later(w->clock[rank], w->clock[*other]);
    done(w, rank, when + (sending ? 0 : w->cost->latency));
    done(w, *other, when + (sending ? w->cost->latency : 0));
    wake(w, other);
    return true;
}

static bool
transfer(struct walker *w, const struct action *action, int rank)
{
    struct walk_link *link = &w->links[plan_link(action)];
    bool sending = action_class((enum action_kind)action->kind) ==
                   ACTION_CLASS_SEND;

    if (w->capacity == 0)
        return meet(w, link, rank, sending);
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
        else if (!transfer(w, action, rank))
            return;
    }
}

/* The most slots that a link which never blocked had in use at once: message
 * n, sent at t, needs a slot beside each earlier one not yet received at t.
 * Both times only grow, so one pass over both does. */
static int64_t
slots_used(const struct walk_link *link, int64_t latency)
{
    int64_t most = 0;
    int64_t emptied = 0;

    for (int64_t n = 0; n < link->sent; n++) {
        while (emptied < link->received && emptied < n &&
               link->freed[emptied] <= link->arrival[n] - latency)
            emptied++;
        most = later(most, n + 1 - emptied);
    }
    return most;
}

/* An unbounded link is one with a slot for each of its messages: as many as
 * the longest list has SENDs on it at the most, which mbs bounds. */
static void
make_links(struct walker *w, int64_t **times)
{
    int links = plan_links(w->plan);
    size_t slots = (size_t)w->capacity;

    *times = memory_new(2 * (size_t)links * slots, sizeof **times);
    w->links = memory_new((size_t)links, sizeof *w->links);
    for (int i = 0; i < links; i++) {
        w->links[i].arrival = *times + 2 * (size_t)i * slots;
        w->links[i].freed = w->links[i].arrival + slots;
        w->links[i].sender = NOBODY;
        w->links[i].receiver = NOBODY;
    }
}

void
walk_run(struct walk *walk, const struct plan *plan, const struct cost *cost,
         int capacity, walk_visit *visit, void *context)
{
    size_t ranks = (size_t)plan->ranks;
    bool unbounded = capacity == WALK_UNBOUNDED;
    struct walker w = {
        .plan = plan,
        .cost = cost,
        /* More slots than messages change nothing. */
        .capacity = unbounded || capacity > plan->mbs ? plan->mbs : capacity,
        .visit = visit,
        .context = context,
        .position = memory_new(ranks, sizeof *w.position),
        .clock = memory_new(ranks, sizeof *w.clock),
        .ready = memory_new(ranks, sizeof *w.ready),
    };
    int64_t *times;

    assert(plan->lowered && cost->stages == plan->stages);
    make_links(&w, &times);
    for (int r = plan->ranks - 1; r >= 0; r--)
        w.ready[w.ready_count++] = r;
    while (w.ready_count > 0)
        run_until_blocked(&w, w.ready[--w.ready_count]);

    walk->complete = true;
    for (int r = 0; r < plan->ranks; r++)
        if (w.position[r] < plan->lists[r].count)
            walk->complete = false;
    walk->position = w.position;
    walk->slots = 0;
    for (int i = 0; unbounded && i < plan_links(plan); i++)
        walk->slots = (int)later(walk->slots,
                                 slots_used(&w.links[i], cost->latency));
    free(w.links);
    free(times);
    free(w.clock);
    free(w.ready);
}

void
walk_fini(struct walk *walk)
{
    free(walk->position);
    walk->position = NULL;
}
