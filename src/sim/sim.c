/* sim.c -- runs a plan in virtual time and keeps its figures and spans. */
#include "config.h"

#include "sim/sim.h"

#include "base/memory.h"
#include "plan/walk.h"

#include <stdlib.h>

struct recorder {
    struct metrics *metrics;
    struct trace *trace; /* or NULL */
};

static void
record(void *context, int rank, const struct action *action, int64_t start,
       int64_t end)
{
    static const enum span_part part_of[] = {
        [ACTION_CLASS_COMPUTE] = SPAN_COMPUTE,
        [ACTION_CLASS_SEND] = SPAN_WAIT_ROOM,
        [ACTION_CLASS_RECV] = SPAN_WAIT_INPUT,
        [ACTION_CLASS_STEP] = SPAN_COMPUTE,
    };
    struct recorder *recorder = context;
    struct span span = {.action = *action, .start = start, .end = end};

    span.parts[part_of[action_class((enum action_kind)action->kind)]] =
        end - start;
    metrics_add(recorder->metrics, rank, &span);
    if (recorder->trace)
        trace_add(recorder->trace, rank, &span);
}

void
sim_run(struct sim *sim, const struct plan *lowered, const struct cost *cost,
        int capacity, struct trace *trace)
{
    struct recorder recorder = {&sim->metrics, trace};
    struct walk walk;

    metrics_init(&sim->metrics, lowered->ranks, plan_trains(lowered));
    walk_run(&walk, lowered, cost,
             capacity == CAPACITY_AUTO ? WALK_UNBOUNDED : capacity, record,
             &recorder);
    metrics_finish(&sim->metrics);
    sim->capacity = capacity;
    if (capacity == CAPACITY_AUTO)
        sim->capacity = walk.slots > 2 ? walk.slots : 2;
    sim->complete = walk.complete;
    sim->position = walk.position;
}

void
sim_fini(struct sim *sim)
{
    metrics_fini(&sim->metrics);
    free(sim->position);
    sim->position = NULL;
}
