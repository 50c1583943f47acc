/* forecast.c -- runs a program in virtual time and keeps its figures and
 * spans. */
#include "config.h"

#include "sim/forecast.h"

#include "base/memory.h"
#include "plan/walk.h"
#include "sim/turns.h"

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
forecast_make(struct forecast *forecast, const struct program *program,
              const struct cost *cost, int capacity,
              enum forecast_detail detail)
{
    const struct plan *lowered = program->lowered;
    struct recorder recorder = {.metrics = &forecast->metrics};
    struct walk walk;

    *forecast = (struct forecast){.program = program, .capacity = capacity};
    if (detail & FORECAST_SPANS) {
        trace_init(&forecast->trace, lowered);
        recorder.trace = &forecast->trace;
    }
    metrics_init(&forecast->metrics, lowered->ranks, program->trains);
    walk_run(&walk, lowered, cost,
             capacity == CAPACITY_AUTO ? WALK_UNBOUNDED : capacity, record,
             &recorder);
    metrics_finish(&forecast->metrics);
    if (capacity == CAPACITY_AUTO)
        forecast->capacity = walk.slots > 2 ? walk.slots : 2;
    forecast->complete = walk.complete;
    forecast->position = walk.position;
    if (detail == FORECAST_TURNS)
        forecast->turns = turns_of(forecast, &forecast->turn_count);
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
