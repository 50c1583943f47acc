/* cmd_compare.c -- every schedule that fits a shape, side by side. */
#include "config.h"

#include "base/list.h"
#include "base/memory.h"
#include "base/text.h"
#include "cli/commands.h"
#include "base/output.h"
#include "cli/tick.h"
#include "data/batches.h"
#include "report/summary.h"
#include "report/svg.h"
#include "search/schedule.h"
#include "sim/forecast.h"

#include <stdlib.h>
#include <string.h>

/* What one schedule comes to. */
struct row {
    struct setup setup;
    struct forecast forecast;
    int peak;            /* activations, of the rank that has most */
    struct memory_summary *memory; /* ranks */
    int64_t most_bytes;  /* of activations, on any rank */
    bool fits;           /* within --max-activations */
};

/* All schedules on one shape. */
struct table {
    const struct plan_request *request; /* with the shape of this table */
    struct mlp model;              /* that the bytes are of */
    int batch;                     /* likewise */
    struct row *rows;
    int count;
};

/* What is printed: nothing before the first table is complete. */
struct sheet {
    struct json json;
    int tables;
    char misfits[512]; /* the schedules that were last said not to fit */
};

static const char *
name_of(const struct row *row)
{
    return row->setup.plan->name;
}

/* ---- rows ---- */

static void
simulate(struct row *row, const struct options *options)
{
    forecast_make(&row->forecast, row->setup.program, &row->setup.cost,
                  options->capacity,
                  options->svg ? FORECAST_SPANS : FORECAST_FIGURES);
    row->peak = row->setup.program->largest_peak;
    row->fits = options->max_activations == 0 ||
                row->peak <= options->max_activations;
}

/* Adds the schedule or the file that is asked for. */
static enum status
add_row(struct table *table, struct plan_request *one, struct cause *cause)
{
    struct row row = {.peak = 0};
    enum status status = setup_plan(&row.setup, one, NULL, cause);

    if (status != STATUS_DONE)
        return status;
    setup_grow(one, row.setup.plan->stages, row.setup.plan->mbs);
    table->model = recipe_mlp(&one->recipe, NULL);
    table->batch = one->recipe.batch;
    if (one->options->svg)
        status = setup_trace_room(one, row.setup.program->lowered, cause);
    if (status == STATUS_DONE)
        status = setup_memory(&row.memory, &row.setup, one, cause);
    if (status != STATUS_DONE) {
        setup_fini(&row.setup);
        return status;
    }
    for (int r = 0; r < row.setup.plan->ranks; r++)
        if (row.memory[r].bytes[MEMORY_ACTIVATIONS] > row.most_bytes)
            row.most_bytes = row.memory[r].bytes[MEMORY_ACTIVATIONS];
    simulate(&row, one->options);
    table->rows[table->count++] = row;
    return STATUS_DONE;
}

static void
compare_table_fini(struct table *table)
{
    for (int i = 0; i < table->count; i++) {
        struct row *row = &table->rows[i];

        free(row->memory);
        forecast_fini(&row->forecast);
        setup_fini(&row->setup);
    }
    free(table->rows);
}

/* ---- order ---- */

enum order { ORDER_MAKESPAN, ORDER_PEAK, ORDER_BYTES, ORDERS };

static bool
find_order(const char *name, enum order *order, struct cause *cause)
{
    static const char *const names[] = {
        [ORDER_MAKESPAN] = "makespan",
        [ORDER_PEAK] = "peak",
        [ORDER_BYTES] = "bytes",
    };

    for (int i = 0; i < ORDERS; i++)
        if (strcmp(names[i], name) == 0) {
            *order = (enum order)i;
            return true;
        }
    return fail(cause, "--sort is %.40s; use makespan, peak or bytes", name);
}

/* The figure of a row that it is sorted by. A deadlock comes after everything
 * that runs. */
static int64_t
figure_of(const struct row *row, enum order order)
{
    if (order == ORDER_PEAK)
        return row->peak;
    if (order == ORDER_BYTES)
        return row->most_bytes;
    return row->forecast.complete ? row->forecast.metrics.makespan : INT64_MAX;
}

/* Stable, so that equals keep the order of the policies' table. */
static void
sort_rows(struct table *table, enum order order)
{
    for (int i = 1; i < table->count; i++) {
        struct row row = table->rows[i];
        int64_t figure = figure_of(&row, order);
        int j = i;

        for (; j > 0 && figure_of(&table->rows[j - 1], order) > figure; j--)
            table->rows[j] = table->rows[j - 1];
        table->rows[j] = row;
    }
}

/* ---- tables ---- */

/* Whether "a,b,c" has the name. */
static bool
is_listed(const char *name, const char *list)
{
    for (struct list_item item; list_next(&list, &item);)
        if (list_is(&item, name))
            return true;
    return false;
}

static bool
check_list(const char *list, struct cause *cause)
{
    for (struct list_item item; list_next(&list, &item);) {
        char name[48];

        snprintf(name, sizeof name, "%.*s", (int)item.length, item.text);
        if (!schedule_find(name, cause))
            return false;
    }
    return true;
}

/* The file of --load, whose shape the schedules then take. Beside a plan
 * without backwards they are compared by their forwards. */
static enum status
add_loaded(struct table *table, struct plan_request *one,
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
is_wanted(const struct table *table, const struct policy *policy)
{
    const struct options *options = table->request->options;

    return !options_given(options, "schedule") ||
           is_listed(policy->name, options->schedule);
}

/* Each row by itself may fit and all of them not: at least each keeps an F and
 * a B of each microbatch on each stage, as they are and lowered. */
static enum status
rows_room(const struct table *table, const struct plan_request *one,
          struct cause *cause)
{
    size_t least = 4 * sizeof(struct action) * (size_t)one->stages *
                   (size_t)one->recipe.mbs;
    size_t rows = 0;
    char what[96];

    for (int i = 0; schedule_at(i); i++)
        rows += is_wanted(table, schedule_at(i)) &&
                policy_suits(schedule_at(i), one->ranks, one->stages,
                             one->recipe.mbs, cause);
    snprintf(what, sizeof what,
             "comparing %zu schedules of %d stages and %d microbatches", rows,
             one->stages, one->recipe.mbs);
    return setup_room(one, (struct machine_need){.bytes = rows * least}, what,
                      "use fewer of either, or name one --schedule", cause);
}

/* Every policy that suits the shape, and the file of --load. misfits receives
 * the names of the others. */
static enum status
fill_table(struct table *table, char *misfits, size_t size,
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
        if (!policy_suits(schedule_at(i), one.ranks, one.stages,
                          one.recipe.mbs, cause)) {
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

/* What a tick is in this table; in a sweep of microbatches that differs. */
static const char *
table_tick(const struct table *table, char text[2 * TICK_TEXT])
{
    const struct setup *setup = &table->rows[0].setup;
    int mbs = setup->plan->mbs;
    char tick[TICK_TEXT];
    int used = snprintf(text, 2 * TICK_TEXT, "%s", tick_text(setup, tick));

    if (!setup->measured)
        snprintf(text + used, (size_t)(2 * TICK_TEXT - used),
                 " for %s%d examples", table->batch % mbs ? "up to " : "",
                 batch_share(table->batch, mbs, 0).rows);
    return text;
}

/* The longest list of figures that stands beside a row of text. */
enum { MOST_LISTED = 16 };

static int
name_width(const struct table *table)
{
    int width = 18;

    for (int i = 0; i < table->count; i++)
        if ((int)strlen(name_of(&table->rows[i])) > width)
            width = (int)strlen(name_of(&table->rows[i]));
    return width;
}

static void
compare_print_row(const struct row *row, int width)
{
    const struct metrics *metrics = &row->forecast.metrics;

    char *name = text_shown(name_of(row));

    printf("%-*s ", width, name);
    free(name);
    if (row->forecast.complete)
        printf("%12lld %7.1f%% %7.1f%%", (long long)metrics->makespan,
               100.0 * metrics->bubble_fraction, 100.0 * metrics->span_bubble);
    else
        printf("%12s %8s %8s", "deadlock", "-", "-");
    printf(" %6d %10.1f %9lld %9d", row->peak, (double)row->most_bytes / 1024,
           (long long)row->setup.program->messages,
           row->setup.program->smallest_capacity);
    if (metrics->ranks <= MOST_LISTED) {
        fputs("  ", stdout);
        for (int r = 0; r < metrics->ranks; r++)
            printf(" %d", row->setup.program->peak_activations[r]);
    }
    puts(row->fits ? "" : "  too many activations");
}

static void
compare_print_text(const struct table *table)
{
    const struct plan *shape = table->rows[0].setup.plan;
    const struct setup *setup = &table->rows[0].setup;
    int width = name_width(table);
    char tick[2 * TICK_TEXT];

    printf("%d ranks, %d stages, %d microbatches%s", shape->ranks,
           shape->stages, shape->mbs,
           plan_trains(shape) ? "" : ", forwards alone");
    if (setup->measured)
        fputs("; costs as measured, a tick is 1 ns", stdout);
    else if (setup->tick_layers > 0 || table->request->options->sweep)
        printf("; a tick is %s", table_tick(table, tick));
    printf("; KiB for %d layers of %d, batch %d\n", table->model.layers,
           table->model.hidden, table->batch);
    printf("%-*s %12s %8s %8s %6s %10s %9s %9s%s\n", width, "schedule",
           "makespan", "bubble", "in span", "peak", "KiB", "messages",
           "capacity", shape->ranks <= MOST_LISTED ? "   peak by rank" : "");
    for (int i = 0; i < table->count; i++)
        compare_print_row(&table->rows[i], width);
}

/* A file's name may be anything. */
static void
print_field(const char *name)
{
    char *field = text_shown(name);
    const char *text = field;
    bool quoted = strpbrk(text, ",\"") != NULL;

    if (quoted)
        putchar('"');
    for (; *text; text++) {
        if (*text == '"')
            putchar('"');
        putchar(*text);
    }
    if (quoted)
        putchar('"');
    free(field);
}

static void
print_csv_row(const struct table *table, const struct row *row)
{
    char tick[2 * TICK_TEXT];
    const struct metrics *metrics = &row->forecast.metrics;
    const struct plan *plan = row->setup.plan;

    print_field(name_of(row));
    printf(",%d,%d,%d,", plan->ranks, plan->stages, plan->mbs);
    if (row->forecast.complete)
        printf("%lld,%.6f,%.6f", (long long)metrics->makespan,
               metrics->bubble_fraction, metrics->span_bubble);
    else
        fputs(",,", stdout);
    printf(",%d,%lld,%lld,%d,%d,", row->peak, (long long)row->most_bytes,
           (long long)row->setup.program->messages,
           row->setup.program->smallest_capacity, row->fits);
    for (int r = 0; r < plan->ranks; r++)
        printf("%s%d", r ? " " : "", row->setup.program->peak_activations[r]);
    putchar(',');
    for (int r = 0; r < plan->ranks; r++)
        printf("%s%lld", r ? " " : "",
               (long long)row->memory[r].bytes[MEMORY_ACTIVATIONS]);
    printf(",%s\n", table_tick(table, tick));
}

static void
json_row(struct json *json, const struct row *row)
{
    const struct metrics *metrics = &row->forecast.metrics;

    json_open(json, NULL, '{');
    json_text(json, "schedule", name_of(row));
    json_bool(json, "deadlock", !row->forecast.complete);
    if (row->forecast.complete) {
        json_int(json, "makespan", metrics->makespan);
        json_number(json, "bubble_fraction", metrics->bubble_fraction);
        json_number(json, "span_bubble", metrics->span_bubble);
    }
    json_open(json, "peak_activations", '[');
    for (int r = 0; r < metrics->ranks; r++)
        json_int(json, NULL, row->setup.program->peak_activations[r]);
    json_close(json, ']');
    summary_json_memory(json, row->memory, metrics->ranks);
    json_int(json, "messages", row->setup.program->messages);
    json_int(json, "smallest_capacity", row->setup.program->smallest_capacity);
    json_bool(json, "fits", row->fits);
    json_close(json, '}');
}

static void
compare_print_json(struct json *json, const struct table *table)
{
    const struct plan *shape = table->rows[0].setup.plan;
    char tick[2 * TICK_TEXT];

    json_open(json, NULL, '{');
    json_int(json, "ranks", shape->ranks);
    json_int(json, "stages", shape->stages);
    json_int(json, "microbatches", shape->mbs);
    json_bool(json, "forward_only", !plan_trains(shape));
    json_text(json, "tick", table_tick(table, tick));
    json_open(json, "model", '{');
    json_int(json, "layers", table->model.layers);
    json_int(json, "hidden", table->model.hidden);
    json_int(json, "batch", table->batch);
    json_close(json, '}');
    json_open(json, "schedules", '[');
    for (int i = 0; i < table->count; i++)
        json_row(json, &table->rows[i]);
    json_close(json, ']');
    json_close(json, '}');
}

static bool
compare_write_svg(const struct table *table, struct cause *cause)
{
    struct svg_panel *panels =
        memory_new((size_t)table->count, sizeof *panels);
    bool measured = table->rows[0].setup.measured;
    struct svg_style style = {.unit = measured ? "ms" : "ticks",
                              .arrows = table->request->options->arrows};
    struct output output;
    int count = 0;

    for (int i = 0; i < table->count; i++) {
        const struct row *row = &table->rows[i];

        if (row->forecast.complete)
            panels[count++] = (struct svg_panel){
                .title = name_of(row),
                .plan = row->setup.program->lowered,
                .trace = &row->forecast.trace,
                .metrics = &row->forecast.metrics,
                .scale = measured ? 1e-6 : 1.0,
            };
    }
    if (count == 0)
        fail(cause, "--svg: all deadlock at --capacity %d, there is nothing "
                    "to draw; use a larger one",
             table->request->options->capacity);
    if (count == 0 ||
        !output_open(&output, "--svg", table->request->options->svg, false,
                     cause)) {
        free(panels);
        return false;
    }
    svg_write(output.out, panels, count, &style);
    free(panels);
    return output_close(&output, cause);
}

static void
print_table(const struct table *table, struct sheet *sheet)
{
    switch (table->request->options->format) {
    case FORMAT_JSON:
        if (sheet->tables == 0)
            json_open(&sheet->json, NULL, '[');
        compare_print_json(&sheet->json, table);
        break;
    case FORMAT_CSV:
        if (sheet->tables == 0)
            puts("schedule,ranks,stages,microbatches,makespan,"
                 "bubble_fraction,span_bubble,peak_activations,peak_bytes,"
                 "messages,smallest_capacity,fits,peak_activations_by_rank,"
                 "peak_bytes_by_rank,tick");
        for (int i = 0; i < table->count; i++)
            print_csv_row(table, &table->rows[i]);
        break;
    default:
        if (sheet->tables > 0)
            putchar('\n');
        compare_print_text(table);
        break;
    }
    sheet->tables++;
}

/* Which schedules are not in the table, unless that was said already. */
static void
remark_misfits(struct sheet *sheet, const char *misfits)
{
    if (*misfits && strcmp(misfits, sheet->misfits) != 0)
        fprintf(stderr,
                "pipelab: left out, as they do not fit the shape:%s; schedule "
                "--schedule NAME says why\n",
                misfits);
    snprintf(sheet->misfits, sizeof sheet->misfits, "%s", misfits);
}

/* One table, for the shape of the request; in a sweep none, if no schedule
 * fits. */
static enum status
compare(const struct plan_request *request, enum order order,
        struct sheet *sheet, struct cause *cause)
{
    const struct options *options = request->options;
    struct table table = {.request = request};
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
        sort_rows(&table, order);
        print_table(&table, sheet);
        if (options->svg && !compare_write_svg(&table, cause))
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

        count = list_wholes(text, 1, PLAN_MAX_MBS, values, MOST_VALUES,
                            &wrong);
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
    struct plan_request one = plan_request_of(options);
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
    enum order order = ORDER_MAKESPAN;

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
             TAKES_COMPARE | TAKES_FORMAT,
    .examples =
        "  pipelab compare --stages 4 --microbatches 8\n"
        "  pipelab compare --max-activations 4 --sweep microbatches=4..64\n",
    .run = cmd_compare,
};
