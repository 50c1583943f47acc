/* walk.c -- moves ranks through their lists and messages through links, in
 * virtual time. */
#include "config.h"

#include "plan/walk.h"

#include "base/memory.h"
#include "plan/walker.h"
#include "plan/place.h"

#include <stdlib.h>
#include <string.h>

void
walk_latest(void *context, int rank, const struct walk_event *event)
{
    int64_t *latest = context;

    (void)rank;
    /* The makespan ends with a computation, not with a transfer. */
    if (!action_is_transfer(event->action) && event->end > event->begin &&
        event->end > *latest)
        *latest = event->end;
}

static void
wake(struct walker *w, int *waiter)
{
    if (*waiter != WALK_NO_RANK)
        w->ready[w->ready_count++] = *waiter;
    *waiter = WALK_NO_RANK;
}

/* Ends the action at which a rank stands. */
static inline void
done(struct walker *w, int rank, int64_t begin, struct stamp end)
{
    struct walk_rank *self = &w->ranks[rank];
    const struct action *action = &w->plan->lists[rank].at[self->position++];

    if (w->visit)
        w->visit(w->context, rank,
                 &(struct walk_event){action, self->clock.at, begin, end.at});
    if (self->began < 0)
        self->began = begin;
    self->clock = end;
    if (w->weights_left)
        walker_note_weights(w, rank, action);
}

/* ---- transfers ---- */

/* Doubles the ring of an unbounded link. */
static void
widen(struct walk_link *link)
{
    int64_t slots = 2 * link->slots;
    struct slot *ring = memory_new((size_t)slots, sizeof *ring);

    for (int64_t n = link->emptied; n < link->sent; n++)
        ring[n % slots] = link->ring[n % link->slots];
    free(link->ring);
    link->ring = ring;
    link->slots = slots;
}

/* Puts a message whose SEND is done at sent on its wire. Returns when the wire
 * is done with it. */
static struct stamp
carry(struct walk_link *link, struct stamp sent)
{
    if (!link->wire)
        return sent;
    *link->wire = stamp_after(stamp_later(sent, *link->wire), link->cost.hold);
    return *link->wire;
}

static bool
send(struct walker *w, struct walk_link *link, int rank)
{
    struct stamp sent = w->ranks[rank].clock;
    bool unbounded = w->capacity == WALK_UNBOUNDED;
    struct stamp carried;
    struct slot *slot;

    if (link->sent - link->received == link->slots) {
        if (!unbounded) {
            link->sender = rank;
            return false;
        }
        widen(link);
    } else if (unbounded && link->sent - link->emptied == link->slots) {
        widen(link);
    }
    slot = &link->ring[link->sent % link->slots];
    if (!unbounded)
        sent = stamp_later(sent, slot->time);
    carried = carry(link, sent);
    if (link->sent == 0)
        link->first = sent.at;
    slot->sent = sent.at;
    slot->time = stamp_after(carried, link->cost.latency);
    link->sent++;
    done(w, rank, sent.at, w->cost->blocking_sends ? carried : sent);
    wake(w, &link->receiver);
    return true;
}

/* Message n, sent at t, needs one slot more than the earlier messages that are
 * not received by t. Both SEND and RECV times only grow, so merging the two
 * sequences counts all. It stops where a RECV that has not happened yet may be
 * early enough; at the end of the walk there is none. */
static void
count_slots(struct walk_link *link, bool end)
{
    for (; link->counted < link->sent; link->counted++) {
        int64_t n = link->counted;
        int64_t sent = link->ring[n % link->slots].sent;

        while (link->emptied < link->received && link->emptied < n &&
               link->ring[link->emptied % link->slots].time.at <= sent)
            link->emptied++;
        if (!end && link->emptied < n && link->emptied == link->received)
            return;
        if (n + 1 - link->emptied > link->used)
            link->used = n + 1 - link->emptied;
    }
}

static bool
receive(struct walker *w, struct walk_link *link, int rank)
{
    struct slot *slot = &link->ring[link->received % link->slots];

    if (link->sent == link->received) {
        link->receiver = rank;
        return false;
    }
    slot->time = stamp_later(w->ranks[rank].clock, slot->time);
    link->received++;
    if (w->capacity == WALK_UNBOUNDED)
        count_slots(link, false);
    done(w, rank, slot->time.at, slot->time);
    wake(w, &link->sender);
    return true;
}

/* Capacity 0: the second rank to come ends both transfers. */
static bool
walk_meet(struct walker *w, struct walk_link *link, int rank, bool sending)
{
    int *self = sending ? &link->sender : &link->receiver;
    int *other = sending ? &link->receiver : &link->sender;
    int sender, receiver;
    struct stamp met, carried, arrival;

    if (*other == WALK_NO_RANK) {
        *self = rank;
        return false;
    }
    sender = sending ? rank : *other;
    receiver = sending ? *other : rank;
    met = stamp_later(w->ranks[rank].clock, w->ranks[*other].clock);
    carried = carry(link, met);
    arrival = stamp_after(carried, link->cost.latency);
    done(w, sender, met.at, w->cost->blocking_sends ? carried : met);
    done(w, receiver, arrival.at, arrival);
    wake(w, other);
    return true;
}

static bool
walk_transfer(struct walker *w, const struct action *action, int rank)
{
    struct walk_link *link = &w->links[plan_link(w->plan, action)];
    bool sending =
        action_class((enum action_kind)action->kind) == ACTION_CLASS_SEND;

    if (w->capacity == 0)
        return walk_meet(w, link, rank, sending);
    return sending ? send(w, link, rank) : receive(w, link, rank);
}

/* ---- computations and STEPs ---- */

static bool
walk_compute(struct walker *w, const struct action *action, int rank)
{
    struct walk_rank *self = &w->ranks[rank];
    struct stamp begin = self->clock;

    if (action->kind == ACTION_OPTIMIZER_STEP) {
        if (w->cost->barrier) {
            if (!walker_passes_barrier(w, rank))
                return false;
            begin = stamp_later(begin, w->barrier);
        }
        if (w->weights_left)
            begin =
                stamp_later(begin, w->reduced[plan_place(w->plan, action)]);
    }
    done(w, rank, begin.at,
         stamp_after(begin, cost_at(w->cost, rank, self->position, action)));
    return true;
}

static void
run_until_blocked(struct walker *w, int rank)
{
    const struct action_list *list = &w->plan->lists[rank];
    const size_t *position = &w->ranks[rank].position;

    while (*position < list->count) {
        const struct action *action = &list->at[*position];

        if (action_is_transfer(action)) {
            if (!walk_transfer(w, action, rank))
                return;
        } else if (!walk_compute(w, action, rank)) {
            return;
        }
    }
}

/* ---- the walker ---- */

bool
walker_step(struct walker *w, walk_visit *visit, void *context)
{
    w->visit = visit;
    w->context = context;
    w->barrier_left = w->plan->ranks;
    for (int p = 0; w->weights_left && p < plan_places(w->plan); p++)
        w->weights_left[p] = plan_copy_mbs(w->plan, p / w->plan->stages) +
                             (w->plan->copies == 2);
    for (int r = w->plan->ranks - 1; r >= 0; r--) {
        w->ranks[r].position = 0;
        w->ranks[r].at_barrier = false;
        w->ready[w->ready_count++] = r;
    }
    while (w->ready_count > 0)
        run_until_blocked(w, w->ready[--w->ready_count]);
    for (int r = 0; r < w->plan->ranks; r++)
        if (w->ranks[r].position < w->plan->lists[r].count)
            return false;
    return true;
}

int
walker_slots(struct walker *walker)
{
    int64_t most = 0;

    for (int i = 0; i < plan_links(walker->plan); i++) {
        struct walk_link *link = &walker->links[i];

        count_slots(link, true);
        if (link->used > most)
            most = link->used;
    }
    return (int)most;
}

/* ---- one step ---- */

void
walk_run(struct walk *walk, const struct plan *plan, const struct cost *cost,
         int capacity, walk_visit *visit, void *context)
{
    struct walker *w = walker_new_step(plan, cost, capacity);

    walk->complete = walker_step(w, visit, context);
    walk->position = memory_new((size_t)plan->ranks, sizeof *walk->position);
    for (int r = 0; r < plan->ranks; r++)
        walk->position[r] = w->ranks[r].position;
    walk->slots = capacity == WALK_UNBOUNDED ? walker_slots(w) : 0;
    walker_free(w);
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
