/* cmd_simulate.c -- runs a plan in virtual time and shows timeline, figures
 * and memory. */
#include "config.h"

#include "base/text.h"
#include "cli/commands.h"
#include "cli/program_means.h"
#include "base/output.h"
#include "request/figures.h"
#include "request/tick.h"
#include "report/chrome.h"
#include "report/summary.h"
#include "report/svg.h"
#include "report/timeline.h"
#include "plan/why.h"
#include "sim/attempt.h"
#include "sim/draws.h"
#include "sim/forecast.h"

#include <stdlib.h>

/* A timeline with more blocks than this cannot be read, and its spans would
 * need 72 bytes each. */
enum { TIMELINE_ACTIONS = 100000 };

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

static void
simulate_print_json(const struct setup *setup, const struct forecast *forecast,
                    const struct memory_summary *memory,
                    const struct options *options)
{
    struct json json = {.out = stdout};
    struct draws draws;
    char tick[TICK_TEXT];

    json_open(&json, NULL, '{');
    setup_json(&json, setup);
    json_text(&json, "tick", tick_text(setup, tick));
    json_int(&json, "capacity", forecast->capacity);
    summary_json_time(&json, "latency", setup->cost.latency,
                      forecast->metrics.unit);
    figures_json(&json, forecast);
    if (figures_draws(&draws, setup, options, forecast->capacity))
        figures_json_draws(&json, &draws, forecast->metrics.unit);
    figures_json_machine(&json, setup);
    summary_json_memory(&json, memory, setup->plan->ranks);
    figures_json_fits(&json, memory, setup->plan->ranks,
                      setup_max_memory(setup, options));
    if (options->spans)
        summary_json_spans(&json, &forecast->trace);
    json_close(&json, '}');
    putchar('\n');
}

static void
simulate_print_text(const struct setup *setup, const struct forecast *forecast,
                    const struct memory_summary *memory,
                    const struct options *options)
{
    struct timeline_style style = timeline_style_for(stdout);
    struct time_unit unit = cost_unit(&setup->cost);
    struct draws draws;
    char text[COST_TEXT];

    text_line(stdout,
              "%s: %d ranks, %d stages, %d microbatches, capacity %d, latency "
              "%s%s",
              setup->plan->name, setup->plan->ranks, setup->plan->stages,
              setup->plan->mbs, forecast->capacity,
              cost_text(setup->cost.latency, unit, text), unit.name);
    tick_print(stdout, setup);
    figures_print_machine(stdout, setup);
    if (forecast->trace.lanes)
        timeline_print(stdout, setup->program->lowered, &forecast->trace,
                       &style);
    else
        puts("(too many actions for a timeline)");
    figures_print(stdout, forecast);
    if (figures_draws(&draws, setup, options, forecast->capacity))
        figures_print_draws(stdout, &draws, unit);
    summary_memory(stdout, memory, NULL, setup->plan->ranks);
    figures_print_over(stdout, memory, setup->plan->ranks,
                       setup_max_memory(setup, options));
}

static bool
simulate_write_svg(const struct options *options, const struct setup *setup,
                   const struct forecast *forecast, struct cause *cause)
{
    struct svg_style style = {.unit =
                                  figures_unit(&setup->cost, setup->measured),
                              .arrows = options->arrows};
    struct svg_panel panel = {
        .title = setup->plan->name,
        .plan = setup->program->lowered,
        .trace = &forecast->trace,
        .metrics = &forecast->metrics,
        .scale = figures_scale(&setup->cost, setup->measured),
    };
    struct output output;

    if (!output_open(&output, "--svg", options->svg, false, cause))
        return false;
    svg_write(output.out, &panel, 1, &style);
    return output_close(&output, cause);
}

static bool
write_trace(const struct options *options, const struct setup *setup,
            const struct trace *trace, struct cause *cause)
{
    struct chrome chrome;
    struct output output;

    if (!output_open(&output, "--trace", options->trace, true, cause))
        return false;
    chrome_open(&chrome, output.out);
    chrome_clock(&chrome, 1, "predicted, a tick as 1 us",
                 setup->program->lowered->ranks);
    chrome_add(&chrome, 1, setup->program->lowered, trace,
               (struct chrome_time){.us = 1.0});
    chrome_close(&chrome);
    return output_close(&output, cause);
}

/* The timeline of a plan that cannot run, as far as it runs, and where its
 * ranks stop. */
static void
draw_refused(const struct setup *setup)
{
    const struct plan *plan = setup->plan;
    struct timeline_style style = timeline_style_for(stdout);
    struct attempt attempt;

    if (plan_actions(plan) > TIMELINE_ACTIONS ||
        (int64_t)plan->stages * plan->mbs > TIMELINE_ACTIONS)
        return;
    attempt_make(&attempt, plan, &setup->cost);
    text_line(stdout,
              "%s: %d ranks, %d stages, %d microbatches, as far as it runs",
              plan->name, plan->ranks, plan->stages, plan->mbs);
    timeline_print(stdout, plan, &attempt.trace, &style);
    attempt_print_stops(stdout, &attempt);
    attempt_fini(&attempt);
}

/* The same of a plan that deadlocks at this capacity; stderr says where the
 * ranks wait. */
static void
draw_deadlock(const struct setup *setup, const struct forecast *forecast)
{
    struct timeline_style style = timeline_style_for(stdout);

    if (!forecast->trace.lanes)
        return;
    text_line(stdout,
              "%s: %d ranks, %d stages, %d microbatches, capacity %d, as far "
              "as it runs",
              setup->plan->name, setup->plan->ranks, setup->plan->stages,
              setup->plan->mbs, forecast->capacity);
    timeline_print(stdout, setup->program->lowered, &forecast->trace, &style);
}

static int
cmd_simulate(const struct options *options)
{
    struct cause cause;
    struct plan_request request = plan_request_of(options, &program_means);
    struct setup setup;
    struct memory_summary *memory;
    struct forecast forecast;
    bool traced;
    bool text = options->format == FORMAT_TEXT;
    enum status status;

    request.keeps_refused = text;
    status = setup_plan(&setup, &request, NULL, &cause);
    if (status != STATUS_DONE) {
        complain(status, &cause);
        if (setup.plan) {
            draw_refused(&setup);
            setup_fini(&setup);
        }
        return (int)status;
    }
    traced =
        options->svg || options->trace ||
        (options->format == FORMAT_JSON
             ? options->spans
             : plan_actions(setup.program->lowered) * (size_t)options->row <=
                   TIMELINE_ACTIONS);
    if (traced)
        status = setup_trace_room(&request, setup.program->lowered,
                                  options->row, &cause);
    if (status != STATUS_DONE) {
        setup_fini(&setup);
        return complain(status, &cause);
    }
    forecast_steps(&forecast, setup.program, &setup.cost, options->capacity,
                   options->row,
                   FORECAST_PERIOD | (traced ? FORECAST_SPANS : 0));
    status = take_memory(&memory, &setup, &request, forecast.capacity, &cause);
    if (status != STATUS_DONE) {
        forecast_fini(&forecast);
        setup_fini(&setup);
        return complain(status, &cause);
    }
    tick_remark(&setup, options);
    if (!forecast.complete) {
        fail(&cause,
             "deadlock: %s with --capacity %d leaves every rank waiting; use "
             "--capacity %d or more",
             setup.plan->name, options->capacity,
             program_smallest_capacity(setup.program));
        status = STATUS_DEADLOCK;
        complain(status, &cause);
        if (text)
            draw_deadlock(&setup, &forecast);
        why_print_stuck(stderr, setup.program->lowered, forecast.position,
                        options->capacity);
    } else if (options->format == FORMAT_JSON) {
        simulate_print_json(&setup, &forecast, memory, options);
    } else {
        simulate_print_text(&setup, &forecast, memory, options);
    }
    if (status == STATUS_DONE &&
        ((options->svg &&
          !simulate_write_svg(options, &setup, &forecast, &cause)) ||
         (options->trace &&
          !write_trace(options, &setup, &forecast.trace, &cause))))
        status = (enum status)complain(STATUS_FAILED, &cause);
    forecast_fini(&forecast);
    free(memory);
    setup_fini(&setup);
    return (int)status;
}

const struct command command_simulate = {
    .name = "simulate",
    .summary = "Run a plan in virtual time: timeline, bubble, memory.",
    .takes = TAKES_PLAN | TAKES_TIME | TAKES_MODEL | TAKES_SPANS | TAKES_SVG |
             TAKES_PICTURES | TAKES_FORMAT | TAKES_MACHINE,
    .examples = "  pipelab simulate --schedule gpipe --cost F=1,B=2\n"
                "  pipelab simulate --stages 2 --format json --spans\n",
    .run = cmd_simulate,
};
