/* pipelab.c -- answers the calls of the library. */
#include "config.h"

#include "api/pipelab.h"

#include "api/refusal.h"
#include "api/waits.h"
#include "api/words.h"
#include "base/memory.h"
#include "base/plural.h"
#include "plan/csv.h"
#include "report/svg.h"
#include "request/comparison.h"
#include "request/figures.h"
#include "request/simulation.h"
#include "request/verdict.h"
#include "search/schedule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifndef __wasm__
static FILE *
library_open(const char *file)
{
    return fopen(file, "r");
}
#else
#define library_open NULL /* a page has no files, but their texts */
#endif

static const struct means library_means = {
    .model = model_read,
    .cluster = cluster_read,
    .open = library_open,
};

/* A call that is being answered. */
struct call {
    struct words words;
    struct plan_request request;
    FILE *out;
    struct simulation simulation;
    struct cause cause;
};

/* ---- the answers: their status, with the cause on failure ---- */

/* The other names, with a blank between two. */
static void
json_names(struct json *json, const char *also)
{
    json_open(json, "also", '[');
    while (also && *also) {
        size_t length = strcspn(also, " ");
        char name[64];

        snprintf(name, sizeof name, "%.*s", (int)length, also);
        json_text(json, NULL, name);
        also += length + strspn(also + length, " ");
    }
    json_close(json, ']');
}

static void
json_schedule(struct json *json, const struct call *call,
              const struct policy *schedule)
{
    const struct plan_request *request = &call->request;
    struct cause cause;
    bool fits = policy_suits_group(
        schedule, request->ranks, request->stages, request->recipe.mbs,
        setup_group(&call->words.options, schedule), &cause);

    json_open(json, NULL, '{');
    json_text(json, "name", schedule->name);
    json_names(json, schedule->also);
    json_text(json, "summary", schedule->summary);
    json_bool(json, "searched", !schedule->make);
    json_bool(json, "takes_long", schedule_takes_long(schedule));
    json_bool(json, "groups", schedule->groups);
    json_bool(json, "fits", fits);
    if (!fits)
        json_text(json, "text", cause.text);
    json_close(json, '}');
}

static enum status
answer_schedules(struct call *call)
{
    struct json json = {.out = call->out};

    json_open(&json, NULL, '[');
    for (int i = 0; schedule_at(i); i++)
        json_schedule(&json, call, schedule_at(i));
    json_close(&json, ']');
    fputc('\n', call->out);
    return STATUS_DONE;
}

static void
json_csv(struct json *json, const struct plan *plan)
{
    size_t size;
    char *text = NULL;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        die("out of memory");
    csv_write(out, plan);
    fclose(out);
    json_text(json, "csv", text);
    free(text);
}

static enum status
answer_make(struct call *call)
{
    struct setup *setup = &call->simulation.setup;
    enum status status = setup_plan(setup, &call->request, NULL, &call->cause);
    struct json json = {.out = call->out};
    const struct plan *shown = setup->plan;

    if (status != STATUS_DONE)
        return status;
    if (call->words.answer == ANSWER_LOWER)
        shown = setup->program->lowered;
    if (call->words.answer == ANSWER_CHECK)
        shown = NULL;
    json_open(&json, NULL, '{');
    verdict_json(&json, setup, shown);
    if (shown)
        json_csv(&json, shown);
    json_close(&json, '}');
    fputc('\n', call->out);
    return STATUS_DONE;
}

/* The plan of a simulation, of which there are not too many steps. */
static enum status
call_plan(struct call *call)
{
    const struct options *options = &call->words.options;
    struct setup *setup = &call->simulation.setup;
    const struct plan *plan;
    enum status status = setup_plan(setup, &call->request, NULL, &call->cause);

    if (status != STATUS_DONE)
        return status;
    plan = setup->plan;
    if ((int64_t)plan->stages * plan->mbs * options->row <= PIPELAB_CELLS)
        return STATUS_DONE;
    fail(&call->cause,
         "%d stage%s, %d microbatch%s and %d step%s are more than %d "
         "cells; use fewer of them",
         plan->stages, plural(plan->stages), plan->mbs, plural_es(plan->mbs),
         options->row, plural(options->row), PIPELAB_CELLS);
    return STATUS_USAGE;
}

static enum status
call_simulate(struct call *call)
{
    enum status status = call_plan(call);

    return status == STATUS_DONE
               ? simulation_run(&call->simulation, &call->request, true,
                                &call->cause)
               : status;
}

static enum status
answer_simulate(struct call *call)
{
    enum status status = call_simulate(call);

    call->simulation.rows = call->words.rows;
    if (status == STATUS_DONE)
        simulation_json(call->out, &call->simulation, &call->words.options);
    return status;
}

static enum status
answer_draw(struct call *call)
{
    enum status status = call_simulate(call);
    const struct setup *setup = &call->simulation.setup;
    struct json json = {.out = call->out};
    struct svg_style style = {.unit =
                                  figures_unit(&setup->cost, setup->measured)};
    struct svg_panel panel;
    char *text;
    FILE *out;
    size_t size;

    if (status != STATUS_DONE)
        return status;
    panel = (struct svg_panel){
        .title = setup->plan->name,
        .plan = setup->program->lowered,
        .trace = &call->simulation.forecast.trace,
        .metrics = &call->simulation.forecast.metrics,
        .scale = figures_scale(&setup->cost, setup->measured),
    };
    out = open_memstream(&text, &size);
    if (!out)
        die("out of memory");
    svg_write(out, &panel, 1, &style);
    fclose(out);
    json_open(&json, NULL, '{');
    json_text(&json, "svg", text);
    json_close(&json, '}');
    fputc('\n', call->out);
    free(text);
    return STATUS_DONE;
}

/* The moment of --at in ticks. */
static bool
read_moment(struct call *call, int64_t *at)
{
    struct time_unit unit = cost_unit(&call->simulation.setup.cost);
    double units = 0.0;

    if (call->words.at &&
        !cost_parse_time(call->words.at, unit.name, &units, &call->cause))
        return fail_of(&call->cause, "--at");
    units *= unit.per_unit ? unit.per_unit : 1;
    /* 1.005 of a unit is 1004.99... of its thousandths. */
    *at = units < 9e18 ? (int64_t)floor(units + 1e-6) : INT64_MAX;
    return true;
}

static enum status
answer_why(struct call *call)
{
    const struct options *options = &call->words.options;
    struct setup *setup = &call->simulation.setup;
    struct forecast *forecast = &call->simulation.forecast;
    enum status status = call_plan(call);
    int64_t at = 0;

    if (status != STATUS_DONE)
        return status;
    if (!read_moment(call, &at))
        return STATUS_USAGE;
    if (call->words.rank >= setup->plan->ranks) {
        if (setup->plan->ranks == 1)
            fail(&call->cause, "--rank is %d; use 0, there is no other",
                 call->words.rank);
        else
            fail(&call->cause, "--rank is %d; use 0 to %d", call->words.rank,
                 setup->plan->ranks - 1);
        return STATUS_USAGE;
    }
    forecast_steps(forecast, setup->program, &setup->cost, options->capacity,
                   options->row, FORECAST_SPANS);
    waits_json(call->out, forecast, options->row, at, call->words.rank);
    return STATUS_DONE;
}

static enum status
answer_compare(struct call *call)
{
    struct comparison table = {.request = &call->request};
    struct json json = {.out = call->out};
    char misfits[512] = "";
    enum status status;

    if (!comparison_suits(&call->words.options, &call->cause))
        return STATUS_USAGE;
    status = comparison_make(&table, misfits, sizeof misfits, &call->cause);
    if (status == STATUS_DONE && table.count == 0) {
        status = comparison_none(&call->request, &call->cause);
    } else if (status == STATUS_DONE) {
        json_open(&json, NULL, '[');
        comparison_json(&json, &table);
        json_close(&json, ']');
        fputc('\n', call->out);
    }
    comparison_fini(&table);
    return status;
}

/* ---- the call ---- */

static enum status
call_answer(struct call *call)
{
    static enum status (*const answers[])(struct call *) = {
        [ANSWER_SCHEDULES] = answer_schedules,
        [ANSWER_MAKE] = answer_make,
        [ANSWER_LOWER] = answer_make,
        [ANSWER_CHECK] = answer_make,
        [ANSWER_SEARCH] = answer_make,
        [ANSWER_SIMULATE] = answer_simulate,
        [ANSWER_COMPARE] = answer_compare,
        [ANSWER_WHY] = answer_why,
        [ANSWER_DRAW] = answer_draw,
    };

    return answers[call->words.answer](call);
}

static void
call_request(struct call *call, const char *csv)
{
    call->request = plan_request_of(&call->words.options, &library_means);
    call->request.csv = csv;
    call->request.part = call->words.part && csv;
    call->request.most_cells = PIPELAB_CELLS;
    call->request.quiet = true;
    call->request.keeps_refused = true;
}

static void
call_refuse(struct call *call, enum status status)
{
    const struct simulation *simulation = &call->simulation;
    bool deadlock = status == STATUS_DEADLOCK;
    bool refused = simulation->setup.plan && !simulation->setup.program;

    refusal_json(call->out, status, &call->cause,
                 refused ? &simulation->setup : NULL,
                 deadlock ? simulation : NULL);
}

char *
pipelab_call(int count, const char *const words[], const char *csv)
{
    struct call call = {.out = NULL};
    char *text = NULL;
    size_t size;
    enum status status = STATUS_USAGE;

    call.out = open_memstream(&text, &size);
    if (!call.out)
        die("out of memory");
    if (words_read(&call.words, count, words, csv != NULL, &call.cause)) {
        call_request(&call, csv);
        status = call_answer(&call);
    }
    if (status != STATUS_DONE)
        call_refuse(&call, status);
    simulation_fini(&call.simulation);
    fclose(call.out);
    return text;
}

void
pipelab_free(char *text)
{
    free(text);
}

const char *
pipelab_version(void)
{
    return PACKAGE_VERSION;
}
