/* cmd_compare.c -- every schedule that fits a shape, side by side. */
#include "config.h"

#include "base/list.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/program_means.h"
#include "cli/run_report.h"
#include "cli/comparison_print.h"
#include "request/tick.h"

#include <stdlib.h>
#include <string.h>

/* What is printed: nothing before the first table is complete. */
struct sheet {
    struct json json;
    int tables;
    char misfits[512]; /* the schedules that were last said not to fit */
};

/* ---- tables ---- */

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
compare(const struct plan_request *request, struct sheet *sheet,
        struct cause *cause)
{
    const struct options *options = request->options;
    struct comparison table = {.request = request};
    char misfits[sizeof sheet->misfits] = "";
    enum status status =
        comparison_make(&table, misfits, sizeof misfits, cause);

    if (status == STATUS_DONE && table.count == 0) {
        status = comparison_none(request, cause);
        if (options->sweep)
            status = (enum status)complain(STATUS_DONE, cause);
    } else if (status == STATUS_DONE) {
        remark_misfits(sheet, misfits);
        if (sheet->tables == 0)
            tick_remark(&table.rows[0].setup, options);
        remark_weights(&table);
        text_release();
        comparison_print(&table, &sheet->json, sheet->tables++ == 0);
        fflush(stdout); /* the next may take long */
        if ((options->svg && !comparison_svg(&table, cause)) ||
            (options->html && !comparison_html(&table, cause)))
            status = STATUS_FAILED;
    }
    comparison_fini(&table);
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
sweep(struct plan_request one, struct sheet *sheet, struct cause *cause)
{
    const struct options *options = one.options;
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
        status = compare(&one, sheet, cause);
    }
    if (status == STATUS_DONE && sheet->tables == 0) {
        fail(cause, "--sweep %s has no value that a schedule fits",
             options->sweep);
        status = STATUS_USAGE;
    }
    return status;
}

/* The files are read once for all rows of all tables: they may be pipes. */
static enum status
compare_all(const struct options *options, struct sheet *sheet,
            struct cause *cause)
{
    struct plan_request one = plan_request_of(options, &program_means);
    enum status status = setup_files(&one.model, &one.cluster, &one, cause);

    if (status == STATUS_DONE)
        status = sweep(one, sheet, cause);
    model_free(one.model);
    cluster_free(one.cluster);
    return status;
}

static int
cmd_compare(const struct options *options)
{
    struct sheet sheet = {.json.out = stdout};
    struct cause cause;
    enum status status;

    if (!comparison_suits(options, &cause))
        return complain(STATUS_USAGE, &cause);
    if (options->html && !run_report_possible(options->html, &cause))
        return complain(STATUS_FAILED, &cause);
    status = compare_all(options, &sheet, &cause);
    if (options->format == FORMAT_JSON && sheet.tables > 0) {
        json_close(&sheet.json, ']');
        putchar('\n');
    }
    return status == STATUS_DONE ? (int)status : complain(status, &cause);
}

const struct command command_compare = {
    .name = "compare",
    .summary = "All schedules that fit a shape, side by side.",
    .takes = TAKES_PLAN | TAKES_TIME | TAKES_MODEL | TAKES_SVG | TAKES_HTML |
             TAKES_COMPARE | TAKES_FORMAT | TAKES_MACHINE,
    .examples =
        "  pipelab compare --stages 4 --microbatches 8\n"
        "  pipelab compare --max-activations 4 --sweep microbatches=4..64\n",
    .run = cmd_compare,
};
