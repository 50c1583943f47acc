/* session.c -- takes options to data, plan, forecast and trainer, and prints
 * what all runs report. */
#include "config.h"

#include "cli/session.h"

#include "cli/dealt.h"
#include "cli/examples.h"
#include "cli/processes.h"
#include "cli/session_world.h"
#include "cli/program_means.h"
#include "base/machine.h"
#include "base/memory.h"
#include "base/plural.h"
#include "base/text.h"
#include "train/rank_memory.h"
#include "request/figures.h"
#include "request/tick.h"
#include "train/training_bytes.h"
#include "report/clocks.h"
#include "report/summary.h"
#include "report/timeline.h"
#include "plan/forward_only.h"
#include "search/schedule.h"

#include <stdlib.h>
#include <string.h>

struct session
session_of(const struct options *options)
{
    return (struct session){
        .request = plan_request_of(options, &program_means),
        .lockstep = options->lockstep,
        .monolith = options_is_monolith(options),
        .replicas = {.count = options->replicas > 1 ? options->replicas : 1},
    };
}

enum status
session_resume(struct session *session, bool to_train, struct cause *cause)
{
    struct plan_request *request = &session->request;
    const struct options *options = request->options;
    struct checkpoint *resumed = &session->resumed;

    if (!checkpoint_open(resumed, options->resume, to_train, cause))
        return STATUS_INVALID;
    if (!plan_request_resume(request, &resumed->recipe, resumed->settings,
                             !to_train, cause) ||
        !session_world_resume(session, cause))
        return STATUS_USAGE;
    if (options_given(options, "momentum") &&
        !options_given(options, "optimizer") &&
        request->recipe.optimizer.kind == OPTIMIZER_ADAM)
        text_remark("no effect: --momentum; %s is of adam", options->resume);
    if (plan_request_fit_stages(request, resumed->mlp.layers))
        text_remark("%s has %d layer%s, so --stages is %d here",
                    options->resume, resumed->mlp.layers,
                    plural(resumed->mlp.layers), request->stages);
    return STATUS_DONE;
}

enum status
session_data(struct session *session, struct cause *cause)
{
    const struct mlp *kept = &session->resumed.mlp;
    struct dataset *train = &session->train;
    enum status status =
        dealt_read(train, &session->test, &session->request, cause);

    if (status == STATUS_DONE && train->features == kept->inputs &&
        train->classes < kept->classes)
        train->classes = session->test.classes = kept->classes;
    return status;
}

enum status
session_training_data(struct session *session, struct cause *cause)
{
    const struct recipe *recipe = &session->request.recipe;
    enum status status = session_data(session, cause);

    session->data = &session->train;
    if (status != STATUS_DONE ||
        session_batch(session) <= session->data->count)
        return status;
    fail(cause, "--batch %d is more than the %d example%s of %s; use fewer",
         session_batch(session), session->data->count,
         plural(session->data->count), recipe->data);
    return STATUS_USAGE;
}

uint64_t
session_data_hash(const struct session *session)
{
    uint64_t hash = processes_speak() ? dataset_hash(&session->train) : 0;

    world_share(processes(), 0, &hash, sizeof hash);
    return hash;
}

/* Whether the model itself fits, whatever the plan; a small one is cut out of
 * it. */
static enum status
model_room(const struct session *session, const struct mlp *mlp,
           struct cause *cause)
{
    const struct plan_request *request = &session->request;
    char what[96];

    snprintf(what, sizeof what, "the model of %d layer%s of %d", mlp->layers,
             plural(mlp->layers), mlp->hidden);
    return setup_room(
        request,
        (struct machine_need){
            .bytes = training_stage_bytes(
                mlp, 0, mlp->layers, 1,
                request->forward_only ? NULL : &request->recipe.optimizer,
                NULL, false)},
        what, "lower --hidden or --layers", cause);
}

/* Splits the layers, predicts the run, orders the turns of lockstep. */
static enum status
plan_run(struct session *session, const struct mlp *mlp, struct cause *cause)
{
    const struct plan_request *request = &session->request;
    struct setup *setup = &session->setup;
    enum status status = setup_layers(setup, request->options, mlp, cause);

    if (status == STATUS_DONE)
        status = setup_trace_room(request, setup->program->lowered, 1, cause);
    if (status != STATUS_DONE)
        return status;
    forecast_make(&session->forecast, setup->program, &setup->cost,
                  request->options->capacity,
                  FORECAST_PERIOD |
                      (session->lockstep ? FORECAST_TURNS : FORECAST_SPANS));
    return STATUS_DONE;
}

/* The monolith as a plan of one rank, which it is in virtual time and in
 * memory. Nothing runs this plan. */
static void
plan_monolith(struct session *session, const struct mlp *mlp)
{
    const struct plan_request *request = &session->request;
    struct setup *setup = &session->setup;
    struct cause cause;
    struct plan *whole =
        schedule_plan("1f1b", 1, 1, request->recipe.mbs, &cause);
    struct plan *forwards = forward_only(whole);

    setup->plan = request->forward_only ? forwards : whole;
    plan_free(request->forward_only ? whole : forwards);
    plan_rename(setup->plan, "none");
    setup->program = program_make(setup->plan, &cause);
    setup->split = memory_new(1, sizeof *setup->split);
    setup->split[0] = mlp->layers;
    cost_init(&setup->cost, 1);
    forecast_make(&session->forecast, setup->program, &setup->cost,
                  CAPACITY_AUTO, FORECAST_PERIOD);
}

static enum status
plan_session(struct session *session, struct cause *cause)
{
    const struct plan_request *request = &session->request;
    struct recipe *recipe = &session->request.recipe;
    struct mlp mlp = recipe_mlp(recipe, session->data);
    /* Several processes may be on several machines. */
    enum status status =
        processes() ? STATUS_DONE : model_room(session, &mlp, cause);

    if (status == STATUS_DONE && !session->monolith) {
        status = setup_plan(&session->setup, request, session->data, cause);
        if (status == STATUS_DONE)
            recipe->mbs = session->setup.plan->mbs;
    }
    if (status == STATUS_DONE)
        status = setup_fits(recipe, recipe->mbs, cause);
    if (status != STATUS_DONE)
        return status;
    if (!session->monolith)
        return plan_run(session, &mlp, cause);
    plan_monolith(session, &mlp);
    return STATUS_DONE;
}

enum status
session_plan(struct session *session, struct cause *cause)
{
    enum status status = plan_session(session, cause);

    return session_world_make(session, status, cause);
}

enum status
session_find_break(struct session *session, struct cause *cause)
{
    const char *cell = session->request.options->break_at;
    struct action action;

    if (!cell)
        return STATUS_DONE;
    if (action_parse(cell, &action))
        session->break_at =
            plan_find(session->setup.program->lowered, &action);
    if (session->break_at)
        return STATUS_DONE;
    fail(cause,
         "--break-at %.40s is no cell of this plan; use one that "
         "pipelab schedule --lower --format list prints, such as 0F0",
         cell);
    return STATUS_USAGE;
}

void
session_end(struct session *session)
{
    trainer_free(session->trainer);
    forecast_fini(&session->forecast);
    if (session->setup.plan)
        setup_fini(&session->setup);
    dataset_fini(&session->train);
    dataset_fini(&session->test);
    checkpoint_close(&session->resumed);
}

struct trainer_options
session_trainer_options(const struct session *session)
{
    const struct options *options = session->request.options;
    const struct recipe *recipe = &session->request.recipe;
    struct trainer_options trainer = {
        .task = {.recipe = *recipe, .mlp = recipe_mlp(recipe, session->data)},
        .data = session->data,
        .run = {.bind = options->bind,
                .break_at = session->break_at,
                .world = session_world(session)},
    };

    if (session->replicas.count > 1) {
        trainer.task.replicas = &session->replicas;
        trainer.run.all = processes();
    }

    if (!session->monolith) {
        trainer.split = session->setup.split;
        trainer.run.plan = session->setup.program->lowered;
        trainer.run.timing =
            forecast_timing(&session->forecast, &session->setup.cost);
    }
    return trainer;
}

/* Of the plan, the prediction and the turns. */
static size_t
planned_bytes(const struct session *session)
{
    const struct setup *setup = &session->setup;

    return plan_actions(setup->plan) * sizeof(struct action) +
           plan_actions(setup->program->lowered) *
               (sizeof(struct action) + sizeof(struct span)) +
           session->forecast.turn_count * sizeof(struct turn);
}

enum status
session_room(struct session *session, const struct trainer_options *trainer,
             struct cause *cause)
{
    const struct training_task *task = &trainer->task;
    int steps = task->recipe.steps - task->first_step;
    size_t losses = sizeof(double) * (size_t)steps;
    struct machine_need need = training_need(trainer);
    struct trainer_options whole = *trainer;
    char what[96];

    whole.run.world = NULL;
    snprintf(what, sizeof what, "%d step%s of %d layer%s of %d", steps,
             plural(steps), task->mlp.layers, plural(task->mlp.layers),
             task->mlp.hidden);
    session->bytes = memory_plus(training_need(&whole).bytes,
                                 dataset_bytes(&session->train) +
                                     dataset_bytes(&session->test) +
                                     planned_bytes(session));
    return setup_room(&session->request, need, what,
                      losses > need.bytes / 2
                          ? "use fewer steps"
                          : "lower --hidden, --layers, --batch, "
                            "--microbatches or --stages",
                      cause);
}

struct memory_summary *
session_memory(const struct session *session)
{
    const struct training_task *task = &session->trainer->options.task;

    return rank_memory(session->setup.plan, &task->mlp, session->setup.split,
                       task->recipe.batch, task->recipe.optimizer.kind,
                       session->setup.cost.recompute);
}

void
session_print_stages(const struct session *session)
{
    const struct trainer *trainer = session->trainer;
    const struct recipe *recipe = &trainer->options.task.recipe;
    const struct mlp *mlp = &trainer->options.task.mlp;
    const struct plan *plan = session->setup.plan;
    struct memory_summary *memory = session_memory(session);
    char size[TEXT_SIZE_MAX];

    text_line(stdout,
              "%s on %s: %d x [Linear+ReLU] of %d, %d input%s, %d class%s; "
              "batch %d in %d microbatch%s",
              session->monolith ? "monolith" : plan->name, recipe->data,
              mlp->layers, mlp->hidden, mlp->inputs, plural(mlp->inputs),
              mlp->classes, plural_es(mlp->classes), recipe->batch,
              recipe->mbs, plural_es(recipe->mbs));
    printf("%-6s %4s %4s  %-14s %10s\n", "stage", "rank", "core", "layers",
           "params");
    for (int p = 0; p < trainer->copies * trainer->stage_count; p++) {
        const struct mlp_stage *stage = &trainer->stages[p];
        int last = stage->first + stage->count - 1;
        int rank = plan->rank_of_stage[p];
        char layers[32];
        char core[12] = "-";

        if (trainer->run && trainer->run->ranks[rank].core >= 0)
            snprintf(core, sizeof core, "%d", trainer->run->ranks[rank].core);
        snprintf(layers, sizeof layers, "%d-%d%s", stage->first, last,
                 last + 1 == mlp->layers ? " + head" : "");
        printf("%-6d %4d %4s  %-14s %10zu\n", p % trainer->stage_count, rank,
               core, layers, mlp_parameters(mlp, stage->first, stage->count));
    }
    summary_memory(stdout, memory, NULL, plan->ranks);
    free(memory);
    if (session->replicas.count > 1)
        printf("%d replicas of this pipeline: %d example%s a step\n",
               session->replicas.count, session_batch(session),
               plural(session_batch(session)));
    printf("%s in all, with data, plan, links and traces\n",
           text_size(session->bytes, size));
}

static void
collect_parts(const struct session *session, int64_t (*parts)[SPAN_PARTS])
{
    const struct run *run = session->trainer->run;

    for (int r = 0; r < run->options.plan->ranks; r++)
        run_parts(run, r, parts[r]);
}

/* The timeline of a step as the clock saw it: the median one. */
static void
print_median(const struct run *run, struct timeline_style style)
{
    int of;
    const struct kept_step *median = kept_median(&run->kept, &of);

    printf("\nwall time, %s%.3f ms", of > 1 ? "a step of median length: " : "",
           (double)median->ns * 1e-6);
    if (of > 1)
        printf(" (of the last %d)", of);
    puts(":");
    style.scaled = true;
    timeline_print(stdout, run->options.plan, &median->wall, &style);
}

void
session_print_clocks(const struct session *session, int steps)
{
    const struct run *run = session->trainer->run;
    int ranks = run->options.plan->ranks;
    struct timeline_style style = timeline_style_for(stdout);
    int64_t(*parts)[SPAN_PARTS] = memory_new((size_t)ranks, sizeof *parts);
    const struct forecast *forecast = &session->forecast;
    int of;
    struct wall_summary wall = {
        .ranks = ranks,
        .cores = run->cores,
        .bound = run->bound,
        .steps = steps,
        .step_ns = run->wall_ns / steps,
        .parts = (const int64_t(*)[SPAN_PARTS])parts,
    };

    puts("\nvirtual time, in ticks:");
    tick_print(stdout, &session->setup);
    figures_print_machine(stdout, &session->setup);
    timeline_print(stdout, run->options.plan, &forecast->trace, &style);
    figures_print(stdout, forecast);
    print_median(run, style);
    collect_parts(session, parts);
    summary_wall(stdout, &wall);
    clocks_print(stdout, &forecast->trace,
                 &kept_median(&run->kept, &of)->wall);
    free(parts);
}

struct curve
session_losses(const struct session *session)
{
    const struct trainer *trainer = session->trainer;
    int first = trainer->options.task.first_step;

    return (struct curve){.name = "loss",
                          .values = trainer->losses,
                          .count = trainer->step - first,
                          .first = first};
}

double
session_seconds(const struct session *session)
{
    return (double)session->trainer->wall_ns * 1e-9;
}

/* All that the monolith does in its time is to compute. */
static void
json_wall(struct json *json, const struct session *session)
{
    const struct run *run = session->trainer->run;

    json_open(json, "wall", '[');
    for (int r = 0; r < session->setup.plan->ranks; r++) {
        int64_t parts[SPAN_PARTS] = {
            [SPAN_COMPUTE] = session->trainer->wall_ns,
        };

        if (run)
            run_parts(run, r, parts);
        json_open(json, NULL, '{');
        for (int p = 0; p < SPAN_PARTS; p++)
            json_number(json, span_part_name((enum span_part)p),
                        (double)parts[p] * 1e-9);
        json_int(json, "core", run ? run->ranks[r].core : -1);
        json_close(json, '}');
    }
    json_close(json, ']');
}

void
session_json(const struct session *session, struct json *json)
{
    const struct run *run = session->trainer->run;
    const struct forecast *forecast = &session->forecast;
    struct memory_summary *memory = session_memory(session);
    char tick[TICK_TEXT];

    setup_json(json, &session->setup);
    if (session->replicas.count > 1)
        json_int(json, "replicas", session->replicas.count);
    if (run) {
        json_text(json, "tick", tick_text(&session->setup, tick));
        json_int(json, "capacity", forecast->capacity);
        json_int(json, "cores", run->cores);
        json_open(json, "split", '[');
        for (int s = 0; s < session->setup.plan->stages; s++)
            json_int(json, NULL, session->setup.split[s]);
        json_close(json, ']');
        figures_json_machine(json, &session->setup);
    }
    summary_json_time(json, "virtual_makespan", forecast->metrics.makespan,
                      forecast->metrics.unit);
    figures_json(json, forecast);
    summary_json_memory(json, memory, session->setup.plan->ranks,
                        forecast->metrics.unit);
    json_wall(json, session);
    json_int(json, "memory_bytes", (int64_t)session->bytes);
    free(memory);
}
