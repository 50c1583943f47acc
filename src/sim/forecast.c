/* forecast.c -- runs a program in virtual time and keeps its figures and
 * spans. */
#include "config.h"

#include "sim/forecast.h"

#include "base/memory.h"
#include "plan/walker.h"
#include "sim/turns.h"

#include <stdlib.h>

struct recorder {
    const struct cost *cost;
    struct metrics *metrics;
    struct trace *trace; /* or NULL */
};

static void
record(void *context, int rank, const struct walk_event *event)
{
    static const enum span_part part_of[] = {
        [ACTION_CLASS_COMPUTE] = SPAN_COMPUTE,
        [ACTION_CLASS_SEND] = SPAN_WAIT_ROOM,
        [ACTION_CLASS_RECV] = SPAN_WAIT_INPUT,
        [ACTION_CLASS_STEP] = SPAN_COMPUTE,
        [ACTION_CLASS_SHARD] = SPAN_COMPUTE,
    };
    struct recorder *recorder = context;
    enum action_class class =
        action_class((enum action_kind)event->action->kind);
    bool step = class == ACTION_CLASS_STEP;
    struct span span = {.action = *event->action,
                        .start = step ? event->begin : event->start,
                        .end = event->end};

    span.parts[SPAN_WAIT_INPUT] = span.start - event->start;
    span.parts[part_of[class]] += span.end - span.start;
    if (class == ACTION_CLASS_COMPUTE) {
        span.parts[SPAN_RECOMPUTE] = cost_recomputed(
            recorder->cost, event->action, span.end - span.start);
        span.parts[SPAN_COMPUTE] -= span.parts[SPAN_RECOMPUTE];
    }
    metrics_add(recorder->metrics, rank, &span);
    if (recorder->trace)
        trace_add(recorder->trace, rank, &span);
}

static void
add_period(struct forecast *forecast, const struct walker *first,
           const struct cost *cost, int steps)
{
    double busy = (double)forecast->metrics.busy / steps;

    if (!period_shown(first, &forecast->period))
        forecast->period =
            period_of(forecast->program->lowered, cost, forecast->capacity);
    if (forecast->period.ticks > 0)
        forecast->steady_bubble =
            1.0 -
            busy / (forecast->metrics.ranks * period_ticks(forecast->period));
}

void
forecast_make(struct forecast *forecast, const struct program *program,
              const struct cost *cost, int capacity, unsigned detail)
{
    forecast_steps(forecast, program, cost, capacity, 1, detail);
}

/* Walks a step with as many slots as it wants or has. */
static struct walker *
walk_first(struct forecast *forecast, const struct cost *cost,
           walk_visit *visit, struct recorder *recorder)
{
    const struct plan *plan = forecast->program->lowered;
    bool own = forecast->capacity == CAPACITY_AUTO;
    struct walker *walker =
        walker_new_step(plan, cost, own ? WALK_UNBOUNDED : forecast->capacity);

    forecast->complete = walker_step(walker, visit, recorder);
    forecast->position =
        memory_new((size_t)plan->ranks, sizeof *forecast->position);
    for (int r = 0; r < plan->ranks; r++)
        forecast->position[r] = walker->ranks[r].position;
    if (own) {
        int slots = walker_slots(walker);

        forecast->capacity = slots > 2 ? slots : 2;
    }
    return walker;
}

static void
walk_row(struct forecast *forecast, const struct cost *cost, int steps,
         struct recorder *recorder)
{
    struct walker *walker =
        walker_new(forecast->program->lowered, cost, forecast->capacity);

    for (int k = 0; k < steps && walker_step(walker, record, recorder); k++)
        continue;
    walker_free(walker);
}

void
forecast_steps(struct forecast *forecast, const struct program *program,
               const struct cost *cost, int capacity, int steps,
               unsigned detail)
{
    const struct plan *lowered = program->lowered;
    struct recorder recorder = {.cost = cost, .metrics = &forecast->metrics};
    struct walker *first;

    *forecast = (struct forecast){.program = program, .capacity = capacity};
    if (detail & FORECAST_SPANS) {
        trace_init(&forecast->trace, lowered, steps);
        recorder.trace = &forecast->trace;
    }
    metrics_init(&forecast->metrics, lowered->ranks,
                 footprint_rule(lowered, NULL));
    forecast->metrics.unit = forecast->trace.unit = cost_unit(cost);
    first = walk_first(forecast, cost, steps == 1 ? record : NULL, &recorder);
    if (steps > 1)
        walk_row(forecast, cost, steps, &recorder);
    metrics_finish(&forecast->metrics);
    if (detail & FORECAST_PERIOD && forecast->complete)
        add_period(forecast, first, cost, steps);
    walker_free(first);
    if ((detail & FORECAST_TURNS) == FORECAST_TURNS)
        forecast->turns =
            turns_of(forecast, cost->barrier, &forecast->turn_count);
}

struct timing
forecast_timing(const struct forecast *forecast, const struct cost *cost)
{
    return (struct timing){
        .cost = cost,
        .capacity = forecast->capacity,
        .turns = forecast->turns,
        .turn_count = forecast->turn_count,
        .complete = forecast->complete,
    };
}

void
forecast_fini(struct forecast *forecast)
{
    if (forecast->trace.lanes)
        trace_fini(&forecast->trace);
    metrics_fini(&forecast->metrics);
    free(forecast->turns);
    free(forecast->position);
    *forecast = (struct forecast){.position = NULL};
}
