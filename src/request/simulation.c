/* simulation.c -- runs a plan in virtual time as it was asked for, and prints
 * what comes of it as JSON. */
#include "config.h"

#include "request/simulation.h"

#include "report/summary.h"
#include "request/figures.h"
#include "request/tick.h"
#include "sim/draws.h"

#include <stdlib.h>

/* What the ranks hold of the model that the recipe describes, or of one that is
 * long enough. */
static enum status
take_memory(struct memory_summary **memory, struct setup *setup,
            const struct plan_request *request, int capacity,
            struct cause *cause)
{
    struct plan_request grown = *request;

    setup_grow(&grown, setup->plan->stages, setup->plan->mbs);
    return setup_memory(memory, setup, &grown, capacity, cause);
}

enum status
simulation_run(struct simulation *simulation,
               const struct plan_request *request, bool traced,
               struct cause *cause)
{
    const struct options *options = request->options;
    struct setup *setup = &simulation->setup;
    enum status status = STATUS_DONE;

    if (traced)
        status = setup_trace_room(request, setup->program->lowered,
                                  options->row, cause);
    if (status != STATUS_DONE)
        return status;
    forecast_steps(&simulation->forecast, setup->program, &setup->cost,
                   options->capacity, options->row,
                   FORECAST_PERIOD | (traced ? FORECAST_SPANS : 0));
    status = take_memory(&simulation->memory, setup, request,
                         simulation->forecast.capacity, cause);
    if (status != STATUS_DONE || simulation->forecast.complete)
        return status;
    fail(cause,
         "deadlock: %s with --capacity %d leaves every rank waiting; use "
         "--capacity %d or more",
         setup->plan->name, options->capacity,
         program_smallest_capacity(setup->program));
    return STATUS_DEADLOCK;
}

void
simulation_fini(struct simulation *simulation)
{
    forecast_fini(&simulation->forecast);
    free(simulation->memory);
    setup_fini(&simulation->setup);
    *simulation = (struct simulation){.memory = NULL};
}

void
simulation_json(FILE *out, const struct simulation *simulation,
                const struct options *options)
{
    const struct setup *setup = &simulation->setup;
    const struct forecast *forecast = &simulation->forecast;
    const struct memory_summary *memory = simulation->memory;
    int64_t latency = cost_latency(&setup->cost);
    struct json json = {.out = out};
    struct draws draws;
    char tick[TICK_TEXT];

    json_open(&json, NULL, '{');
    setup_json(&json, setup);
    json_text(&json, "tick", tick_text(setup, tick));
    json_int(&json, "capacity", forecast->capacity);
    if (latency >= 0)
        summary_json_time(&json, "latency", latency, forecast->metrics.unit);
    figures_json(&json, forecast);
    if (figures_draws(&draws, setup, options, forecast->capacity))
        figures_json_draws(&json, &draws, forecast->metrics.unit);
    figures_json_machine(&json, setup);
    summary_json_memory(&json, memory, setup->plan->ranks,
                        forecast->metrics.unit);
    figures_json_fits(&json, memory, setup->plan->ranks,
                      setup_max_memory(setup, options));
    if (simulation->rows)
        summary_json_rows(&json, &forecast->trace);
    else if (options->spans)
        summary_json_spans(&json, &forecast->trace);
    json_close(&json, '}');
    fputc('\n', out);
}
