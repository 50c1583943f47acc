/* cmd_simulate.c -- runs a plan in virtual time and shows timeline, figures
 * and memory. */
#include "config.h"

#include "base/machine.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/program_means.h"
#include "cli/run_report.h"
#include "base/output.h"
#include "request/figures.h"
#include "request/simulation.h"
#include "request/tick.h"
#include "report/chrome.h"
#include "report/panels.h"
#include "report/summary.h"
#include "report/svg.h"
#include "report/timeline.h"
#include "plan/why.h"
#include "sim/attempt.h"
#include "sim/draws.h"

/* A timeline with more blocks than this cannot be read, and its spans would
 * need 72 bytes each. */
enum { TIMELINE_ACTIONS = 100000 };

/* Where it is known when: the rank that holds most, and a line for each rank
 * that holds more than `most`, 0 for any number. */
static void
print_peaks(FILE *out, const struct memory_summary memory[], int ranks,
            struct time_unit unit, int64_t most)
{
    char sizes[2][TEXT_SIZE_MAX];
    char at[COST_TEXT];
    int fullest = 0;

    if (!memory[0].timed)
        return;
    for (int r = 1; r < ranks; r++)
        if (footprint_total(&memory[r]) > footprint_total(&memory[fullest]))
            fullest = r;
    fprintf(out, "rank %d holds most, %s from %s %s on", fullest,
            text_size((size_t)footprint_total(&memory[fullest]), sizes[0]),
            cost_text(memory[fullest].peak_at, unit, at),
            cost_unit_name(&unit, (double)memory[fullest].peak_at));
    if (most > 0)
        fprintf(out, "; a rank has %s", text_size((size_t)most, sizes[1]));
    fputc('\n', out);
    for (int r = 0; r < ranks && most > 0; r++)
        if (footprint_total(&memory[r]) > most)
            fprintf(out, "over: rank %d needs %s\n", r,
                    text_size((size_t)footprint_total(&memory[r]), sizes[0]));
}

static void
simulate_print_text(const struct setup *setup, const struct forecast *forecast,
                    const struct memory_summary *memory,
                    const struct options *options)
{
    struct timeline_style style = timeline_style_for(stdout);
    struct time_unit unit = cost_unit(&setup->cost);
    int64_t latency = cost_latency(&setup->cost);
    struct draws draws;
    char shape[PLAN_SHAPE_TEXT];
    char text[COST_TEXT];

    plan_shape_text(setup->plan->ranks, setup->plan->stages, setup->plan->mbs,
                    shape);
    if (latency >= 0)
        text_line(stdout, "%s: %s, capacity %d, latency %s%s",
                  setup->plan->name, shape, forecast->capacity,
                  cost_text(latency, unit, text), unit.name);
    else
        text_line(stdout, "%s: %s, capacity %d, links of the cluster",
                  setup->plan->name, shape, forecast->capacity);
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
    print_peaks(stdout, memory, setup->plan->ranks, unit,
                setup_max_memory(setup, options));
}

static struct svg_panel
simulate_panel(const struct simulation *simulation,
               const struct memory_chart *memory)
{
    const struct setup *setup = &simulation->setup;

    return (struct svg_panel){
        .title = setup->plan->name,
        .plan = setup->program->lowered,
        .trace = &simulation->forecast.trace,
        .metrics = &simulation->forecast.metrics,
        .scale = figures_scale(&setup->cost, setup->measured),
        .memory = memory,
    };
}

static bool
simulate_write_svg(const struct options *options,
                   const struct simulation *simulation,
                   const struct memory_chart *memory, struct cause *cause)
{
    const struct setup *setup = &simulation->setup;
    struct svg_panel panel = simulate_panel(simulation, memory);
    struct svg_style style = {.unit =
                                  figures_unit(&setup->cost, setup->measured),
                              .arrows = options->arrows};
    struct output output;

    if (!output_open(&output, "--svg", options->svg, false, cause))
        return false;
    svg_write(output.out, &panel, 1, &style);
    return output_close(&output, cause);
}

static bool
simulate_write_html(const struct options *options,
                    const struct simulation *simulation,
                    const struct memory_chart *memory, struct cause *cause)
{
    const struct setup *setup = &simulation->setup;
    struct svg_panel panel = simulate_panel(simulation, memory);
    struct run_report report;
    struct json *json = &report.json;

    run_report_begin(&report, options->html, "simulate");
    panels_json(json, &panel, 1, figures_unit(&setup->cost, setup->measured));
    json_open(json, "session", '{');
    json_int(json, "capacity", simulation->forecast.capacity);
    figures_json(json, &simulation->forecast);
    summary_json_memory(json, simulation->memory, setup->plan->ranks,
                        simulation->forecast.metrics.unit);
    json_close(json, '}');
    return run_report_end(&report, cause);
}

/* A tick without a unit is drawn as a microsecond. */
static bool
write_trace(const struct options *options, const struct setup *setup,
            const struct trace *trace, const struct memory_chart *memory,
            struct cause *cause)
{
    double seconds = cost_unit_seconds(setup->cost.unit);
    struct chrome_time time = {.us = (seconds > 0.0 ? 1e6 * seconds : 1.0) /
                                     setup->cost.per_unit};
    struct chrome chrome;
    struct output output;

    if (!output_open(&output, "--trace", options->trace, true, cause))
        return false;
    chrome_open(&chrome, output.out);
    chrome_clock(&chrome, 1,
                 seconds > 0.0 ? "predicted" : "predicted, a tick as 1 us",
                 setup->program->lowered->ranks);
    chrome_add(&chrome, 1, setup->program->lowered, trace, time);
    if (memory)
        chrome_memory(&chrome, 1, memory, trace, time);
    chrome_close(&chrome);
    return output_close(&output, cause);
}

/* The files that are asked for. */
static bool
write_pictures(const struct options *options,
               const struct simulation *simulation, struct cause *cause)
{
    const struct setup *setup = &simulation->setup;
    struct memory_chart room;
    const struct memory_chart *chart =
        setup_chart(&room, setup, simulation->memory, options);

    return (!options->svg ||
            simulate_write_svg(options, simulation, chart, cause)) &&
           (!options->html ||
            simulate_write_html(options, simulation, chart, cause)) &&
           (!options->trace ||
            write_trace(options, setup, &simulation->forecast.trace, chart,
                        cause));
}

/* The timeline of a plan that cannot run, as far as it runs, and where its
 * ranks stop. */
static void
draw_refused(const struct setup *setup)
{
    const struct plan *plan = setup->plan;
    struct timeline_style style = timeline_style_for(stdout);
    struct attempt attempt;
    char shape[PLAN_SHAPE_TEXT];

    if (plan_actions(plan) > TIMELINE_ACTIONS ||
        (int64_t)plan->stages * plan->mbs > TIMELINE_ACTIONS)
        return;
    attempt_make(&attempt, plan, &setup->cost);
    text_line(stdout, "%s: %s, as far as it runs", plan->name,
              plan_shape_text(plan->ranks, plan->stages, plan->mbs, shape));
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
    char shape[PLAN_SHAPE_TEXT];

    if (!forecast->trace.lanes)
        return;
    text_line(stdout, "%s: %s, capacity %d, as far as it runs",
              setup->plan->name,
              plan_shape_text(setup->plan->ranks, setup->plan->stages,
                              setup->plan->mbs, shape),
              forecast->capacity);
    timeline_print(stdout, setup->program->lowered, &forecast->trace, &style);
}

/* Whether the spans are wanted: a row of many steps is too long to draw. */
static bool
is_traced(const struct setup *setup, const struct options *options)
{
    if (options->svg || options->html || options->trace)
        return true;
    if (options->format == FORMAT_JSON)
        return options->spans;
    return plan_actions(setup->program->lowered) * (size_t)options->row <=
           TIMELINE_ACTIONS;
}

/* What was asked for of a simulation that came to its end, or to where the
 * ranks wait for one another. */
static enum status
simulate_show(const struct simulation *simulation, enum status status,
              const struct options *options, struct cause *cause)
{
    const struct setup *setup = &simulation->setup;
    const struct forecast *forecast = &simulation->forecast;

    text_release();
    tick_remark(setup, options);
    if (status == STATUS_DEADLOCK) {
        complain(status, cause);
        if (options->format == FORMAT_TEXT)
            draw_deadlock(setup, forecast);
        why_print_stuck(stderr, setup->program->lowered, forecast->position,
                        options->capacity);
        return status;
    }
    if (options->format == FORMAT_JSON)
        simulation_json(stdout, simulation, options);
    else
        simulate_print_text(setup, forecast, simulation->memory, options);
    if (!write_pictures(options, simulation, cause))
        status = (enum status)complain(STATUS_FAILED, cause);
    return status;
}

static int
cmd_simulate(const struct options *options)
{
    struct cause cause;
    struct plan_request request = plan_request_of(options, &program_means);
    struct simulation simulation = {.memory = NULL};
    enum status status;

    if (options->html && !run_report_possible(options->html, &cause))
        return complain(STATUS_FAILED, &cause);
    request.keeps_refused = options->format == FORMAT_TEXT;
    status = setup_plan(&simulation.setup, &request, NULL, &cause);
    if (status != STATUS_DONE) {
        complain(status, &cause);
        if (simulation.setup.plan)
            draw_refused(&simulation.setup);
    } else {
        status = simulation_run(&simulation, &request,
                                is_traced(&simulation.setup, options), &cause);
        if (status == STATUS_DONE || status == STATUS_DEADLOCK)
            status = simulate_show(&simulation, status, options, &cause);
        else
            complain(status, &cause);
    }
    simulation_fini(&simulation);
    return (int)status;
}

const struct command command_simulate = {
    .name = "simulate",
    .summary = "Run a plan in virtual time: timeline, bubble, memory.",
    .takes = TAKES_PLAN | TAKES_TIME | TAKES_MODEL | TAKES_SPANS | TAKES_SVG |
             TAKES_PICTURES | TAKES_HTML | TAKES_FORMAT | TAKES_MACHINE,
    .examples = "  pipelab simulate --schedule gpipe --cost F=1,B=2\n"
                "  pipelab simulate --stages 2 --format json --spans\n",
    .run = cmd_simulate,
};
