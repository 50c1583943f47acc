/* cmd_schedule.c -- prints a plan as a grid, a list, CSV or JSON, or the
 * check's verdict. */
#include "config.h"

#include "cli/commands.h"
#include "cli/program_means.h"
#include "request/setup.h"
#include "request/verdict.h"
#include "report/timeline.h"
#include "plan/csv.h"
#include "plan/lower.h"
#include "plan/walk.h"
#include "plan/why.h"
#include "sim/forecast.h"

#include "base/memory.h"
#include "base/plural.h"
#include "base/text.h"

#include <stdlib.h>
#include <unistd.h>

enum { FILE_WIDTH = 1 << 16 };

/* Cells that are printed without --output: some ten megabytes. */
enum { PRINTED_CELLS = 1 << 22 };

/* The course's table: ranks by ticks, each action one tick long. */
static enum status
print_grid(const struct setup *setup, const struct plan_request *request)
{
    struct timeline_style style = timeline_style_for(stdout);
    struct cost unit;
    struct forecast forecast;
    struct cause cause;
    enum status status =
        setup_trace_room(request, setup->program->lowered, 1, &cause);

    if (status != STATUS_DONE)
        return (enum status)complain(status, &cause);
    cost_init_unit(&unit, setup->plan->stages);
    forecast_make(&forecast, setup->program, &unit, CAPACITY_AUTO,
                  FORECAST_SPANS);
    /* In a file a table may be as wide as it needs. */
    if (!isatty(STDOUT_FILENO))
        style.width = FILE_WIDTH;
    timeline_print(stdout, setup->program->lowered, &forecast.trace, &style);
    forecast_fini(&forecast);
    cost_fini(&unit);
    return STATUS_DONE;
}

static void
print_verdict(const struct setup *setup)
{
    const struct program *program = setup->program;
    char shape[PLAN_SHAPE_TEXT];
    char peak[FOOTPRINT_TEXT];

    text_line(stdout, "%s: complete, ordered and matched on %s",
              setup->plan->name,
              plan_shape_text(setup->plan->ranks, setup->plan->stages,
                              setup->plan->mbs, shape));
    printf("smallest deadlock-free capacity %d, %lld message%s\n",
           program_smallest_capacity(program), (long long)program->messages,
           plural((long long)program->messages));
    printf("peak activations");
    for (int r = 0; r < setup->plan->ranks; r++)
        printf(" %s", footprint_text(program->peak_activations[r], peak));
    printf("\nweight gradients in microbatch order: %s\n",
           program->unordered_stage >= 0 ? "no"
           : setup->plan->copies == 2    ? "yes, in each of two copies"
                                         : "yes");
}

/* The verdict and the plan, unless that is NULL. */
static void
schedule_print_json(const struct setup *setup, const struct plan *shown)
{
    struct json json = {.out = stdout};

    json_open(&json, NULL, '{');
    verdict_json(&json, setup, shown);
    json_close(&json, '}');
    putchar('\n');
}

/* Whether the plan gets through at the capacity asked for. */
static enum status
check_asked_capacity(const struct setup *setup, const struct options *options)
{
    size_t *position;
    bool runs;

    if (!options_given(options, "capacity") ||
        options->capacity == CAPACITY_AUTO)
        return STATUS_DONE;
    position =
        memory_new((size_t)setup->program->lowered->ranks, sizeof *position);
    runs =
        walk_completes(setup->program->lowered, options->capacity, position);
    if (!runs) {
        text_remark("deadlock: %s with --capacity %d leaves every rank "
                    "waiting; use --capacity %d or more",
                    setup->plan->name, options->capacity,
                    program_smallest_capacity(setup->program));
        why_print_stuck(stderr, setup->program->lowered, position,
                        options->capacity);
    }
    free(position);
    return runs ? STATUS_DONE : STATUS_DEADLOCK;
}

/* Cells of what is printed: of a table idle ones, too. */
static int64_t
count_cells(const struct setup *setup, const struct plan *shown, bool table)
{
    struct cost unit;
    struct walk walk;
    int64_t ticks = 0;

    if (!table)
        return (int64_t)plan_actions(shown);
    cost_init_unit(&unit, setup->plan->stages);
    walk_run(&walk, setup->program->lowered, &unit, WALK_UNBOUNDED,
             walk_latest, &ticks);
    walk_fini(&walk);
    cost_fini(&unit);
    return ticks * shown->ranks;
}

/* A plan that fills disks and terminals is printed only where it was meant to
 * go. */
static bool
may_print(const struct setup *setup, const struct plan *shown,
          const struct options *options, struct cause *cause)
{
    bool table = !options->lower && (options->format == FORMAT_TEXT ||
                                     options->format == FORMAT_CSV);
    int64_t cells;

    if (options->output || (options->check && options->format != FORMAT_JSON))
        return true;
    cells = count_cells(setup, shown, table);
    if (cells <= PRINTED_CELLS)
        return true;
    return fail(cause,
                "%s on %d rank%s has %lld cells to print, more than %d; use "
                "--output FILE to have them all%s",
                setup->plan->name, setup->plan->ranks,
                plural(setup->plan->ranks), (long long)cells, PRINTED_CELLS,
                table ? ", or --format list, which has no idle ones" : "");
}

/* Puts the transfers where the ranks meet, in place of just before and after
 * what they are for. */
static void
place_to_meet(struct setup *setup)
{
    struct plan *placed = lower_to_meet(setup->plan);
    struct cause cause;

    program_free(setup->program);
    setup->program = program_make(placed, &cause);
    plan_free(placed);
}

/* Says what links the lists with their transfers need. */
static void
remark_capacity(const struct setup *setup, const struct options *options)
{
    int capacity = program_smallest_capacity(setup->program);

    if (capacity == 0)
        text_remark("these transfers run on links of any capacity, also with "
                    "--capacity 0");
    else
        text_remark("these transfers need --capacity %d or more%s", capacity,
                    options->lower == LOWER_PLAIN
                        ? "; --lower=pytorch places them for any"
                        : "");
}

/* A cluster keeps the sharding of a file, if there is any. */
static void
remark_sharding(const struct setup *setup, const struct options *options)
{
    const struct plan *plan = setup->plan;
    bool shards = false;

    for (int r = 0; r < plan->ranks; r++)
        for (size_t i = 0; i < plan->lists[r].count; i++)
            shards =
                shards ||
                action_class((enum action_kind)plan->lists[r].at[i].kind) ==
                    ACTION_CLASS_SHARD;
    if (options->load && options->cluster && !shards)
        text_remark("no effect: --cluster%s; %s has no UNSHARD, RESHARD or "
                    "REDUCE_GRAD, which it would keep",
                    options->model ? ", --model" : "", options->load);
}

static int
cmd_schedule(const struct options *options)
{
    struct plan_request request = plan_request_of(options, &program_means);
    struct cause cause;
    struct setup setup;
    enum status status = setup_plan(&setup, &request, NULL, &cause);
    const struct plan *shown;

    if (status != STATUS_DONE)
        return complain(status, &cause);
    remark_sharding(&setup, options);
    if (options->lower == LOWER_PYTORCH)
        place_to_meet(&setup);
    shown = options->lower ? setup.program->lowered : setup.plan;
    if (!may_print(&setup, shown, options, &cause)) {
        setup_fini(&setup);
        return complain(STATUS_USAGE, &cause);
    }
    text_release();
    if (options->format == FORMAT_JSON)
        schedule_print_json(&setup, options->check ? NULL : shown);
    else if (options->check)
        print_verdict(&setup);
    else if (options->format == FORMAT_CSV)
        csv_write(stdout, shown);
    else if (options->format == FORMAT_LIST || options->lower)
        plan_print(stdout, shown);
    else
        status = print_grid(&setup, &request);
    if (options->lower && !options->check && options->format != FORMAT_JSON)
        remark_capacity(&setup, options);
    if (status == STATUS_DONE)
        status = check_asked_capacity(&setup, options);
    setup_fini(&setup);
    return (int)status;
}

const struct command command_schedule = {
    .name = "schedule",
    .summary = "Print a plan as the grid of ranks by ticks, a list or CSV, "
               "or check it.",
    .takes = TAKES_PLAN | TAKES_TIME | TAKES_SCHEDULE | TAKES_FORMAT,
    .examples =
        "  pipelab schedule --schedule 1f1b --stages 4 --microbatches 8\n"
        "  pipelab schedule --check --capacity 0\n",
    .run = cmd_schedule,
};
