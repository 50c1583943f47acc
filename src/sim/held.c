/* held.c -- walks a step and keeps the times at which ranks hold most. */
#include "config.h"

#include "sim/held.h"

#include "base/memory.h"
#include "plan/walk.h"

#include <stdlib.h>

struct holding {
    struct footprint_rule rule;
    int64_t *held; /* ranks */
    int64_t *most; /* ranks */
    int64_t *at;   /* ranks */
};

static void
hold(void *context, int rank, const struct walk_event *event)
{
    struct holding *holding = context;
    int64_t *held = &holding->held[rank];

    *held += footprint_taken(&holding->rule, event->action);
    if (*held > holding->most[rank]) {
        holding->most[rank] = *held;
        holding->at[rank] = event->start;
    }
    *held -= footprint_freed(&holding->rule, event->action);
}

void
held_most_at(const struct plan *lowered, const struct cost *cost, int capacity,
             const struct footprint stages[], int64_t at[])
{
    size_t ranks = (size_t)lowered->ranks;
    struct holding holding = {
        .rule = footprint_rule(lowered, stages),
        .held = memory_new(ranks, sizeof *holding.held),
        .most = memory_new(ranks, sizeof *holding.most),
        .at = at,
    };
    struct walk walk;

    for (size_t r = 0; r < ranks; r++)
        at[r] = 0;
    walk_run(&walk, lowered, cost, capacity, hold, &holding);
    walk_fini(&walk);
    free(holding.held);
    free(holding.most);
}
