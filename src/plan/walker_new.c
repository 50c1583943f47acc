/* walker_new.c -- makes a walker: its ranks, links and wires. */
#include "config.h"

#include "base/memory.h"
#include "plan/place.h"
#include "plan/walker.h"

#include <assert.h>
#include <stdlib.h>

/* Links between the same two ranks share a wire in each direction. */
static void
make_wires(struct walker *w)
{
    const struct network *network = w->cost->network;
    size_t pairs =
        network ? (size_t)network->ranks * (size_t)network->ranks : 0;
    int links = plan_links(w->plan);
    int *number = memory_new(pairs, sizeof *number); /* of a wire, from 1 */

    for (int i = 0; i < links; i++) {
        int wire = w->links[i].cost.wire;

        if (wire >= 0 && number[wire] == 0)
            number[wire] = ++w->wire_count;
    }
    w->wires = memory_new((size_t)w->wire_count, sizeof *w->wires);
    for (int i = 0; i < links; i++)
        if (w->links[i].cost.wire >= 0)
            w->links[i].wire = &w->wires[number[w->links[i].cost.wire] - 1];
    free(number);
}

static void
make_links(struct walker *w)
{
    int links = plan_links(w->plan);

    w->links = memory_new((size_t)links, sizeof *w->links);
    for (int i = 0; i < links; i++) {
        struct walk_link *link = &w->links[i];

        link->sender = WALK_NO_RANK;
        link->receiver = WALK_NO_RANK;
        link->slots = w->capacity > 0 ? w->capacity : 1;
        link->ring = memory_new((size_t)link->slots, sizeof *link->ring);
        link->cost = cost_link(w->cost, w->plan, i);
    }
    make_wires(w);
}

struct walker *
walker_new(const struct plan *plan, const struct cost *cost, int capacity)
{
    struct walker *w = memory_new(1, sizeof *w);
    size_t places = (size_t)plan_places(plan);

    assert(plan->lowered && cost->stages == plan->stages);
    *w = (struct walker){
        .plan = plan,
        .cost = cost,
        .capacity = capacity,
        .ranks = memory_new((size_t)plan->ranks, sizeof *w->ranks),
        .ready = memory_new((size_t)plan->ranks, sizeof *w->ready),
    };
    for (int r = 0; r < plan->ranks; r++) {
        w->ranks[r].began = -1;
        w->ranks[r].clock.from = walker_clock_mark(r);
    }
    if (cost->reduce) {
        w->weights_left = memory_new(places, sizeof *w->weights_left);
        w->reduced = memory_new(places, sizeof *w->reduced);
    }
    make_links(w);
    return w;
}

struct walker *
walker_new_step(const struct plan *plan, const struct cost *cost, int capacity)
{
    return walker_new(plan, cost, capacity > plan->mbs ? plan->mbs : capacity);
}

void
walker_free(struct walker *walker)
{
    for (int i = 0; i < plan_links(walker->plan); i++)
        free(walker->links[i].ring);
    free(walker->links);
    free(walker->ranks);
    free(walker->wires);
    free(walker->weights_left);
    free(walker->reduced);
    free(walker->ready);
    free(walker);
}
