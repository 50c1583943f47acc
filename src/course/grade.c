/* grade.c -- scores a schedule against the shortest one known. */
#include "config.h"

#include "course/grade.h"

#include "base/text.h"
#include "cli/plan_request.h"
#include "search/list_schedule.h"
#include "plan/walk.h"

#include <inttypes.h>

struct grade {
    const struct plan *plan;
    int64_t makespan;
    int peak;         /* activations, the most on any rank */
    int cap;          /* 0: any number */
    int64_t bound;    /* no schedule is shorter */
    int64_t par;      /* 0: not asked for */
    const char *held_by;
    int score;        /* percent of par */
};

static bool
fits(const struct grade *grade)
{
    return grade->cap == 0 || grade->peak <= grade->cap;
}

/* Searches for the shortest schedule, which may be the file's own. */
static bool
find_par(struct grade *grade, const struct setup *setup, struct cause *cause)
{
    struct search_task task = {
        .ranks = grade->plan->ranks,
        .stages = grade->plan->stages,
        .mbs = grade->plan->mbs,
        .cost = &setup->cost,
        .max_activations = grade->cap,
    };
    struct search_result search = {.beaten = NULL};
    struct plan *best = schedule_plan_for("greedy", &task, &search, cause);

    if (!best)
        return false;
    plan_free(best);
    grade->par = search.makespan;
    grade->held_by = search.beaten && search.beaten_makespan == search.makespan
                         ? search.beaten
                         : "greedy";
    /* The file may place its stages as no policy does. */
    if (search.bound < grade->bound)
        grade->bound = search.bound;
    if (!fits(grade))
        return true;
    if (grade->makespan < grade->par) {
        grade->par = grade->makespan;
        grade->held_by = grade->plan->name;
    }
    grade->score = (int)(100.0 * (double)grade->par / (double)grade->makespan);
    return true;
}

static void
print_text(const struct grade *grade)
{
    const struct plan *plan = grade->plan;

    text_line(stdout, "%s: %d ranks, %d stages, %d microbatches", plan->name,
              plan->ranks, plan->stages, plan->mbs);
    printf("makespan %" PRId64 ", lower bound %" PRId64
           "; %d activations at most on a rank",
           grade->makespan, grade->bound, grade->peak);
    if (grade->cap > 0)
        printf(", %d allowed", grade->cap);
    putchar('\n');
    if (grade->par > 0)
        printf("par %" PRId64 ", held by %s\nscore %d of 100\n", grade->par,
               grade->held_by, grade->score);
}

static void
print_json(const struct grade *grade)
{
    const struct plan *plan = grade->plan;
    struct json json = {.out = stdout};

    json_open(&json, NULL, '{');
    json_text(&json, "file", plan->name);
    json_int(&json, "ranks", plan->ranks);
    json_int(&json, "stages", plan->stages);
    json_int(&json, "microbatches", plan->mbs);
    json_int(&json, "makespan", grade->makespan);
    json_int(&json, "lower_bound", grade->bound);
    json_int(&json, "peak_activations", grade->peak);
    if (grade->cap > 0)
        json_int(&json, "max_activations", grade->cap);
    if (grade->par > 0) {
        json_int(&json, "par", grade->par);
        json_text(&json, "held_by", grade->held_by);
        json_int(&json, "score", grade->score);
    }
    json_close(&json, '}');
    putchar('\n');
}

static enum status
grade_setup(const struct setup *setup, const struct options *options,
            struct cause *cause)
{
    struct grade grade = {
        .plan = setup->plan,
        .peak = setup->program->largest_peak,
        .cap = options->max_activations,
        .bound = greedy_bound(setup->plan, &setup->cost),
    };
    struct walk walk;

    if (!plan_trains(setup->plan)) {
        fail(cause, "%s has no backwards; a schedule to be graded trains",
             setup->plan->name);
        return STATUS_INVALID;
    }
    walk_run(&walk, setup->program->lowered, &setup->cost, WALK_UNBOUNDED, walk_latest,
             &grade.makespan);
    walk_fini(&walk);
    if (options->par && !find_par(&grade, setup, cause))
        return STATUS_USAGE;
    (options->format == FORMAT_JSON ? print_json : print_text)(&grade);
    if (fits(&grade))
        return STATUS_DONE;
    fail(cause, "%s keeps %d activations on a rank, more than "
                "--max-activations %d; it scores nothing",
         setup->plan->name, grade.peak, grade.cap);
    return STATUS_FAILED;
}

enum status
grade_file(const char *path, const struct options *options,
           struct cause *cause)
{
    struct options of_file = *options;
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
