/* cmd_train.c -- trains: sets up, runs step by step, saves, and reports. */
#include "config.h"

#include "base/memory.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/recording.h"
#include "cli/job.h"
#include "cli/tick.h"

#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct epoch {
    int first;       /* step; of a resumed one the first that is run here */
    double loss;     /* mean of its steps */
    double accuracy; /* after it, with a test split */
};

/* A training from its options to its reports. */
struct training {
    struct session session;
    struct recording recording;
    uint64_t data_hash;
    int first_step;       /* 0, or where it is resumed */
    int steps;            /* in all, with those before first_step */
    int saved;            /* what --save has, or first_step */
    struct epoch *epochs; /* that ended here, or with the training */
    size_t epoch_room;
    int epochs_done; /* so many */
};

static enum status
load_data(struct session *session, struct cause *cause)
{
    enum status status = session_data(session, cause);

    session->data = &session->train;
    return status == STATUS_DONE
               ? setup_batch(&session->request.recipe, &session->train, cause)
               : status;
}

/* How long to train, which may be said in epochs. */
static enum status
count_steps(struct training *training, struct cause *cause)
{
    const struct options *options = training->session.request.options;
    struct recipe *recipe = &training->session.request.recipe;
    int per_epoch = training->session.train.count / recipe->batch;
    int64_t steps = recipe->steps;

    if (options->epochs)
        steps = (int64_t)options->epochs * per_epoch;
    if (steps > INT_MAX) {
        fail(cause,
             "--epochs %d of %d steps are more than %d steps; use fewer or a "
             "larger --batch",
             options->epochs, per_epoch, INT_MAX);
        return STATUS_USAGE;
    }
    if (steps <= training->first_step) {
        fail(cause, "%s is at step %d already; give more --steps than that",
             options->resume, training->first_step);
        return STATUS_USAGE;
    }
    training->steps = recipe->steps = (int)steps;
    return STATUS_DONE;
}

/* The next steps must be those of the training that was saved. */
static enum status
check_resumed(const struct training *training, struct cause *cause)
{
    const struct session *session = &training->session;
    const struct options *options = session->request.options;
    const char *data = session->request.recipe.data;
    const struct recipe *kept = &session->resumed.recipe;

    int mbs = session->request.recipe.mbs;

    if (mbs != kept->mbs) {
        fail(cause, "%s has %d microbatches, but %s was trained with %d",
             options->load, mbs, options->resume, kept->mbs);
        return STATUS_INVALID;
    }
    if (training->data_hash == session->resumed.data_hash)
        return STATUS_DONE;
    if (strcmp(data, kept->data) != 0) {
        fail(cause,
             "--data is %.60s, but %s was trained on %.60s; leave it "
             "to the file",
             data, options->resume, kept->data);
        return STATUS_USAGE;
    }
    fail(cause,
         "%.100s has other examples than %s was trained on; say with "
         "--data where those are",
         data, options->resume);
    return STATUS_INVALID;
}

static enum status
make_trainer(struct training *training, struct cause *cause)
{
    struct session *session = &training->session;
    struct trainer_options trainer = session_trainer_options(session);
    enum status status;

    trainer.task.first_step = training->first_step;
    trainer.run.stop = &interrupt_seen;
    status = session_room(session, &trainer, cause);
    if (status == STATUS_DONE)
        session->trainer = trainer_new(&trainer);
    return status;
}

static enum status
train_begin(struct training *training, struct cause *cause)
{
    struct session *session = &training->session;
    const struct options *options = session->request.options;
    enum status status = STATUS_DONE;

    if (options->resume)
        status = session_resume(session, true, cause);
    if (status == STATUS_DONE)
        status = load_data(session, cause);
    if (status == STATUS_DONE)
        status = session_plan(session, cause);
    if (status != STATUS_DONE)
        return status;
    if (options->save || options->resume)
        training->data_hash = dataset_hash(&session->train);
    if (options->resume) {
        training->first_step = training->saved = session->resumed.step;
        status = check_resumed(training, cause);
    }
    if (status == STATUS_DONE)
        status = count_steps(training, cause);
    if (status != STATUS_DONE)
        return status;
    if (!session->monolith && !plan_trains(session->setup.plan)) {
        fail(cause,
             "%s has no backward, so there is nothing to train; use pipelab "
             "simulate or eval for it",
             session->setup.plan->name);
        return STATUS_INVALID;
    }
    status = session_find_break(session, cause);
    if (status != STATUS_DONE)
        return status;
    status = make_trainer(training, cause);
    if (status != STATUS_DONE)
        return status;
    if (options->resume &&
        !checkpoint_restore(&session->resumed, session->trainer, cause))
        return STATUS_INVALID;
    if (options->save && !output_possible("--save", options->save, cause))
        return STATUS_FAILED;
    return recording_open(&training->recording, session, cause)
               ? STATUS_DONE
               : STATUS_FAILED;
}

/* A line on a terminal, nothing elsewhere. */
static void
show_progress(const struct training *training)
{
    const struct trainer *trainer = training->session.trainer;

    if (isatty(STDERR_FILENO) && trainer->step < training->steps)
        fprintf(stderr, "step %d of %d  loss %.4f", trainer->step,
                training->steps, trainer_loss(trainer, trainer->step - 1));
}

/* Before anything else is printed there. */
static void
hide_progress(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

static void
print_epoch(const struct training *training, const struct epoch *epoch)
{
    const struct trainer *trainer = training->session.trainer;
    int per_epoch = trainer->batches.per_epoch;

    printf("epoch %d: step %d, mean loss %.4f", epoch->first / per_epoch + 1,
           trainer->step, epoch->loss);
    if (epoch->first % per_epoch)
        printf(" from step %d on", epoch->first);
    if (training->session.test.count > 0)
        printf(", test accuracy %.2f %%", 100.0 * epoch->accuracy);
    putchar('\n');
}

/* Where the data has epochs and one of them is over, or the training is. */
static void
finish_epoch(struct training *training)
{
    struct trainer *trainer = training->session.trainer;
    const struct dataset *test = &training->session.test;
    int per_epoch = trainer->batches.per_epoch;
    struct epoch epoch = {.loss = 0.0};

    if (!trainer_shuffles(trainer) ||
        (trainer->step % per_epoch && trainer->step < training->steps))
        return;
    epoch.first = (trainer->step - 1) / per_epoch * per_epoch;
    if (epoch.first < training->first_step)
        epoch.first = training->first_step;
    for (int s = epoch.first; s < trainer->step; s++)
        epoch.loss += trainer_loss(trainer, s);
    epoch.loss /= trainer->step - epoch.first;
    if (test->count > 0)
        epoch.accuracy = trainer_accuracy(trainer, test);
    memory_grow(&training->epochs, &training->epoch_room,
                (size_t)training->epochs_done, sizeof *training->epochs);
    training->epochs[training->epochs_done++] = epoch;
    if (training->session.request.options->format == FORMAT_TEXT)
        print_epoch(training, &epoch);
}

/* Examples that an epoch has no whole batch for. */
static int
left_out(const struct training *training)
{
    return training->session.train.count %
           training->session.request.recipe.batch;
}

/* Which of them are left out differs, for each epoch has its own order. */
static void
print_left_out(const struct training *training)
{
    const struct trainer *trainer = training->session.trainer;

    if (left_out(training) > 0)
        printf("an epoch is %d whole batches and leaves out %d of %d "
               "examples, others each time\n",
               trainer->batches.per_epoch, left_out(training),
               training->session.train.count);
}

/* Unless it has been saved as it is. */
static bool
save(struct training *training, struct cause *cause)
{
    const struct session *session = &training->session;
    const char *path = session->request.options->save;
    struct output output;
    bool saved;

    if (!path || training->saved == session->trainer->step)
        return true;
    training->saved = session->trainer->step;
    interrupt_watch(false);
    saved = output_open(&output, "--save", path, false, cause);
    if (saved) {
        checkpoint_write(output.out, session->trainer, training->data_hash);
        saved = output_close(&output, cause);
    }
    interrupt_watch(session->trainer->step < training->steps);
    return saved;
}

/* Steps that the threads do without being joined, at most. What they came to is
 * written and shown then, and stays if the process is killed. */
enum { STEPS_AT_ONCE = 100 };

/* Until the epoch ends, the next checkpoint is due or all is done. */
static int
steps_at_once(const struct training *training)
{
    const struct trainer *trainer = training->session.trainer;
    int every = training->session.request.options->save_every;
    int left = training->steps - trainer->step;
    int steps = trainer_steps_in_epoch(
        trainer, left < STEPS_AT_ONCE ? left : STEPS_AT_ONCE);

    if (every > 0 && every - trainer->step % every < steps)
        steps = every - trainer->step % every;
    return steps;
}

static enum status
train_steps(struct training *training, struct cause *cause)
{
    struct trainer *trainer = training->session.trainer;
    int every = training->session.request.options->save_every;

    while (trainer->step < training->steps &&
           atomic_load(&interrupt_seen) == 0) {
        int from = trainer->step;
        enum run_status stopped =
            trainer_steps(trainer, steps_at_once(training));

        hide_progress();
        if (stopped == RUN_FAILED)
            recording_add_metrics(&training->recording, from);
        if (stopped != RUN_DONE)
            return session_explain(&training->session, stopped);
        if (trainer->step == from)
            break;
        recording_add(&training->recording, from);
        finish_epoch(training);
        fflush(stdout);
        if (every > 0 && trainer->step % every == 0 && !save(training, cause))
            return (enum status)complain(STATUS_FAILED, cause);
        show_progress(training);
    }
    return STATUS_DONE;
}

static void
print_losses(const struct training *training)
{
    int first = training->first_step;
    int every = (training->steps - first) / 10;

    for (int s = first; s < training->steps; s++)
        if (every == 0 || (s - first) % every == 0 || s == training->steps - 1)
            printf("step %6d  loss %.6f\n", s,
                   trainer_loss(training->session.trainer, s));
}

static double
train_samples_per_second(const struct training *training)
{
    const struct session *session = &training->session;

    return (double)(training->steps - training->first_step) *
           session->request.recipe.batch / session_seconds(session);
}

static void
train_print_text(const struct training *training)
{
    const struct session *session = &training->session;
    const struct trainer *trainer = session->trainer;
    int steps = training->steps - training->first_step;

    if (training->epochs_done == 0)
        print_losses(training);
    printf("%d steps in %.3f s, %.0f samples a second; final loss %.6f; "
           "weights %016" PRIx64 "\n",
           steps, session_seconds(session), train_samples_per_second(training),
           trainer_loss(trainer, training->steps - 1),
           trainer_weights_hash(trainer));
    if (trainer->run)
        session_print_clocks(session, steps);
}

static void
json_losses(struct json *json, const struct training *training)
{
    const struct trainer *trainer = training->session.trainer;

    json_int(json, "batch", trainer->options.task.recipe.batch);
    json_int(json, "first_step", training->first_step);
    json_int(json, "steps", training->steps);
    json_open(json, "losses", '[');
    for (int s = training->first_step; s < training->steps; s++)
        json_number(json, NULL, trainer_loss(trainer, s));
    json_close(json, ']');
    json_number(json, "final_loss",
                trainer_loss(trainer, training->steps - 1));
    json_int(json, "epoch_steps", trainer->batches.per_epoch);
    json_int(json, "epoch_left_out", left_out(training));
    json_open(json, "epoch_losses", '[');
    for (int e = 0; e < training->epochs_done; e++)
        json_number(json, NULL, training->epochs[e].loss);
    json_close(json, ']');
    json_open(json, "test_accuracy", '[');
    for (int e = 0; e < training->epochs_done; e++)
        if (training->session.test.count > 0)
            json_number(json, NULL, training->epochs[e].accuracy);
    json_close(json, ']');
}

/* Of a training that failed the losses of the finished steps. Its weights are
 * not of one step. */
static void
report_failed(struct training *training)
{
    struct json json = {.out = stdout};

    training->steps = training->session.trainer->step;
    if (training->steps == training->first_step)
        return;
    if (training->session.request.options->format == FORMAT_TEXT) {
        print_losses(training);
        return;
    }
    json_open(&json, NULL, '{');
    json_losses(&json, training);
    json_close(&json, '}');
    putchar('\n');
}

static void
train_print_json(const struct training *training)
{
    const struct session *session = &training->session;
    const struct trainer *trainer = session->trainer;
    struct json json = {.out = stdout};
    char hash[17];

    snprintf(hash, sizeof hash, "%016" PRIx64, trainer_weights_hash(trainer));
    json_open(&json, NULL, '{');
    session_json(session, &json);
    json_losses(&json, training);
    json_text(&json, "weights_hash", hash);
    json_number(&json, "seconds", session_seconds(session));
    json_number(&json, "samples_per_second",
                train_samples_per_second(training));
    json_close(&json, '}');
    putchar('\n');
}

/* What became of the steps that were asked for. */
static enum status
settle_steps(struct training *training)
{
    int step = training->session.trainer->step;
    int signal = atomic_load(&interrupt_seen);

    if (step == training->steps)
        return STATUS_DONE;
    fprintf(stderr, "pipelab: interrupted after %d of %d steps: %s\n", step,
            training->steps, strsignal(signal));
    training->steps = step;
    return (enum status)(STATUS_SIGNAL + signal);
}

/* Results, pictures and traces of what was trained. */
static bool
report(struct training *training, struct cause *cause)
{
    if (training->steps == training->first_step)
        return true;
    if (training->session.request.options->format == FORMAT_JSON)
        train_print_json(training);
    else
        train_print_text(training);
    return recording_finish(&training->recording, cause);
}

static enum status
train_run(struct training *training, struct cause *cause)
{
    const struct options *options = training->session.request.options;
    const struct recipe *recipe = &training->session.request.recipe;
    enum status status;

    tick_remark(&training->session.setup, options);
    if (training->session.test.count == 0 && !recipe_is_one_batch(recipe))
        text_remark("%s has no t10k split, so the accuracy is left out",
                    recipe->data);
    if (options->format == FORMAT_TEXT) {
        session_print_stages(&training->session);
        print_left_out(training);
    }
    interrupt_catch(training->session.trainer);
    if (options->break_at)
        interrupt_catch_trap();
    fflush(stdout);
    interrupt_watch(true);
    status = train_steps(training, cause);
    interrupt_watch(false);
    if (status == STATUS_FAILED)
        report_failed(training);
    if (status != STATUS_DONE)
        return status;
    if (atomic_load(&interrupt_seen) == SIGTRAP) {
        fail(cause,
             "no debugger stopped at %s; run gdb --args pipelab train "
             "--break-at %s, or leave out --break-at",
             options->break_at, options->break_at);
        return (enum status)complain(STATUS_FAILED, cause);
    }
    status = settle_steps(training);
    if (!save(training, cause))
        status = (enum status)complain(STATUS_FAILED, cause);
    /* A signal that ended the run may also be why a file cannot be written. */
    if (!report(training, cause)) {
        complain(STATUS_FAILED, cause);
        if (status == STATUS_DONE)
            status = STATUS_FAILED;
    }
    return status;
}

static int
cmd_train(const struct options *options)
{
    struct training training = {.session = session_of(options)};
    struct cause cause;
    enum status status = train_begin(&training, &cause);

    if (status == STATUS_DONE)
        status = train_run(&training, &cause);
    else
        complain(status, &cause);
    if (!recording_close(&training.recording, &cause)) {
        complain(STATUS_FAILED, &cause);
        if (status == STATUS_DONE)
            status = STATUS_FAILED;
    }
    free(training.epochs);
    session_end(&training.session);
    return (int)status;
}

const struct command command_train = {
    .name = "train",
    .summary = "Really train, one thread a rank; --schedule none is the "
               "one-thread monolith.",
    .takes = TAKES_PLAN | TAKES_TIME | TAKES_MODEL | TAKES_TRAINING |
             TAKES_SVG | TAKES_PICTURES | TAKES_FORMAT,
    .examples =
        "  pipelab train\n"
        "  pipelab train --data digits --layers 2 --stages 2 --epochs 6\n"
        "  pipelab train --data digits --epochs 6 --save digits.safetensors\n",
    .run = cmd_train,
};
