/* comparison.c -- makes a table of the schedules that fit a shape, and prints
 * it as JSON. */
#include "config.h"

#include "request/comparison.h"

#include "base/list.h"
#include "base/memory.h"
#include "base/plural.h"
#include "data/batches.h"
#include "report/summary.h"
#include "request/figures.h"
#include "request/tick.h"
#include "search/schedule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- rows ---- */

static bool
is_drawn(const struct options *options)
{
    return options->svg || options->html;
}

static void
simulate(struct comparison_row *row, const struct options *options)
{
    forecast_make(&row->forecast, row->setup.program, &row->setup.cost,
                  options->capacity,
                  FORECAST_PERIOD | (is_drawn(options) ? FORECAST_SPANS : 0));
    if (row->forecast.complete)
        figures_draws(&row->draws, &row->setup, options,
                      row->forecast.capacity);
    row->peak = row->setup.program->largest_peak;
    row->fits =
        options->max_activations == 0 || row->peak <= options->max_activations;
}

/* Adds the schedule or the file that is asked for. */
static enum status
add_row(struct comparison *table, struct plan_request *one,
        struct cause *cause)
{
    struct comparison_row row = {.peak = 0};
    enum status status = setup_plan(&row.setup, one, NULL, cause);

    if (status != STATUS_DONE)
        return status;
    setup_grow(one, row.setup.plan->stages, row.setup.plan->mbs);
    table->model = recipe_mlp(&one->recipe, NULL);
    table->batch = one->recipe.batch;
    if (is_drawn(one->options))
        status = setup_trace_room(one, row.setup.program->lowered, 1, cause);
    if (status != STATUS_DONE) {
        setup_fini(&row.setup);
        return status;
    }
    simulate(&row, one->options);
    status = setup_memory(&row.memory, &row.setup, one, row.forecast.capacity,
                          cause);
    if (status != STATUS_DONE) {
        forecast_fini(&row.forecast);
        setup_fini(&row.setup);
        return status;
    }
    for (int r = 0; r < row.setup.plan->ranks; r++) {
        int64_t bytes = row.memory[r].bytes[MEMORY_ACTIVATIONS];

        row.most_bytes = bytes > row.most_bytes ? bytes : row.most_bytes;
        bytes = footprint_total(&row.memory[r]);
        row.most_total = bytes > row.most_total ? bytes : row.most_total;
    }
    setup_chart(&row.chart, &row.setup, row.memory, one->options);
    if (!summary_fits(row.memory, row.setup.plan->ranks,
                      setup_max_memory(&row.setup, one->options)))
        row.fits = false;
    table->rows[table->count++] = row;
    return STATUS_DONE;
}

void
comparison_fini(struct comparison *table)
{
    for (int i = 0; i < table->count; i++) {
        struct comparison_row *row = &table->rows[i];

        free(row->memory);
        forecast_fini(&row->forecast);
        setup_fini(&row->setup);
    }
    free(table->rows);
}

/* ---- order ---- */

enum order { ORDER_PERIOD, ORDER_MAKESPAN, ORDER_PEAK, ORDER_BYTES, ORDERS };

static bool
find_order(const char *name, enum order *order, struct cause *cause)
{
    static const char *const names[] = {
        [ORDER_PERIOD] = "period",
        [ORDER_MAKESPAN] = "makespan",
        [ORDER_PEAK] = "peak",
        [ORDER_BYTES] = "bytes",
    };

    for (int i = 0; i < ORDERS; i++)
        if (strcmp(names[i], name) == 0) {
            *order = (enum order)i;
            return true;
        }
    return fail(cause, "--sort is %.40s; use period, makespan, peak or bytes",
                name);
}

/* The figure of a row that it is sorted by. A deadlock comes after everything
 * that runs. */
static double
figure_of(const struct comparison_row *row, enum order order)
{
    if (order == ORDER_PEAK)
        return row->peak;
    if (order == ORDER_BYTES)
        return (double)comparison_bytes(row);
    if (!row->forecast.complete)
        return HUGE_VAL;
    if (order == ORDER_PERIOD && row->draws.period.median > 0)
        return (double)row->draws.period.median;
    return order == ORDER_PERIOD ? period_ticks(row->forecast.period)
                                 : (double)row->forecast.metrics.makespan;
}

/* Stable, so that equals keep the order of the policies' table. */
static void
sort_rows(struct comparison *table, enum order order)
{
    for (int i = 1; i < table->count; i++) {
        struct comparison_row row = table->rows[i];
        double figure = figure_of(&row, order);
        int j = i;

        for (; j > 0 && figure_of(&table->rows[j - 1], order) > figure; j--)
            table->rows[j] = table->rows[j - 1];
        table->rows[j] = row;
    }
}

/* ---- tables ---- */

/* Whether "a,b,c" has a name of the schedule. */
static bool
is_listed(const struct policy *policy, const char *list)
{
    for (struct list_item item; list_next(&list, &item);) {
        char name[48];

        snprintf(name, sizeof name, "%.*s", (int)item.length, item.text);
        if (policy_is_named(policy, name))
            return true;
    }
    return false;
}

/* The file of --load, whose shape the schedules then take. Beside a plan
 * without backwards they are compared by their forwards. */
static enum status
add_loaded(struct comparison *table, struct plan_request *one,
           struct cause *cause)
{
    enum status status = add_row(table, one, cause);
    const struct plan *plan;

    if (status != STATUS_DONE)
        return status;
    plan = table->rows[0].setup.plan;
    if (!plan_trains(plan) && !one->forward_only) {
        means_remark(
            one->means,
            "%s has no backwards: of each schedule the forwards alone "
            "are compared with it",
            plan->name);
        one->forward_only = true;
    }
    one->stages = plan->stages;
    one->ranks = plan->ranks;
    one->recipe.mbs = plan->mbs;
    one->load = NULL;
    return STATUS_DONE;
}

static bool
is_wanted(const struct comparison *table, const struct policy *policy)
{
    const struct options *options = table->request->options;

    return options_given(options, "schedule")
               ? is_listed(policy, options->schedule)
               : !schedule_takes_long(policy);
}

static bool
row_suits(const struct plan_request *one, const struct policy *schedule,
          struct cause *cause)
{
    return policy_suits_group(schedule, one->ranks, one->stages,
                              one->recipe.mbs,
                              setup_group(one->options, schedule), cause);
}

/* Each row by itself may fit and all of them not: at least each keeps an F and
 * a B of each microbatch on each stage, as they are and lowered. */
static enum status
rows_room(const struct comparison *table, const struct plan_request *one,
          struct cause *cause)
{
    size_t least = 4 * sizeof(struct action) * (size_t)one->stages *
                   (size_t)one->recipe.mbs;
    size_t rows = 0;
    char what[96];

    for (int i = 0; schedule_at(i); i++)
        rows += is_wanted(table, schedule_at(i)) &&
                row_suits(one, schedule_at(i), cause);
    snprintf(what, sizeof what,
             "comparing %zu schedule%s of %d stage%s and %d microbatch%s",
             rows, plural((int64_t)rows), one->stages, plural(one->stages),
             one->recipe.mbs, plural_es(one->recipe.mbs));
    return setup_room(one, (struct machine_need){.bytes = rows * least}, what,
                      "use fewer of either, or name one --schedule", cause);
}

static void
add_misfit(char *misfits, size_t size, size_t *used, const char *name)
{
    if (*used < size)
        *used += (size_t)snprintf(misfits + *used, size - *used, " %s", name);
}

/* Every schedule that suits the shape, and the file of --load. misfits receives
 * the names of the others. */
static enum status
fill_table(struct comparison *table, char *misfits, size_t size,
           struct cause *cause)
{
    struct plan_request one = *table->request;
    enum status status = STATUS_DONE;
    size_t used = 0;
    int policies = 0;

    while (schedule_at(policies))
        policies++;
    table->rows = memory_new((size_t)policies + 1, sizeof *table->rows);
    if (one.load)
        status = add_loaded(table, &one, cause);
    if (status == STATUS_DONE)
        status = rows_room(table, &one, cause);
    for (int i = 0; i < policies && status == STATUS_DONE; i++) {
        one.schedule = schedule_at(i)->name;
        if (!is_wanted(table, schedule_at(i)))
            continue;
        if (!row_suits(&one, schedule_at(i), cause)) {
            add_misfit(misfits, size, &used, one.schedule);
            continue;
        }
        /* Costs are measured once a shape: the stages are the same for all. */
        if (table->count > 0)
            one.known_cost = &table->rows[0].setup.cost;
        status = add_row(table, &one, cause);
        /* A search for which the memory is too small; rules are marked. */
        if (status == STATUS_USAGE && table->count > 0 &&
            !schedule_at(i)->make) {
            add_misfit(misfits, size, &used, one.schedule);
            status = STATUS_DONE;
        }
    }
    return status;
}

bool
comparison_suits(const struct options *options, struct cause *cause)
{
    enum order order;

    return find_order(options->sort, &order, cause);
}

enum status
comparison_make(struct comparison *table, char *misfits, size_t size,
                struct cause *cause)
{
    enum status status = fill_table(table, misfits, size, cause);
    enum order order = ORDER_PERIOD;

    if (status == STATUS_DONE &&
        find_order(table->request->options->sort, &order, cause))
        sort_rows(table, order);
    return status;
}

enum status
comparison_none(const struct plan_request *request, struct cause *cause)
{
    char shape[PLAN_SHAPE_TEXT];

    fail(cause, "no schedule fits %s",
         plan_shape_text(request->ranks, request->stages, request->recipe.mbs,
                         shape));
    return STATUS_USAGE;
}

/* ---- JSON ---- */

const char *
comparison_tick(const struct comparison *table, char text[COMPARISON_TICK])
{
    const struct setup *setup = &table->rows[0].setup;
    int mbs = setup->plan->mbs;
    char tick[TICK_TEXT];
    int used = snprintf(text, COMPARISON_TICK, "%s", tick_text(setup, tick));

    if (!setup->measured && !setup->model)
        snprintf(text + used, (size_t)(COMPARISON_TICK - used),
                 " for %s%d example%s", table->batch % mbs ? "up to " : "",
                 batch_share(table->batch, mbs, 0).rows,
                 plural(batch_share(table->batch, mbs, 0).rows));
    return text;
}

static void
json_model(struct json *json, const struct comparison *table)
{
    const struct model *model = table->rows[0].setup.model;

    json_open(json, "model", '{');
    json_int(json, "layers", model ? model->count : table->model.layers);
    if (!model) {
        json_int(json, "hidden", table->model.hidden);
        json_int(json, "batch", table->batch);
    }
    json_close(json, '}');
}

static void
json_row(struct json *json, const struct comparison_row *row)
{
    const struct metrics *metrics = &row->forecast.metrics;

    json_open(json, NULL, '{');
    json_text(json, "schedule", row->setup.plan->name);
    json_bool(json, "deadlock", !row->forecast.complete);
    if (row->forecast.complete) {
        summary_json_time(json, "makespan", metrics->makespan, metrics->unit);
        json_number(json, "bubble_fraction", metrics->bubble_fraction);
        json_number(json, "span_bubble", metrics->span_bubble);
        figures_json_period(json, row->forecast.period, metrics->unit,
                            row->forecast.steady_bubble);
        if (row->draws.period.median > 0)
            figures_json_draws(json, &row->draws, metrics->unit);
    }
    json_open(json, "peak_activations", '[');
    for (int r = 0; r < metrics->ranks; r++)
        json_number(json, NULL, row->setup.program->peak_activations[r]);
    json_close(json, ']');
    summary_json_memory(json, row->memory, metrics->ranks, metrics->unit);
    json_int(json, "messages", row->setup.program->messages);
    json_int(json, "smallest_capacity",
             program_smallest_capacity(row->setup.program));
    json_bool(json, "fits", row->fits);
    json_close(json, '}');
}

void
comparison_json(struct json *json, const struct comparison *table)
{
    const struct plan *shape = table->rows[0].setup.plan;
    struct time_unit unit = cost_unit(&table->rows[0].setup.cost);
    char tick[2 * TICK_TEXT];

    json_open(json, NULL, '{');
    json_int(json, "ranks", shape->ranks);
    json_int(json, "stages", shape->stages);
    json_int(json, "microbatches", shape->mbs);
    json_bool(json, "forward_only", !plan_trains(shape));
    if (table->request->options->weight_share < 1.0)
        json_number(json, "weight_activations",
                    table->request->options->weight_share);
    figures_json_machine(json, &table->rows[0].setup);
    json_text(json, "tick", comparison_tick(table, tick));
    summary_json_unit(json, unit);
    json_model(json, table);
    json_open(json, "schedules", '[');
    for (int i = 0; i < table->count; i++)
        json_row(json, &table->rows[i]);
    json_close(json, ']');
    json_close(json, '}');
}
