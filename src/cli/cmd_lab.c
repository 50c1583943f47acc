/* cmd_lab.c -- lists and runs labs, and grades schedule files. */
#include "config.h"

#include "base/called.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/program_means.h"
#include "request/figures.h"
#include "request/setup.h"
#include "course/grade.h"
#include "course/lab.h"
#include "report/summary.h"

#include <string.h>

static void
list_text(void)
{
    const struct lab_page *page;

    for (int i = 0; (page = lab_page_at(i)) != NULL; i++)
        printf("%2d  %-12s %s\n", i + 1, page->name, page->summary);
    called_print(stdout, "\npipelab lab NAME runs one: what to look at, and "
                         "what must be seen.\n");
}

static void
list_json(void)
{
    const struct lab_page *page;
    struct json json = {.out = stdout};

    json_open(&json, NULL, '[');
    for (int i = 0; (page = lab_page_at(i)) != NULL; i++) {
        json_open(&json, NULL, '{');
        json_text(&json, "name", page->name);
        json_text(&json, "summary", page->summary);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    putchar('\n');
}

static int
run_lab(const struct options *options)
{
    struct cause cause;
    const struct lab_page *page = lab_page_find(options->words[0], &cause);

    if (!page)
        return complain(STATUS_USAGE, &cause);
    if (options->sheet != SHEET_NONE) {
        lab_print_sheet(page, stdout, options->sheet == SHEET_FILLED,
                        options->format == FORMAT_CSV    ? LAB_SHEET_CSV
                        : options->format == FORMAT_JSON ? LAB_SHEET_JSON
                                                         : LAB_SHEET_TEXT);
        return STATUS_DONE;
    }
    text_release();
    return lab_run(page, stdout, options->format == FORMAT_JSON, &cause)
               ? STATUS_DONE
               : complain(STATUS_FAILED, &cause);
}

/* ---- lab grade ---- */

static void
grade_text(const struct grade *grade, const struct grade_task *task)
{
    const struct plan *plan = task->program->lowered;
    struct time_unit unit = cost_unit(task->cost);
    char shape[PLAN_SHAPE_TEXT];
    char period[PERIOD_TEXT];
    char peak[FOOTPRINT_TEXT];
    char texts[2][COST_TEXT];

    text_line(stdout, "%s: %s", plan->name,
              plan_shape_text(plan->ranks, plan->stages, plan->mbs, shape));
    printf("makespan %s, lower bound %s; %s activation%s at most on a rank",
           cost_text(grade->makespan, unit, texts[0]),
           cost_text(grade->bound, unit, texts[1]),
           footprint_text(grade->peak, peak), grade->peak == 1 ? "" : "s");
    if (task->max_activations > 0)
        printf(", %d allowed", task->max_activations);
    printf("\nperiod %s %s, steady bubble %.1f%%\n",
           period_text(grade->period, unit, period),
           cost_unit_name(&unit, period_ticks(grade->period)),
           100.0 * grade->steady_bubble);
    if (task->par)
        printf("par %s, held by %s\nscore %d of 100\n",
               cost_text(grade->par, unit, texts[0]), grade->held_by,
               grade->score);
}

static void
grade_json(const struct grade *grade, const struct grade_task *task)
{
    const struct plan *plan = task->program->lowered;
    struct json json = {.out = stdout};
    struct time_unit unit = cost_unit(task->cost);

    json_open(&json, NULL, '{');
    json_text(&json, "file", plan->name);
    json_int(&json, "ranks", plan->ranks);
    json_int(&json, "stages", plan->stages);
    json_int(&json, "microbatches", plan->mbs);
    summary_json_unit(&json, unit);
    summary_json_time(&json, "makespan", grade->makespan, unit);
    figures_json_period(&json, grade->period, unit, grade->steady_bubble);
    summary_json_time(&json, "lower_bound", grade->bound, unit);
    json_number(&json, "peak_activations", grade->peak);
    if (task->max_activations > 0)
        json_int(&json, "max_activations", task->max_activations);
    if (task->par) {
        summary_json_time(&json, "par", grade->par, unit);
        json_text(&json, "held_by", grade->held_by);
        json_int(&json, "score", grade->score);
    }
    json_close(&json, '}');
    putchar('\n');
}

/* Grades the plan of a file and prints what it comes to. */
static enum status
grade_setup(const struct setup *setup, const struct options *options,
            struct cause *cause)
{
    struct grade_task task = {
        .program = setup->program,
        .cost = &setup->cost,
        .max_activations = options->max_activations,
        .par = options->par,
    };
    struct grade grade;
    char peak[FOOTPRINT_TEXT];

    if (!setup->program->trains) {
        fail(cause, "%s has no backwards; a schedule to be graded trains",
             setup->plan->name);
        return STATUS_INVALID;
    }
    if (!setup_keeps_for_weights(setup, options) &&
        !(task.par && task.max_activations > 0))
        text_remark("no effect: --weight-activations; %s has no W",
                    setup->plan->name);
    if (!grade_plan(&grade, &task, cause))
        return STATUS_USAGE;
    text_release();
    (options->format == FORMAT_JSON ? grade_json : grade_text)(&grade, &task);
    if (grade.fits)
        return STATUS_DONE;
    fail(cause,
         "%s keeps %s activations on a rank, more than "
         "--max-activations %d; it scores nothing",
         setup->plan->name, footprint_text(grade.peak, peak),
         task.max_activations);
    return STATUS_FAILED;
}

static enum status
grade_file(const char *path, const struct options *options,
           struct cause *cause)
{
    struct plan_request of_file = plan_request_of(options, &program_means);
    struct setup setup;
    enum status status;

    of_file.load = path;
    of_file.quiet = true;
    status = setup_plan(&setup, &of_file, NULL, cause);
    if (status != STATUS_DONE)
        return status;
    status = grade_setup(&setup, options, cause);
    setup_fini(&setup);
    return status;
}

/* The words are "grade" and a file. */
static int
run_grade(const struct options *options)
{
    struct cause cause;
    enum status status = STATUS_USAGE;

    if (options->word_count == 2)
        status = grade_file(options->words[1], options, &cause);
    else
        fail(&cause, "lab grade takes one CSV file; see pipelab lab --help");
    return status == STATUS_DONE ? (int)status : complain(status, &cause);
}

static int
cmd_lab(const struct options *options)
{
    struct cause cause;

    if (options->word_count > 0 && strcmp(options->words[0], "grade") == 0)
        return run_grade(options);
    if (options->word_count > 1) {
        fail(&cause, "%.60s: one lab at a time; pipelab lab lists them",
             options->words[1]);
        return complain(STATUS_USAGE, &cause);
    }
    if (options->word_count == 1)
        return run_lab(options);
    (options->format == FORMAT_JSON ? list_json : list_text)();
    return STATUS_DONE;
}

/* The labs, and "grade" after them. */
static const char *
lab_word_at(int i)
{
    if (i > 0 && !lab_page_at(i) && lab_page_at(i - 1))
        return "grade";
    return lab_page_at(i) ? lab_page_at(i)->name : NULL;
}

const struct command command_lab = {
    .name = "lab",
    .summary = "The course, lab by lab: without a word lists them, with a "
               "lab's name runs it; grade FILE.csv scores a schedule.",
    .takes = TAKES_WORDS | TAKES_GRADE | TAKES_FORMAT,
    .examples = "  pipelab lab\n"
                "  pipelab lab monolith\n"
                "  pipelab lab 1f1b --sheet blank\n"
                "  pipelab lab grade my.csv --par --max-activations 4\n",
    .word_at = lab_word_at,
    .run = cmd_lab,
};
