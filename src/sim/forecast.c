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
add_period(struct forecast *forecast, const struct cost *cost, int steps)
{
    double busy = (double)forecast->metrics.busy / steps;

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

/* Walks one step with as many slots as it wants, or steps at a capacity. */
static void
walk_steps(struct forecast *forecast, const struct cost *cost, int steps,
           walk_visit *visit, struct recorder *recorder)
{
    const struct plan *plan = forecast->program->lowered;
    bool alone = steps == 1;
    struct walker *walker;
    struct walk walk;

    walk_run(&walk, plan, cost,
             forecast->capacity == CAPACITY_AUTO ? WALK_UNBOUNDED
                                                 : forecast->capacity,
             alone ? visit : NULL, recorder);
    if (forecast->capacity == CAPACITY_AUTO)
        forecast->capacity = walk.slots > 2 ? walk.slots : 2;
    forecast->complete = walk.complete;
    forecast->position = walk.position;
    if (alone)
        return;
    walker = walker_new(plan, cost, forecast->capacity);
    for (int k = 0; k < steps && walker_step(walker, visit, recorder); k++)
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

    *forecast = (struct forecast){.program = program, .capacity = capacity};
    if (detail & FORECAST_SPANS) {
        trace_init(&forecast->trace, lowered, steps);
        recorder.trace = &forecast->trace;
    }
    metrics_init(&forecast->metrics, lowered->ranks,
                 footprint_rule(lowered, NULL));
    forecast->metrics.unit = forecast->trace.unit = cost_unit(cost);
    walk_steps(forecast, cost, steps, record, &recorder);
    metrics_finish(&forecast->metrics);
    if (detail & FORECAST_PERIOD && forecast->complete)
        add_period(forecast, cost, steps);
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
