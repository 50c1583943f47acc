#include "config.h"

#include "base/memory.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/rank_memory.h"
#include "cli/setup.h"
#include "cli/trainer.h"
#include "report/chrome.h"
#include "report/clocks.h"
#include "report/summary.h"
#include "report/svg.h"
#include "report/timeline.h"
#include "schedule/lower.h"
#include "schedule/policy.h"
#include "schedule/stuck.h"
#include "sim/sim.h"

#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Set by the first SIGINT or SIGTERM; the second ends the process. */
static atomic_int stop;

static void
ask_to_stop(int signal)
{
    (void)signal;
    atomic_store(&stop, 1);
}

/* Set where --break-at raised SIGTRAP and no debugger took it. */
static atomic_int untaken;

static void
give_up(int signal)
{
    atomic_store(&untaken, 1);
    ask_to_stop(signal);
}

static void
catch_signals(const struct options *options)
{
    struct sigaction action = {.sa_handler = ask_to_stop};
    struct sigaction trap = {.sa_handler = give_up};

    /* Once only, and without a system call failing for it. */
    action.sa_flags = (int)SA_RESETHAND | SA_RESTART;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (options->break_at)
        sigaction(SIGTRAP, &trap, NULL);
}

/* Everything a training session holds, from the options to the end report. */
struct session {
    const struct options *options;
    bool monolith;
    struct dataset train;
    struct dataset test;   /* count 0 if there is none */
    struct setup setup;    /* not for the monolith, as are the next five */
    struct trace predicted;
    struct sim sim;
    struct metrics virtual; /* of the run, which are the prediction's too */
    struct turn *turns;
    size_t turn_count;
    int *split;
    struct trainer *trainer;
    const struct action *break_at; /* or NULL */
    int steps;
    struct output metrics; /* open if asked for, as is the next */
    struct output trace;
    struct chrome chrome;
    int traced;            /* steps done when one was last traced */
    double *accuracies;    /* after each epoch */
    int epochs_done;
};

/* Microbatches a step: the plan's; the monolith's own affair. */
static int
mbs_of(const struct session *session)
{
    if (!session->monolith)
        return session->setup.plan->mbs;
    return session->options->mbs_given ? session->options->mbs : 1;
}

static int
steps_per_epoch(const struct session *session)
{
    return session->train.count / session->options->batch;
}

static enum status
check_batch(const struct session *session, struct cause *cause)
{
    const struct options *options = session->options;

    if (options->batch > session->train.count) {
        fail(cause,
             "--batch %d is more than the %d examples of %s; use fewer",
             options->batch, session->train.count, options->data);
        return STATUS_USAGE;
    }
    if (options->epochs > INT_MAX / steps_per_epoch(session)) {
        fail(cause,
             "--epochs %d of %d steps are more than %d steps; use fewer or a "
             "larger --batch",
             options->epochs, steps_per_epoch(session), INT_MAX);
        return STATUS_USAGE;
    }
    return setup_fits(options, mbs_of(session), cause);
}

/* Splits the layers, predicts the run, orders the turns of lockstep. */
static enum status
plan_run(struct session *session, const struct mlp *mlp, struct cause *cause)
{
    const struct options *options = session->options;
    struct setup *setup = &session->setup;
    enum status status = setup_split(&session->split, options, mlp,
                                     setup->plan->stages, cause);

    if (status != STATUS_DONE)
        return status;
    trace_init(&session->predicted, setup->lowered);
    sim_run(&session->sim, setup->lowered, &setup->cost, options->capacity,
            &session->predicted);
    if (options->lockstep)
        session->turns =
            sim_turns(setup->lowered, &session->predicted,
                      session->sim.capacity, &session->turn_count);
    return STATUS_DONE;
}

/* --break-at: the action of the plan that is meant. */
static enum status
find_break(struct session *session, struct cause *cause)
{
    const char *cell = session->options->break_at;
    struct action action;

    if (!cell)
        return STATUS_DONE;
    if (session->monolith) {
        fail(cause, "--break-at %.40s is a cell of a schedule, and --schedule "
                    "none has none; name one",
             cell);
        return STATUS_USAGE;
    }
    if (action_parse(cell, &action))
        session->break_at = plan_find(session->setup.lowered, &action);
    if (session->break_at)
        return STATUS_DONE;
    fail(cause, "--break-at %.40s is no cell of this plan; use one that "
                "pipelab schedule --lower --format list prints, such as 0F0",
         cell);
    return STATUS_USAGE;
}

static struct trainer *
make_trainer(struct session *session, const struct mlp *mlp)
{
    const struct options *options = session->options;
    struct trainer_options trainer = {
        .mlp = *mlp,
        .optimizer = options->optimizer,
        .seed = options->seed,
        .batch = options->batch,
        .mbs = mbs_of(session),
        .shuffle = strcmp(options->data, "random") != 0,
        .data = &session->train,
        .bind = options->bind,
        .nan_continue = options->nan_continue,
        .stop = &stop,
        .break_at = session->break_at,
    };
    int per_epoch = steps_per_epoch(session);

    session->steps =
        options->epochs ? options->epochs * per_epoch : options->steps;
    session->accuracies = memory_new((size_t)(session->steps / per_epoch) + 1,
                                     sizeof *session->accuracies);
    trainer.steps = session->steps;
    if (!session->monolith) {
        trainer.split = session->split;
        trainer.plan = session->setup.lowered;
        trainer.cost = &session->setup.cost;
        trainer.capacity = session->sim.capacity;
        trainer.turns = session->turns;
        trainer.turn_count = session->turn_count;
        trainer.turns_complete = session->sim.complete;
    }
    return trainer_new(&trainer);
}

/* Of the trace's two processes. */
enum { CLOCK_PREDICTED = 1, CLOCK_MEASURED };

static enum status
open_outputs(struct session *session, struct cause *cause)
{
    const struct options *options = session->options;
    int ranks = session->monolith ? 1 : session->setup.plan->ranks;

    if (options->svg && !output_possible("--svg", options->svg, cause))
        return STATUS_FAILED;
    if (options->metrics && !output_open(&session->metrics, "--metrics",
                                         options->metrics, true, cause))
        return STATUS_FAILED;
    if (!options->trace)
        return STATUS_DONE;
    if (!output_open(&session->trace, "--trace", options->trace, true, cause))
        return STATUS_FAILED;
    chrome_open(&session->chrome, session->trace.out);
    chrome_clock(&session->chrome, CLOCK_PREDICTED, "predicted", ranks);
    chrome_clock(&session->chrome, CLOCK_MEASURED, "measured", ranks);
    return STATUS_DONE;
}

static enum status
begin(struct session *session, struct cause *cause)
{
    const struct options *options = session->options;
    struct mlp mlp;
    enum status status;

    session->monolith = strcmp(options->schedule, "none") == 0 &&
                        !options->load;
    if (session->monolith && (options->svg || options->trace)) {
        fail(cause, "%s shows a schedule, and --schedule none has none; name "
                    "one",
             options->svg ? "--svg" : "--trace");
        return STATUS_USAGE;
    }
    status = setup_data(&session->train, &session->test, options, cause);
    if (status != STATUS_DONE)
        return status;
    if (!session->monolith) {
        status = setup_plan(&session->setup, options, &session->train, cause);
        if (status != STATUS_DONE)
            return status;
        if (!plan_trains(session->setup.plan)) {
            fail(cause,
                 "%s has no backward, so there is nothing to train; use "
                 "pipelab simulate or eval for it",
                 session->setup.plan->name);
            return STATUS_INVALID;
        }
    }
    status = check_batch(session, cause);
    if (status == STATUS_DONE)
        status = find_break(session, cause);
    if (status != STATUS_DONE)
        return status;
    mlp = setup_mlp(options, &session->train);
    if (!session->monolith) {
        status = plan_run(session, &mlp, cause);
        if (status != STATUS_DONE)
            return status;
    }
    session->trainer = make_trainer(session, &mlp);
    return open_outputs(session, cause);
}

/* False with the cause if an output could not be written. */
static bool
end(struct session *session, struct cause *cause)
{
    bool written = output_close(&session->metrics, cause) &&
                   output_close(&session->trace, cause);

    trainer_free(session->trainer);
    free(session->turns);
    free(session->split);
    free(session->accuracies);
    if (session->predicted.lanes) {
        trace_fini(&session->predicted);
        sim_fini(&session->sim);
        metrics_fini(&session->virtual);
    }
    if (session->setup.plan)
        setup_fini(&session->setup);
    dataset_fini(&session->train);
    dataset_fini(&session->test);
    return written;
}

/* What is trained, and who holds which part of it. */
static void
print_stages(const struct session *session)
{
    const struct trainer *trainer = session->trainer;
    const struct mlp *mlp = &trainer->options.mlp;
    int state = optimizer_state_floats(trainer->options.optimizer.kind);

    printf("%s on %s: %d x [Linear+ReLU] of %d, %d inputs, %d classes; batch "
           "%d in %d microbatches\n",
           session->monolith ? "monolith" : session->setup.plan->name,
           session->options->data, mlp->layers, mlp->hidden, mlp->inputs,
           mlp->classes, trainer->options.batch, trainer->options.mbs);
    printf("%-6s %4s %4s  %-14s %10s %10s %10s %10s %10s\n", "stage", "rank",
           "core", "layers", "params", "weights", "gradients", "optimizer",
           "stash");
    for (int s = 0; s < trainer->stage_count; s++) {
        const struct slice *slice = trainer->stages[s].slice;
        int rank = session->monolith
                       ? 0
                       : session->setup.plan->rank_of_stage[s];
        char layers[32];
        char core[12] = "-";

        if (trainer->run && trainer->run->ranks[rank].core >= 0)
            snprintf(core, sizeof core, "%d", trainer->run->ranks[rank].core);
        snprintf(layers, sizeof layers, "%d-%d%s", slice->first,
                 slice->first + slice->count - 1,
                 slice->head ? " + head" : "");
        printf("%-6d %4d %4s  %-14s %10zu %8.1f K %8.1f K %8.1f K %8.1f K\n",
               s, rank, core, layers, slice->params,
               (double)slice->params * sizeof(float) / 1024,
               (double)slice->params * sizeof(float) / 1024,
               (double)slice->params * sizeof(float) * state / 1024,
               (double)mlp_stage_stash_bytes(&trainer->stages[s]) / 1024);
    }
}

static void
write_metrics(struct session *session, int from)
{
    const struct trainer *trainer = session->trainer;

    FILE *out = session->metrics.out;

    for (int s = from; out && s < trainer->step; s++) {
        struct json json = {.out = out};

        json_open(&json, NULL, '{');
        json_int(&json, "step", s);
        json_real(&json, "loss", trainer->losses[s]);
        json_close(&json, '}');
        fputc('\n', out);
    }
    if (out)
        fflush(out);
}

/* One step an epoch; without epochs one whenever twice as many are done, so
 * that there is something early and never too much. */
static bool
is_to_be_traced(const struct session *session)
{
    const struct trainer *trainer = session->trainer;

    if (trainer->options.shuffle)
        return trainer->step % trainer->batches.per_epoch == 0;
    return trainer->step >= 2 * session->traced;
}

/* The last step so far, where it lies since the training began. */
static void
trace_measured(struct session *session)
{
    const struct trainer *trainer = session->trainer;
    const struct run *run = trainer->run;
    struct chrome_time time = {.us = 1e-3};

    if (!session->trace.out || session->traced == trainer->step)
        return;
    session->traced = trainer->step;
    time.start = (double)(run->wall_start_ns - trainer->start_ns) * 1e-3;
    chrome_add(&session->chrome, CLOCK_MEASURED, run->options.plan, &run->wall,
               time);
}

/* Over the last step, in ticks as long as they came to be. */
static void
trace_predicted(struct session *session)
{
    const struct trainer *trainer = session->trainer;
    const struct run *run = trainer->run;
    struct chrome_time time = {
        .us = 1e-3 * clocks_tick_ns(&run->virtual, &run->wall),
        .start = (double)(run->wall_start_ns - trainer->start_ns) * 1e-3,
    };

    if (!session->trace.out)
        return;
    chrome_add(&session->chrome, CLOCK_PREDICTED, run->options.plan,
               &run->virtual, time);
    chrome_close(&session->chrome);
}

static bool
write_svg(const struct session *session, struct cause *cause)
{
    const struct run *run = session->trainer->run;
    struct metrics measured;
    struct svg_style style = {
        .unit = "ms", .arrows = session->options->arrows};
    double tick_us = 1e-3 * clocks_tick_ns(&run->virtual, &run->wall);
    char predicted[48];
    struct svg_panel panels[] = {
        {.title = run->options.plan->name,
         .note = predicted,
         .plan = run->options.plan,
         .trace = &run->virtual,
         .metrics = &session->virtual,
         .scale = 1e-3 * tick_us},
        {.title = run->options.plan->name,
         .note = "measured in the last step",
         .plan = run->options.plan,
         .trace = &run->wall,
         .metrics = &measured,
         .scale = 1e-6},
    };
    struct output output;

    if (!output_open(&output, "--svg", session->options->svg, false, cause))
        return false;
    snprintf(predicted, sizeof predicted, "predicted, a tick as %.4g us",
             tick_us);
    metrics_of(&measured, &run->wall);
    svg_write(output.out, panels, 2, &style);
    metrics_fini(&measured);
    return output_close(&output, cause);
}

/* A line on a terminal, nothing elsewhere. */
static void
show_progress(const struct session *session)
{
    const struct trainer *trainer = session->trainer;

    if (isatty(STDERR_FILENO) && trainer->step < session->steps)
        fprintf(stderr, "step %d of %d  loss %.4f", trainer->step,
                session->steps, trainer->losses[trainer->step - 1]);
}

/* Before anything else is printed there. */
static void
hide_progress(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

static void
finish_epoch(struct session *session)
{
    struct trainer *trainer = session->trainer;
    double accuracy;

    if (!trainer->options.shuffle ||
        (trainer->step % trainer->batches.per_epoch &&
         trainer->step < session->steps))
        return;
    if (session->test.count == 0)
        return;
    accuracy = trainer_accuracy(trainer, &session->test);
    session->accuracies[session->epochs_done++] = accuracy;
    if (session->options->format == FORMAT_TEXT)
        printf("epoch %d: step %d, loss %.4f, test accuracy %.2f %%\n",
               session->epochs_done, trainer->step,
               trainer->losses[trainer->step - 1], 100.0 * accuracy);
}

/* Steps that the threads do without being joined. What they came to is written
 * and shown then, and stays if the process is killed. */
enum { STEPS_AT_ONCE = 100 };

static enum run_status
train(struct session *session)
{
    struct trainer *trainer = session->trainer;
    enum run_status status = RUN_DONE;

    while (trainer->step < session->steps && status == RUN_DONE &&
           atomic_load(&stop) == 0) {
        int from = trainer->step;
        int left = session->steps - from;

        status = trainer_steps(
            trainer, trainer_steps_in_epoch(
                         trainer,
                         left < STEPS_AT_ONCE ? left : STEPS_AT_ONCE));
        hide_progress();
        if (status != RUN_DONE || trainer->step == from)
            break;
        write_metrics(session, from);
        if (trainer->run && is_to_be_traced(session))
            trace_measured(session);
        finish_epoch(session);
        fflush(stdout);
        show_progress(session);
    }
    return status;
}

static void
print_losses(const struct session *session)
{
    const double *losses = session->trainer->losses;
    int every = session->steps > 10 ? session->steps / 10 : 1;

    for (int s = 0; s < session->steps; s++)
        if (s % every == 0 || s == session->steps - 1)
            printf("step %6d  loss %.6f\n", s, losses[s]);
}

static void
collect_parts(const struct session *session, int64_t (*parts)[SPAN_PARTS])
{
    const struct run *run = session->trainer->run;

    for (int r = 0; r < run->options.plan->ranks; r++)
        run_parts(run, r, parts[r]);
}

static void
print_clocks(const struct session *session)
{
    const struct run *run = session->trainer->run;
    int ranks = run->options.plan->ranks;
    struct timeline_style style = timeline_style_for(stdout);
    int64_t(*parts)[SPAN_PARTS] = memory_new((size_t)ranks, sizeof *parts);
    struct wall_summary wall = {
        .ranks = ranks,
        .cores = run->cores,
        .bound = run->bound,
        .steps = session->steps,
        .step_ns = run->wall_ns / session->steps,
        .parts = (const int64_t(*)[SPAN_PARTS])parts,
    };

    puts("\nvirtual time, in ticks:");
    timeline_print(stdout, run->options.plan, &run->virtual, &style);
    summary_virtual(stdout, &session->virtual);
    puts("\nwall time, the last step:");
    style.scaled = true;
    timeline_print(stdout, run->options.plan, &run->wall, &style);
    collect_parts(session, parts);
    summary_wall(stdout, &wall);
    clocks_print(stdout, &run->virtual, &run->wall);
    free(parts);
}

static double
seconds(const struct session *session)
{
    return (double)session->trainer->wall_ns * 1e-9;
}

static void
print_text(const struct session *session)
{
    const struct trainer *trainer = session->trainer;

    if (session->epochs_done == 0)
        print_losses(session);
    printf("%d steps in %.3f s, %.0f samples a second; final loss %.6f; "
           "weights %016" PRIx64 "\n",
           session->steps, seconds(session),
           (double)session->steps * trainer->options.batch / seconds(session),
           trainer->losses[session->steps - 1],
           trainer_weights_hash(trainer));
    if (trainer->run)
        print_clocks(session);
}

static void
json_wall(struct json *json, const struct run *run)
{
    json_open(json, "wall", '[');
    for (int r = 0; r < run->options.plan->ranks; r++) {
        int64_t parts[SPAN_PARTS];

        run_parts(run, r, parts);
        json_open(json, NULL, '{');
        for (int p = 0; p < SPAN_PARTS; p++)
            json_real(json, span_part_name((enum span_part)p),
                      (double)parts[p] * 1e-9);
        json_int(json, "core", run->ranks[r].core);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
json_memory(struct json *json, const struct trainer *trainer,
            const struct plan *plan, const int split[])
{
    struct memory_summary *memory =
        rank_memory(plan, &trainer->options.mlp, split, trainer->options.batch,
                    trainer->options.optimizer.kind);

    summary_json_memory(json, memory, plan->ranks);
    free(memory);
}

static void
json_plan(struct json *json, const struct session *session)
{
    const struct run *run = session->trainer->run;
    const struct metrics *metrics = &session->virtual;

    setup_json(json, &session->setup);
    json_int(json, "capacity", session->sim.capacity);
    json_int(json, "cores", run->cores);
    json_int(json, "virtual_makespan", metrics->makespan);
    summary_json(json, metrics);
    json_memory(json, session->trainer, run->options.plan, session->split);
    json_wall(json, run);
}

/* In virtual time the monolith is the plan of one rank. */
static void
json_monolith(struct json *json, const struct session *session)
{
    const struct trainer *trainer = session->trainer;
    struct cause cause;
    struct plan *plan =
        policy_plan("1f1b", 1, 1, trainer->options.mbs, &cause);
    struct plan *lowered = lower(plan);
    struct cost cost;
    struct sim sim;

    cost_init(&cost, 1);
    sim_run(&sim, lowered, &cost, CAPACITY_AUTO, NULL);
    json_string(json, "schedule", "none");
    json_int(json, "ranks", 1);
    json_int(json, "stages", 1);
    json_int(json, "microbatches", trainer->options.mbs);
    json_int(json, "virtual_makespan", sim.metrics.makespan);
    summary_json(json, &sim.metrics);
    json_memory(json, trainer, plan, &trainer->options.mlp.layers);
    json_open(json, "wall", '[');
    json_open(json, NULL, '{');
    for (int p = 0; p < SPAN_PARTS; p++)
        json_real(json, span_part_name((enum span_part)p),
                  p == SPAN_COMPUTE ? seconds(session) : 0.0);
    json_int(json, "core", -1);
    json_close(json, '}');
    json_close(json, ']');
    sim_fini(&sim);
    cost_fini(&cost);
    plan_free(lowered);
    plan_free(plan);
}

static void
print_json(const struct session *session)
{
    const struct trainer *trainer = session->trainer;
    struct json json = {.out = stdout};
    char hash[17];

    snprintf(hash, sizeof hash, "%016" PRIx64, trainer_weights_hash(trainer));
    json_open(&json, NULL, '{');
    if (trainer->run)
        json_plan(&json, session);
    else
        json_monolith(&json, session);
    json_int(&json, "batch", trainer->options.batch);
    json_int(&json, "steps", session->steps);
    json_open(&json, "losses", '[');
    for (int s = 0; s < session->steps; s++)
        json_real(&json, NULL, trainer->losses[s]);
    json_close(&json, ']');
    json_real(&json, "final_loss", trainer->losses[session->steps - 1]);
    json_open(&json, "test_accuracy", '[');
    for (int e = 0; e < session->epochs_done; e++)
        json_real(&json, NULL, session->accuracies[e]);
    json_close(&json, ']');
    json_string(&json, "weights_hash", hash);
    json_real(&json, "seconds", seconds(session));
    json_real(&json, "samples_per_second",
              (double)session->steps * trainer->options.batch /
                  seconds(session));
    json_close(&json, '}');
    putchar('\n');
}

/* What stopped the run, in words. */
static enum status
explain_stop(const struct session *session, enum run_status stopped,
             struct cause *cause)
{
    const struct run *run = session->trainer->run;

    if (stopped == RUN_FAILED) {
        *cause = session->trainer->cause;
        return (enum status)complain(STATUS_FAILED, cause);
    }
    fail(cause,
         "deadlock: every rank of %s waits at --capacity %d; use --capacity "
         "%d or more",
         run->options.plan->name, run->options.capacity,
         session->setup.check.smallest_capacity);
    complain(STATUS_DEADLOCK, cause);
    stuck_print(stderr, run->options.plan, run->board.position,
                run->options.capacity);
    return STATUS_DEADLOCK;
}

/* Results, pictures and traces of what was trained. */
static enum status
report(struct session *session, struct cause *cause)
{
    const struct options *options = session->options;
    enum status status = STATUS_DONE;

    if (atomic_load(&untaken) != 0) {
        fail(cause,
             "no debugger stopped at %s; run gdb --args pipelab train "
             "--break-at %s, or leave out --break-at",
             options->break_at, options->break_at);
        return (enum status)complain(STATUS_FAILED, cause);
    }
    if (session->trainer->step < session->steps) {
        fprintf(stderr, "pipelab: interrupted after %d of %d steps\n",
                session->trainer->step, session->steps);
        session->steps = session->trainer->step;
        status = STATUS_INTERRUPTED;
    }
    if (session->steps == 0)
        return status;
    if (session->trainer->run)
        metrics_of(&session->virtual, &session->trainer->run->virtual);
    if (options->format == FORMAT_JSON)
        print_json(session);
    else
        print_text(session);
    if (session->trainer->run) {
        trace_measured(session);
        trace_predicted(session);
    }
    if (options->svg && !write_svg(session, cause))
        status = (enum status)complain(STATUS_FAILED, cause);
    return status;
}

int
cmd_train(const struct options *options)
{
    struct session session = {.options = options};
    struct cause cause;
    enum status status = begin(&session, &cause);

    if (status == STATUS_DONE) {
        enum run_status run;

        if (options->format == FORMAT_TEXT)
            print_stages(&session);
        fflush(stdout);
        catch_signals(options);
        run = train(&session);
        status = run == RUN_DONE ? report(&session, &cause)
                                 : explain_stop(&session, run, &cause);
    } else {
        complain(status, &cause);
    }
    if (!end(&session, &cause) && status == STATUS_DONE)
        return complain(STATUS_FAILED, &cause);
    return (int)status;
}
