/* cmd_compare.c -- every schedule that fits a shape, side by side. */
#include "config.h"

#include "base/list.h"
#include "base/memory.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/program_means.h"
#include "cli/comparison.h"
#include "request/figures.h"
#include "request/tick.h"
#include "report/summary.h"
#include "search/schedule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is printed: nothing before the first table is complete. */
struct sheet {
    struct json json;
    int tables;
    char misfits[512]; /* the schedules that were last said not to fit */
};

/* ---- rows ---- */

static void
simulate(struct comparison_row *row, const struct options *options)
{
    forecast_make(&row->forecast, row->setup.program, &row->setup.cost,
                  options->capacity,
                  FORECAST_PERIOD | (options->svg ? FORECAST_SPANS : 0));
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
    if (one->options->svg)
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
    for (int r = 0; r < row.setup.plan->ranks; r++)
        if (row.memory[r].bytes[MEMORY_ACTIVATIONS] > row.most_bytes)
            row.most_bytes = row.memory[r].bytes[MEMORY_ACTIVATIONS];
    if (!summary_fits(row.memory, row.setup.plan->ranks,
                      setup_max_memory(&row.setup, one->options)))
        row.fits = false;
    table->rows[table->count++] = row;
    return STATUS_DONE;
}

static void
compare_table_fini(struct comparison *table)
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
        return (double)row->most_bytes;
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

/* Copies an item of a list of names. */
static void
copy_name(const struct list_item *item, char name[48])
{
    snprintf(name, 48, "%.*s", (int)item->length, item->text);
}

/* Whether "a,b,c" has a name of the schedule. */
static bool
is_listed(const struct policy *policy, const char *list)
{
    for (struct list_item item; list_next(&list, &item);) {
        char name[48];

        copy_name(&item, name);
        if (policy_is_named(policy, name))
            return true;
    }
    return false;
}

static bool
check_list(const char *list, struct cause *cause)
{
    for (struct list_item item; list_next(&list, &item);) {
        char name[48];

        copy_name(&item, name);
        if (!schedule_find(name, cause))
            return false;
    }
    return true;
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
        text_remark("%s has no backwards: of each schedule the forwards alone "
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

    return !options_given(options, "schedule") ||
           is_listed(policy, options->schedule);
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
             "comparing %zu schedules of %d stages and %d microbatches", rows,
             one->stages, one->recipe.mbs);
    return setup_room(one, (struct machine_need){.bytes = rows * least}, what,
                      "use fewer of either, or name one --schedule", cause);
}

/* Every policy that suits the shape, and the file of --load. misfits receives
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
            if (used < size)
                used += (size_t)snprintf(misfits + used, size - used, " %s",
                                         one.schedule);
            continue;
        }
        /* Costs are measured once a shape: the stages are the same for all. */
        if (table->count > 0)
            one.known_cost = &table->rows[0].setup.cost;
        status = add_row(table, &one, cause);
    }
    return status;
}

/* Which schedules are not in the table, unless that was said already. */
static void
remark_misfits(struct sheet *sheet, const char *misfits)
{
    if (*misfits && strcmp(misfits, sheet->misfits) != 0)
        text_remark("left out, as they do not fit the shape:%s; pipelab "
                    "schedule --schedule NAME says why",
                    misfits);
    snprintf(sheet->misfits, sizeof sheet->misfits, "%s", misfits);
}

static void
remark_weights(const struct comparison *table)
{
    for (int i = 0; i < table->count; i++)
        if (setup_keeps_for_weights(&table->rows[i].setup,
                                    table->request->options))
            return;
    text_remark("no effect: --weight-activations; none of these has a W");
}

/* One table, for the shape of the request; in a sweep none, if no schedule
 * fits. */
static enum status
compare(const struct plan_request *request, enum order order,
        struct sheet *sheet, struct cause *cause)
{
    const struct options *options = request->options;
    struct comparison table = {.request = request};
    char misfits[sizeof sheet->misfits] = "";
    enum status status = fill_table(&table, misfits, sizeof misfits, cause);

    if (status == STATUS_DONE && table.count == 0) {
        fail(cause, "no schedule fits %d ranks, %d stages, %d microbatches",
             request->ranks, request->stages, request->recipe.mbs);
        status = STATUS_USAGE;
        if (options->sweep)
            status = (enum status)complain(STATUS_DONE, cause);
    } else if (status == STATUS_DONE) {
        remark_misfits(sheet, misfits);
        if (sheet->tables == 0)
            tick_remark(&table.rows[0].setup, options);
        remark_weights(&table);
        sort_rows(&table, order);
        comparison_print(&table, &sheet->json, sheet->tables++ == 0);
        if (options->svg && !comparison_svg(&table, cause))
            status = STATUS_FAILED;
    }
    compare_table_fini(&table);
    return status;
}

/* ---- sweeps ---- */

enum { MOST_VALUES = 64 };

/* "4..64" doubles from 4 on, "4,6,8" lists. Returns how many, 0 if neither. */
static int
compare_read_values(const char *text, int values[MOST_VALUES])
{
    long least, most;
    int end;
    int count = 0;

    if (sscanf(text, "%ld..%ld%n", &least, &most, &end) < 2 || text[end]) {
        const char *wrong;

        count =
            list_wholes(text, 1, PLAN_MAX_MBS, values, MOST_VALUES, &wrong);
        return count <= MOST_VALUES ? count : 0;
    }
    if (least >= 1 && most <= PLAN_MAX_MBS)
        for (; least <= most; least *= 2)
            values[count++] = (int)least;
    return count;
}

/* The values that the sweep goes through and which option they are for. */
static int
read_sweep(const char *sweep, struct plan_request *one, int **swept,
           int values[MOST_VALUES], struct cause *cause)
{
    const char *rest = sweep;
    struct list_item values_from, what;
    int count = 0;

    list_next(&rest, &values_from);
    list_cut(&values_from, &what);
    *swept = list_is(&what, "stages") ? &one->stages : &one->recipe.mbs;
    if (list_is(&what, "stages") || list_is(&what, "microbatches"))
        count = compare_read_values(values_from.text, values);
    if (count == 0)
        fail(cause,
             "--sweep is %.60s; use microbatches=4..64, which doubles, or "
             "stages=2,3,4",
             sweep);
    return count;
}

/* The values that the tables are for; returns how many, 0 on failure. */
static int
begin_sweep(struct plan_request *one, int **swept, int values[MOST_VALUES],
            struct cause *cause)
{
    values[0] = one->recipe.mbs;
    *swept = &one->recipe.mbs;
    if (!one->options->sweep)
        return 1;
    return read_sweep(one->options->sweep, one, swept, values, cause);
}

/* The tables of a sweep of stages are of one model, so they have one tick: the
 * layers that every stage of theirs has some times. */
static enum status
share_tick(struct plan_request *one, const int values[], int count,
           struct cause *cause)
{
    struct mlp mlp = recipe_mlp(&one->recipe, NULL);
    int layers = 0;

    for (int i = 0; i < count; i++) {
        int *split;
        enum status status =
            setup_split(&split, one->options, &mlp, values[i], cause);

        if (status != STATUS_DONE)
            return status;
        layers = tick_common_layers(layers, split, values[i]);
        free(split);
    }
    one->tick_layers = layers;
    return STATUS_DONE;
}

static enum status
sweep(const struct options *options, enum order order, struct sheet *sheet,
      struct cause *cause)
{
    struct plan_request one = plan_request_of(options, &program_means);
    int values[MOST_VALUES];
    int *swept;
    int count = begin_sweep(&one, &swept, values, cause);
    enum status status = STATUS_DONE;

    if (count == 0)
        return STATUS_USAGE;
    one.quiet = true;
    /* One model for all tables. */
    for (int i = 0; i < count; i++) {
        *swept = values[i];
        setup_grow(&one, one.stages, one.recipe.mbs);
    }
    if (swept == &one.stages)
        status = share_tick(&one, values, count, cause);
    for (int i = 0; i < count && status == STATUS_DONE; i++) {
        *swept = values[i];
        one.ranks = options_ranks(options, one.stages);
        status = compare(&one, order, sheet, cause);
    }
    if (status == STATUS_DONE && sheet->tables == 0) {
        fail(cause, "--sweep %s has no value that a schedule fits",
             options->sweep);
        status = STATUS_USAGE;
    }
    return status;
}

static int
cmd_compare(const struct options *options)
{
    struct sheet sheet = {.json.out = stdout};
    struct cause cause;
    enum status status;
    enum order order = ORDER_PERIOD;

    if (!find_order(options->sort, &order, &cause) ||
        (options_given(options, "schedule") &&
         !check_list(options->schedule, &cause)))
        return complain(STATUS_USAGE, &cause);
    status = sweep(options, order, &sheet, &cause);
    if (options->format == FORMAT_JSON && sheet.tables > 0) {
        json_close(&sheet.json, ']');
        putchar('\n');
    }
    return status == STATUS_DONE ? (int)status : complain(status, &cause);
}

const struct command command_compare = {
    .name = "compare",
    .summary = "All schedules that fit a shape, side by side.",
    .takes = TAKES_PLAN | TAKES_TIME | TAKES_MODEL | TAKES_SVG |
             TAKES_COMPARE | TAKES_FORMAT | TAKES_MACHINE,
    .examples =
        "  pipelab compare --stages 4 --microbatches 8\n"
        "  pipelab compare --max-activations 4 --sweep microbatches=4..64\n",
    .run = cmd_compare,
};
