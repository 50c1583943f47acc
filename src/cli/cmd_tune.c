/* cmd_tune.c -- searches the shapes and schedules that a machine trains a batch
 * with, for those of least time. */
#include "config.h"

#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/program_means.h"
#include "cli/tuned.h"

#include "base/clock.h"
#include "base/list.h"
#include "base/memory.h"
#include "base/plural.h"
#include "base/text.h"
#include "report/summary.h"
#include "request/setup.h"
#include "search/schedule.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_NAMES = 64 };

/* What a search is made of. */
struct tune_session {
    const struct options *options;
    struct setup setup;    /* model and cluster */
    struct tune_task task; /* borrows from the next two */
    int ranks[CLUSTER_RANKS];
    const struct policy *schedules[MOST_NAMES];
    int64_t began;
    int shown; /* the last percent on the terminal */
};

/* ---- the machine ---- */

static bool *
recomputed(const struct tune_shape *shape)
{
    bool *recompute = memory_new((size_t)shape->stages, sizeof *recompute);

    for (int s = 0; s < shape->stages; s++)
        recompute[s] = shape->recompute;
    return recompute;
}

/* The layers of each stage, as simulate cuts them; the caller frees it. */
static int *
split_of(const struct tune_session *session, const struct tune_shape *shape)
{
    int *split = memory_new((size_t)shape->stages, sizeof *split);
    struct cause cause;

    model_split(session->setup.model, shape->stages, split, &cause);
    return split;
}

/* The same as setup_plan() makes for simulate. */
static bool
tune_needs(void *context, const struct tune_shape *shape,
           const struct plan *plan, struct tune_needs *needs)
{
    const struct tune_session *session = context;
    const struct model *model = session->setup.model;
    struct cluster cluster = *session->setup.cluster;
    struct cost *cost = &needs->cost;
    int *split = split_of(session, shape);
    bool *recompute = recomputed(shape);
    struct cause cause;
    bool good;

    cluster.replicas = shape->replicas;
    cost_init(cost, shape->stages);
    good = (cluster.ranks == 0 || shape->ranks <= cluster.ranks) &&
           needs_times(cost, model, split, &cause) &&
           (!shape->recompute || cost_recompute(cost, recompute, &cause)) &&
           needs_links(cost, &cluster, shape->ranks, model, split, &cause) &&
           needs_linked(plan, &cluster, &cause);
    if (good) {
        needs->stages =
            needs_footprints(model, split, shape->stages, recompute);
        needs->kept = needs_kept(model, split, shape->stages, &cluster);
    } else {
        cost_fini(cost);
    }
    free(recompute);
    free(split);
    return good;
}

/* Shows on a terminal how far the search is; ends it after --seconds, or where
 * a signal asks for that. */
static bool
tune_go_on(void *context, int done, int all)
{
    struct tune_session *session = context;
    int percent = 100 * done / all;

    if (isatty(STDERR_FILENO) && percent != session->shown)
        fprintf(stderr, "\r\033[K%d of %d shape%s", done, all, plural(all));
    session->shown = percent;
    return atomic_load(&interrupt_seen) == 0 &&
           (session->options->seconds == 0 ||
            clock_wall_ns() - session->began <
                session->options->seconds * INT64_C(1000000000));
}

/* ---- what is asked for ---- */

static bool
take_schedules(struct tune_session *session, struct cause *cause)
{
    const char *list = session->options->schedule_list;
    struct tune_task *task = &session->task;

    task->schedules = session->schedules;
    for (int i = 0; !list && schedule_at(i); i++)
        if (schedule_at(i)->make)
            session->schedules[task->schedule_count++] = schedule_at(i);
    for (struct list_item item; list_next(&list, &item);) {
        char name[48];

        snprintf(name, sizeof name, "%.*s", (int)item.length, item.text);
        if (task->schedule_count == MOST_NAMES)
            return fail(cause, "--schedules has more than %d names; use fewer",
                        MOST_NAMES);
        session->schedules[task->schedule_count] = schedule_find(name, cause);
        if (!session->schedules[task->schedule_count++])
            return fail_of(cause, "--schedules");
    }
    return true;
}

/* --ranks, or all that divide the cluster's. */
static bool
take_ranks(struct tune_session *session, struct cause *cause)
{
    const char *list = session->options->rank_list;
    const struct cluster *cluster = session->setup.cluster;
    struct tune_task *task = &session->task;
    const char *wrong;
    int most = cluster->ranks;

    task->ranks = session->ranks;
    if (list)
        task->rank_count = list_wholes(list, 1, CLUSTER_RANKS, session->ranks,
                                       CLUSTER_RANKS, &wrong);
    if (list && (task->rank_count == 0 || task->rank_count > CLUSTER_RANKS))
        return fail(cause, "--ranks is %.40s; use numbers of ranks, as in 4,8",
                    list);
    if (!list && most == 0)
        return fail(cause,
                    "%s does not say how many \"ranks\" it has; say it "
                    "there, or give --ranks",
                    means_file("--cluster", session->options->cluster));
    for (int p = 1; !list && p <= most; p++)
        if (most % p == 0)
            session->ranks[task->rank_count++] = p;
    for (int i = 0; i < task->rank_count; i++) {
        if (cluster->ranks > 0 && session->ranks[i] > cluster->ranks)
            return fail(cause,
                        "--ranks has %d, and the cluster has %d; use fewer",
                        session->ranks[i], cluster->ranks);
        if (session->ranks[i] > most)
            most = session->ranks[i];
    }
    task->devices = most * cluster->replicas;
    return true;
}

/* Whether the machine has the memory for the largest plan that is tried. */
static enum status
plans_room(const struct tune_session *session,
           const struct plan_request *request, struct cause *cause)
{
    const struct tune_task *task = &session->task;
    size_t mbs = (size_t)(task->batch / task->microbatch);
    size_t stages = 0;

    for (int i = 0; i < task->rank_count; i++)
        if ((size_t)task->ranks[i] > stages)
            stages = (size_t)task->ranks[i];
    stages *= TUNE_CHUNKS;
    if (stages > (size_t)task->layers)
        stages = (size_t)task->layers;
    return setup_room(
        request,
        (struct machine_need){.bytes = memory_times(memory_times(stages, mbs),
                                                    SETUP_CELL_BYTES)},
        "the largest plan of the search", "lower --global-batch", cause);
}

static enum status
take_task(struct tune_session *session, struct cause *cause)
{
    const struct options *options = session->options;
    struct plan_request request = plan_request_of(options, &program_means);
    enum status status;

    if (!options->model || !options->cluster || options->global_batch == 0) {
        fail(cause, "tune needs %s; see pipelab tune --help",
             !options->model     ? "--model FILE"
             : !options->cluster ? "--cluster FILE"
                                 : "--global-batch B");
        return STATUS_USAGE;
    }
    status = setup_files(&session->setup.model, &session->setup.cluster,
                         &request, cause);
    if (status != STATUS_DONE)
        return status;
    session->task.batch = options->global_batch;
    session->task.layers = session->setup.model->count;
    session->task.microbatch = session->setup.model->microbatch;
    return take_schedules(session, cause) && take_ranks(session, cause)
               ? plans_room(session, &request, cause)
               : STATUS_USAGE;
}

/* ---- the command ---- */

static enum status
search_and_print(struct tune_session *session, struct cause *cause)
{
    const struct options *options = session->options;
    struct tune_machine machine = {
        .context = session,
        .needs = tune_needs,
        .memory = setup_max_memory(&session->setup, options),
        .go_on = tune_go_on,
    };
    struct tune_result result;
    struct tuned tuned = {.options = options,
                          .task = &session->task,
                          .result = &result,
                          .memory = machine.memory,
                          .model = session->setup.model,
                          .cluster = session->setup.cluster};
    enum status status = STATUS_DONE;

    text_release();
    session->began = clock_wall_ns();
    session->shown = -1;
    tune_make(&result, &session->task, &machine);
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    if (result.count == 0) {
        status = STATUS_FAILED;
        tuned_explain_none(&tuned, cause);
    } else {
        tuned_print(&tuned);
        if (options->svg && !tuned_svg(&tuned, cause))
            status = STATUS_FAILED;
    }
    tune_fini(&result);
    return status;
}

static int
cmd_tune(const struct options *options)
{
    struct tune_session session = {.options = options};
    struct cause cause;
    enum status status;

    interrupt_catch(NULL);
    status = take_task(&session, &cause);
    if (status == STATUS_DONE)
        status = search_and_print(&session, &cause);
    setup_fini(&session.setup);
    if (atomic_load(&interrupt_seen) != 0)
        return STATUS_SIGNAL + atomic_load(&interrupt_seen);
    return status == STATUS_DONE ? (int)status : complain(status, &cause);
}

const struct command command_tune = {
    .name = "tune",
    .summary = "The shapes and schedules of least time for a model, a cluster "
               "and a batch.",
    .takes = TAKES_TUNE,
    .examples =
        "  pipelab tune --model m.json --cluster c.json --global-batch 512\n"
        "  pipelab tune --model m.json --cluster c.json --global-batch 512 "
        "--ranks 4,8\n",
    .run = cmd_tune,
};
