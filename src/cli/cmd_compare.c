/* cmd_compare.c -- every schedule that fits a shape, side by side. */
#include "config.h"

#include "base/memory.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/setup.h"
#include "report/svg.h"
#include "schedule/policy.h"
#include "sim/sim.h"

#include <stdlib.h>
#include <string.h>

/* What one schedule comes to. */
struct row {
    struct setup setup;
    struct sim sim;
    struct trace trace;  /* with --svg only */
    int peak;            /* activations, of the rank that has most */
    int64_t *bytes;      /* ranks: the same in bytes */
    int64_t most_bytes;
    bool fits;           /* within --max-activations */
};

/* All schedules on one shape. */
struct table {
    const struct options *options; /* with the shape of this table */
    struct row *rows;
    int count;
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
    struct trace *trace = options->svg ? &row->trace : NULL;

    if (trace)
        trace_init(trace, row->setup.lowered);
    sim_run(&row->sim, row->setup.lowered, &row->setup.cost,
            options->capacity, trace);
    for (int r = 0; r < row->setup.plan->ranks; r++)
        if (row->setup.check.peak_activations[r] > row->peak)
            row->peak = row->setup.check.peak_activations[r];
    row->fits = options->max_activations == 0 ||
                row->peak <= options->max_activations;
}

/* Adds the schedule that the options name. */
static enum status
add_row(struct table *table, const struct options *options,
        struct cause *cause)
{
    struct row row = {.peak = 0};
    enum status status = setup_plan(&row.setup, options, NULL, cause);

    if (status != STATUS_DONE)
        return status;
    status = setup_bytes(&row.bytes, &row.setup, options, cause);
    if (status != STATUS_DONE) {
        setup_fini(&row.setup);
        return status;
    }
    for (int r = 0; r < row.setup.plan->ranks; r++)
        if (row.bytes[r] > row.most_bytes)
            row.most_bytes = row.bytes[r];
    simulate(&row, options);
    table->rows[table->count++] = row;
    return STATUS_DONE;
}

static void
table_fini(struct table *table)
{
    for (int i = 0; i < table->count; i++) {
        struct row *row = &table->rows[i];

        free(row->bytes);
        if (table->options->svg)
            trace_fini(&row->trace);
        sim_fini(&row->sim);
        setup_fini(&row->setup);
    }
    free(table->rows);
}

/* ---- order ---- */

static int
by_name(const void *a, const void *b)
{
    return strcmp(name_of(a), name_of(b));
}

static int
by_number(double a, double b)
{
    return (a > b) - (a < b);
}

static int
by_makespan(const void *a, const void *b)
{
    const struct row *x = a;
    const struct row *y = b;

    return by_number((double)x->sim.metrics.makespan,
                     (double)y->sim.metrics.makespan);
}

static int
by_span_bubble(const void *a, const void *b)
{
    const struct row *x = a;
    const struct row *y = b;

    return by_number(x->sim.metrics.span_bubble, y->sim.metrics.span_bubble);
}

static int
by_peak(const void *a, const void *b)
{
    const struct row *x = a;
    const struct row *y = b;

    return by_number(x->peak, y->peak);
}

static int
by_bytes(const void *a, const void *b)
{
    const struct row *x = a;
    const struct row *y = b;

    return by_number((double)x->most_bytes, (double)y->most_bytes);
}

static int
by_messages(const void *a, const void *b)
{
    const struct row *x = a;
    const struct row *y = b;

    return by_number((double)x->setup.check.messages,
                     (double)y->setup.check.messages);
}

static int
by_capacity(const void *a, const void *b)
{
    const struct row *x = a;
    const struct row *y = b;

    return by_number(x->setup.check.smallest_capacity,
                     y->setup.check.smallest_capacity);
}

static const struct {
    const char *name;
    int (*compare)(const void *a, const void *b);
} orders[] = {
    {"makespan", by_makespan}, {"bubble", by_makespan},
    {"span-bubble", by_span_bubble}, {"peak", by_peak},
    {"bytes", by_bytes}, {"messages", by_messages},
    {"capacity", by_capacity}, {"name", by_name},
};

enum { ORDERS = sizeof orders / sizeof *orders };

static int
find_order(const char *name, struct cause *cause)
{
    for (int i = 0; i < ORDERS; i++)
        if (strcmp(orders[i].name, name) == 0)
            return i;
    fail(cause,
         "--sort is %.40s; use makespan, bubble, span-bubble, peak, bytes, "
         "messages, capacity or name",
         name);
    return -1;
}

/* Stable, so that equals keep the order of the policies' table. */
static void
sort_rows(struct table *table, int order)
{
    for (int i = 1; i < table->count; i++) {
        struct row row = table->rows[i];
        int j = i;

        for (; j > 0 && orders[order].compare(&table->rows[j - 1], &row) > 0;
             j--)
            table->rows[j] = table->rows[j - 1];
        table->rows[j] = row;
    }
}

/* ---- tables ---- */

/* Whether "a,b,c" has the name. */
static bool
is_listed(const char *name, const char *list)
{
    size_t length = strlen(name);

    for (;;) {
        if (strncmp(list, name, length) == 0 &&
            (list[length] == ',' || list[length] == '\0'))
            return true;
        list = strchr(list, ',');
        if (!list)
            return false;
        list++;
    }
}

static bool
check_list(const char *list, struct cause *cause)
{
    char name[48];

    for (;;) {
        size_t length = strcspn(list, ",");

        snprintf(name, sizeof name, "%.*s", (int)length, list);
        if (!policy_find(name, cause))
            return false;
        if (list[length] == '\0')
            return true;
        list += length + 1;
    }
}

/* Every policy that suits the shape, and the file of --load. Those that do not
 * are named in a remark. */
static enum status
fill_table(struct table *table, struct cause *cause)
{
    const struct options *options = table->options;
    struct options one = *options;
    char misfits[512] = ""; /* has room for every name */
    int policies = 0;
    int used = 0;

    while (policy_at(policies))
        policies++;
    table->rows = memory_new((size_t)policies + 1, sizeof *table->rows);
    if (options->load) {
        enum status status = add_row(table, &one, cause);

        if (status != STATUS_DONE)
            return status;
        one.stages = table->rows[0].setup.plan->stages;
        one.ranks = table->rows[0].setup.plan->ranks;
        one.mbs = table->rows[0].setup.plan->mbs;
        one.load = NULL;
    }
    for (int i = 0; i < policies; i++) {
        enum status status;

        one.schedule = policy_at(i)->name;
        if (options->schedule_given &&
            !is_listed(one.schedule, options->schedule))
            continue;
        if (!policy_suits(policy_at(i), one.ranks, one.stages, one.mbs,
                          cause)) {
            used += snprintf(misfits + used, sizeof misfits - (size_t)used,
                             " %s", one.schedule);
            continue;
        }
        /* Costs are measured once a shape: the stages are the same for all. */
        if (table->count > 0)
            one.known_cost = &table->rows[0].setup.cost;
        status = add_row(table, &one, cause);
        if (status != STATUS_DONE)
            return status;
    }
    if (used > 0)
        fprintf(stderr,
                "pipelab: left out, as they do not fit the shape:%s; schedule "
                "--schedule NAME says why\n",
                misfits);
    return STATUS_DONE;
}

static void
print_text(const struct table *table)
{
    const struct plan *shape = table->rows[0].setup.plan;

    printf("%d ranks, %d stages, %d microbatches%s\n", shape->ranks,
           shape->stages, shape->mbs,
           table->rows[0].setup.measured
               ? "; costs as measured, a tick is 1 ns"
               : "");
    printf("%-18s %12s %8s %8s %6s %10s %9s %9s\n", "schedule", "makespan",
           "bubble", "in span", "peak", "KiB", "messages", "capacity");
    for (int i = 0; i < table->count; i++) {
        const struct row *row = &table->rows[i];
        const struct metrics *metrics = &row->sim.metrics;

        printf("%-18s ", name_of(row));
        if (row->sim.complete)
            printf("%12lld %7.1f%% %7.1f%%", (long long)metrics->makespan,
                   100.0 * metrics->bubble_fraction,
                   100.0 * metrics->span_bubble);
        else
            printf("%12s %8s %8s", "deadlock", "-", "-");
        printf(" %6d %10.1f %9lld %9d%s\n", row->peak,
               (double)row->most_bytes / 1024,
               (long long)row->setup.check.messages,
               row->setup.check.smallest_capacity,
               row->fits ? "" : "  too many activations");
    }
}

static void
print_csv(const struct table *table)
{
    for (int i = 0; i < table->count; i++) {
        const struct row *row = &table->rows[i];
        const struct metrics *metrics = &row->sim.metrics;
        const struct plan *plan = row->setup.plan;

        printf("%s,%d,%d,%d,%lld,%.6f,%.6f,%d,%lld,%lld,%d,%d\n",
               name_of(row), plan->ranks, plan->stages, plan->mbs,
               row->sim.complete ? (long long)metrics->makespan : -1LL,
               metrics->bubble_fraction, metrics->span_bubble, row->peak,
               (long long)row->most_bytes,
               (long long)row->setup.check.messages,
               row->setup.check.smallest_capacity, row->fits);
    }
}

static void
json_row(struct json *json, const struct row *row)
{
    const struct metrics *metrics = &row->sim.metrics;

    json_open(json, NULL, '{');
    json_string(json, "schedule", name_of(row));
    json_bool(json, "deadlock", !row->sim.complete);
    if (row->sim.complete) {
        json_int(json, "makespan", metrics->makespan);
        json_real(json, "bubble_fraction", metrics->bubble_fraction);
        json_real(json, "span_bubble", metrics->span_bubble);
    }
    json_open(json, "peak_activations", '[');
    for (int r = 0; r < metrics->ranks; r++)
        json_int(json, NULL, row->setup.check.peak_activations[r]);
    json_close(json, ']');
    json_open(json, "peak_bytes", '[');
    for (int r = 0; r < metrics->ranks; r++)
        json_int(json, NULL, row->bytes[r]);
    json_close(json, ']');
    json_int(json, "messages", row->setup.check.messages);
    json_int(json, "smallest_capacity", row->setup.check.smallest_capacity);
    json_bool(json, "fits", row->fits);
    json_close(json, '}');
}

static void
print_json(struct json *json, const struct table *table)
{
    const struct plan *shape = table->rows[0].setup.plan;

    json_open(json, NULL, '{');
    json_int(json, "ranks", shape->ranks);
    json_int(json, "stages", shape->stages);
    json_int(json, "microbatches", shape->mbs);
    json_open(json, "schedules", '[');
    for (int i = 0; i < table->count; i++)
        json_row(json, &table->rows[i]);
    json_close(json, ']');
    json_close(json, '}');
}

static bool
write_svg(const struct table *table, struct cause *cause)
{
    struct svg_panel *panels =
        memory_new((size_t)table->count, sizeof *panels);
    struct svg_style style = {.unit = "ticks",
                              .arrows = table->options->arrows};
    struct output output;
    int count = 0;

    for (int i = 0; i < table->count; i++) {
        const struct row *row = &table->rows[i];

        if (row->sim.complete)
            panels[count++] = (struct svg_panel){
                .title = name_of(row),
                .plan = row->setup.lowered,
                .trace = &row->trace,
                .metrics = &row->sim.metrics,
                .scale = 1.0,
            };
    }
    if (!output_open(&output, "--svg", table->options->svg, false, cause)) {
        free(panels);
        return false;
    }
    svg_write(output.out, panels, count, &style);
    free(panels);
    return output_close(&output, cause);
}

/* One table, for the shape of the options. */
static enum status
compare(const struct options *options, int order, struct json *json,
        struct cause *cause)
{
    struct table table = {.options = options};
    enum status status = fill_table(&table, cause);

    if (status == STATUS_DONE && table.count == 0) {
        fail(cause, "no schedule fits %d ranks, %d stages, %d microbatches",
             options->ranks, options->stages, options->mbs);
        status = STATUS_USAGE;
    }
    if (status == STATUS_DONE) {
        sort_rows(&table, order);
        if (options->format == FORMAT_JSON)
            print_json(json, &table);
        else if (options->format == FORMAT_CSV)
            print_csv(&table);
        else
            print_text(&table);
        if (options->svg && !write_svg(&table, cause))
            status = STATUS_FAILED;
    }
    table_fini(&table);
    return status;
}

/* ---- sweeps ---- */

enum { MOST_VALUES = 64 };

/* "4..64" doubles from 4 on, "4,6,8" lists. Returns how many, 0 if neither. */
static int
read_values(const char *text, int values[MOST_VALUES])
{
    char *end;
    long value = strtol(text, &end, 10);
    int count = 0;

    if (end == text || value < 1 || value > PLAN_MAX_MBS)
        return 0;
    if (strncmp(end, "..", 2) == 0) {
        long most = strtol(end + 2, &end, 10);

        if (*end != '\0' || most < value || most > PLAN_MAX_MBS)
            return 0;
        for (; value <= most; value *= 2)
            values[count++] = (int)value;
        return count;
    }
    values[count++] = (int)value;
    while (*end == ',' && count < MOST_VALUES) {
        text = end + 1;
        value = strtol(text, &end, 10);
        if (end == text || value < 1 || value > PLAN_MAX_MBS)
            return 0;
        values[count++] = (int)value;
    }
    return *end == '\0' ? count : 0;
}

/* The values that the sweep goes through and which option they are for. */
static int
read_sweep(const char *sweep, struct options *options, int **swept,
           int values[MOST_VALUES], struct cause *cause)
{
    const char *equals = strchr(sweep, '=');
    size_t length = equals ? (size_t)(equals - sweep) : 0;
    int count = equals ? read_values(equals + 1, values) : 0;

    if (length == 12 && strncmp(sweep, "microbatches", length) == 0)
        *swept = &options->mbs;
    else if (length == 6 && strncmp(sweep, "stages", length) == 0)
        *swept = &options->stages;
    else
        count = 0;
    if (count == 0)
        fail(cause,
             "--sweep is %.60s; use microbatches=4..64, which doubles, or "
             "stages=2,3,4",
             sweep);
    return count;
}

static enum status
sweep(const struct options *options, int order, struct json *json,
      struct cause *cause)
{
    struct options one = *options;
    int values[MOST_VALUES];
    int *swept = &one.mbs;
    int count = 1;
    enum status status = STATUS_DONE;

    one.quiet = true;
    values[0] = one.mbs;
    if (options->sweep) {
        count = read_sweep(options->sweep, &one, &swept, values, cause);
        if (count == 0)
            return STATUS_USAGE;
    }
    if (options->sweep && options->svg) {
        fail(cause, "--svg draws one table; leave out --sweep");
        return STATUS_USAGE;
    }
    for (int i = 0; i < count && status == STATUS_DONE; i++) {
        bool one_each = options->ranks == options->stages;

        *swept = values[i];
        if (swept == &one.stages && one_each)
            one.ranks = values[i];
        if (i > 0 && options->format == FORMAT_TEXT)
            putchar('\n');
        status = compare(&one, order, json, cause);
    }
    return status;
}

int
cmd_compare(const struct options *options)
{
    struct json json = {.out = stdout};
    struct cause cause;
    enum status status;
    int order = find_order(options->sort, &cause);

    if (order < 0 ||
        (options->schedule_given && !check_list(options->schedule, &cause)))
        return complain(STATUS_USAGE, &cause);
    if (options->format == FORMAT_JSON)
        json_open(&json, NULL, '[');
    if (options->format == FORMAT_CSV)
        puts("schedule,ranks,stages,microbatches,makespan,bubble_fraction,"
             "span_bubble,peak_activations,peak_bytes,messages,"
             "smallest_capacity,fits");
    status = sweep(options, order, &json, &cause);
    if (options->format == FORMAT_JSON) {
        json_close(&json, ']');
        putchar('\n');
    }
    return status == STATUS_DONE ? (int)status : complain(status, &cause);
}
