/* cmd_train.c -- trains: sets up, runs step by step, saves, and reports. */
#include "config.h"

#include "base/memory.h"
#include "base/plural.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/processes.h"
#include "cli/recording.h"
#include "cli/session.h"
#include "request/tick.h"
#include "cli/training.h"

#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How long to train, which may be said in epochs. */
static enum status
count_steps(struct training *training, struct cause *cause)
{
    const struct options *options = training->session.request.options;
    struct recipe *recipe = &training->session.request.recipe;
    int per_epoch =
        training->session.train.count / session_batch(&training->session);
    int64_t steps = recipe->steps;

    if (options->epochs)
        steps = (int64_t)options->epochs * per_epoch;
    if (steps > INT_MAX) {
        fail(cause,
             "--epochs %d of %d step%s are more than %d steps; use fewer or a "
             "larger --batch",
             options->epochs, per_epoch, plural(per_epoch), INT_MAX);
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

    int mbs = session->request.recipe.mbs * session->replicas.count;

    if (mbs != kept->mbs) {
        fail(cause, "%s has %d microbatch%s, but %s was trained with %d",
             options->load, mbs, plural_es(mbs), options->resume, kept->mbs);
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
    /* Several processes stop together: see is_signalled(). */
    trainer.run.stop = processes() ? NULL : &interrupt_seen;
    status = processes_agree(session_room(session, &trainer, cause), cause);
    if (status == STATUS_DONE)
        session->trainer = trainer_new(&trainer);
    return status;
}

/* The plan, and that it suits the training that goes on. */
static enum status
plan_training(struct training *training, struct cause *cause)
{
    struct session *session = &training->session;
    const struct options *options = session->request.options;
    enum status status;

    /* Afterwards no process may have all examples. */
    if (options->save || options->resume)
        training->data_hash = session_data_hash(session);
    status = session_plan(session, cause);
    if (status == STATUS_DONE && options->resume) {
        training->first_step = training->saved = session->resumed.step;
        status = check_resumed(training, cause);
    }
    if (status == STATUS_DONE)
        status = count_steps(training, cause);
    if (status != STATUS_DONE)
        return status;
    if (!plan_trains(session->setup.plan)) {
        fail(cause,
             "%s has no backward, so there is nothing to train; use pipelab "
             "simulate or eval for it",
             session->setup.plan->name);
        return STATUS_INVALID;
    }
    return session_find_break(session, cause);
}

/* The files that a training writes, which one process does. */
static enum status
open_outputs(struct training *training, struct cause *cause)
{
    const struct options *options = training->session.request.options;

    if (options->save && processes_speak() &&
        !output_possible("--save", options->save, cause))
        return STATUS_FAILED;
    return recording_open(&training->recording, &training->session, cause)
               ? STATUS_DONE
               : STATUS_FAILED;
}

static enum status
train_begin(struct training *training, struct cause *cause)
{
    struct session *session = &training->session;
    const struct options *options = session->request.options;
    enum status status = STATUS_DONE;

    if (options->resume)
        status = processes_agree(session_resume(session, true, cause), cause);
    if (status == STATUS_DONE)
        status = session_training_data(session, cause);
    if (status == STATUS_DONE)
        status = plan_training(training, cause);
    if (status == STATUS_DONE)
        status = make_trainer(training, cause);
    if (status != STATUS_DONE)
        return status;
    if (options->resume &&
        !checkpoint_restore(&session->resumed, session->trainer, cause))
        status = STATUS_INVALID;
    status = processes_agree(status, cause);
    if (status == STATUS_DONE)
        status = processes_agree(open_outputs(training, cause), cause);
    return status;
}

/* The first step that is run here of the last one's epoch; without epochs, the
 * last one. */
static int
epoch_begin(const struct training *training)
{
    const struct trainer *trainer = training->session.trainer;
    int last = trainer->step - 1;
    int first = last;

    if (trainer_shuffles(trainer))
        first -= last % trainer->batches.per_epoch;
    return first < training->first_step ? training->first_step : first;
}

/* The mean of the losses since then. */
static double
epoch_loss(const struct training *training)
{
    const struct trainer *trainer = training->session.trainer;
    int first = epoch_begin(training);
    double sum = 0.0;

    for (int s = first; s < trainer->step; s++)
        sum += trainer_loss(trainer, s);
    return sum / (trainer->step - first);
}

/* Wall time of a step, in the mean of those done here. */
static double
step_seconds(const struct training *training)
{
    const struct session *session = &training->session;

    return session_seconds(session) /
           (session->trainer->step - training->first_step);
}

/* A line on a terminal, nothing elsewhere. */
static void
show_progress(const struct training *training)
{
    const struct trainer *trainer = training->session.trainer;
    int left = training->steps - trainer->step;
    double seconds;

    if (!isatty(STDERR_FILENO) || !processes_speak() || left == 0)
        return;
    seconds = step_seconds(training) * left;
    fprintf(stderr, "step %d of %d  %s %.4f  ", trainer->step, training->steps,
            trainer_shuffles(trainer) ? "mean loss" : "loss",
            epoch_loss(training));
    if (seconds < 100.0)
        fprintf(stderr, "%.0f s left", ceil(seconds));
    else
        fprintf(stderr, "%.0f min left", ceil(seconds / 60.0));
}

/* Before anything else is printed there. */
static void
hide_progress(void)
{
    if (isatty(STDERR_FILENO) && processes_speak())
        fputs("\r\033[K", stderr);
}

/* Where the data has epochs and one of them is over, or the training is. */
static void
finish_epoch(struct training *training)
{
    struct trainer *trainer = training->session.trainer;
    const struct dataset *test = &training->session.test;
    struct epoch epoch = {.accuracy = 0.0};

    if (!trainer_shuffles(trainer) ||
        (trainer->step % trainer->batches.per_epoch &&
         trainer->step < training->steps))
        return;
    epoch.first = epoch_begin(training);
    epoch.loss = epoch_loss(training);
    if (test->count > 0)
        epoch.accuracy = trainer_accuracy(trainer, test);
    memory_grow(&training->epochs, &training->epoch_room,
                (size_t)training->epochs_done, sizeof *training->epochs);
    training->epochs[training->epochs_done++] = epoch;
    if (training->session.request.options->format == FORMAT_TEXT)
        training_print_epoch(training, &epoch);
}

/* Unless it has been saved as it is. */
static bool
save(struct training *training, struct cause *cause)
{
    const struct session *session = &training->session;
    const char *path = session->request.options->save;
    struct output output = {.out = NULL};
    enum status status = STATUS_DONE;

    if (!path || training->saved == session->trainer->step)
        return true;
    training->saved = session->trainer->step;
    interrupt_watch(false);
    if (processes_speak() &&
        !output_open(&output, "--save", path, false, cause))
        status = STATUS_FAILED;
    status = processes_agree(status, cause);
    if (status == STATUS_DONE) {
        checkpoint_write(output.out, session->trainer, training->data_hash);
        if (!output_close(&output, cause))
            status = STATUS_FAILED;
        status = processes_agree(status, cause);
    }
    interrupt_watch(session->trainer->step < training->steps);
    return status == STATUS_DONE;
}

/* Steps that the threads do without being joined, at most. What they came to is
 * written and shown then, and stays if the process is killed. */
enum { STEPS_AT_ONCE = 100 };

/* Before a terminal, as many as half a second has, so that progress moves; and
 * in several processes, which look for signals then. */
static int
steps_between_reports(const struct training *training)
{
    double steps;

    if (!isatty(STDERR_FILENO) && !processes())
        return STEPS_AT_ONCE;
    if (training->session.trainer->step == training->first_step)
        return 1;
    steps = 0.5 / step_seconds(training);
    return steps < 1.0             ? 1
           : steps < STEPS_AT_ONCE ? (int)steps
                                   : STEPS_AT_ONCE;
}

/* Until the epoch ends, the next checkpoint is due or all is done. */
static int
steps_at_once(const struct training *training)
{
    const struct trainer *trainer = training->session.trainer;
    int every = training->session.request.options->save_every;
    int left = training->steps - trainer->step;
    int most = steps_between_reports(training);
    int steps = trainer_steps_in_epoch(trainer, left < most ? left : most);

    if (every > 0 && every - trainer->step % every < steps)
        steps = every - trainer->step % every;
    world_share(processes(), 0, &steps, sizeof steps);
    return steps;
}

/* Whether a signal has come, to any process. */
static bool
is_signalled(void)
{
    int seen = atomic_load(&interrupt_seen);
    int64_t most = -world_least(processes(), -(int64_t)seen);

    if (most != 0)
        atomic_store(&interrupt_seen, (int)most);
    return most != 0;
}

static enum status
train_steps(struct training *training, struct cause *cause)
{
    struct trainer *trainer = training->session.trainer;
    int every = training->session.request.options->save_every;

    while (trainer->step < training->steps && !is_signalled()) {
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

/* What became of the steps that were asked for. */
static enum status
settle_steps(struct training *training)
{
    int step = training->session.trainer->step;
    int signal = atomic_load(&interrupt_seen);

    if (step == training->steps)
        return STATUS_DONE;
    text_remark("interrupted after %d of %d step%s: %s", step, training->steps,
                plural(training->steps), strsignal(signal));
    training->steps = step;
    return (enum status)(STATUS_SIGNAL + signal);
}

/* Results, pictures and traces of what was trained. */
static bool
report(struct training *training, struct cause *cause)
{
    if (training->steps == training->first_step)
        return true;
    training->weights = trainer_weights_hash(training->session.trainer);
    if (!processes_same(training->weights))
        return fail(cause, "the replicas have different weights: the "
                           "all-reduce of this MPI is not the same for all");
    if (!processes_speak())
        return true;
    if (training->session.request.options->format == FORMAT_JSON)
        training_print_json(training);
    else
        training_print_text(training);
    return recording_finish(&training->recording, cause);
}

/* The status of a training that also has a file to write: one that could not
 * be, in any process, is said. */
static enum status
also(enum status status, bool written, struct cause *cause)
{
    if (processes_agree(written ? STATUS_DONE : STATUS_FAILED, cause) ==
        STATUS_DONE)
        return status;
    complain(STATUS_FAILED, cause);
    return status == STATUS_DONE ? STATUS_FAILED : status;
}

static enum status
train_run(struct training *training, struct cause *cause)
{
    const struct options *options = training->session.request.options;
    const struct recipe *recipe = &training->session.request.recipe;
    enum status status;

    text_release();
    tick_remark(&training->session.setup, options);
    if (training->session.test.count == 0 && !recipe_is_one_batch(recipe))
        text_remark("%s has no t10k split, so the accuracy is left out",
                    recipe->data);
    if (session_foresees_deadlock(&training->session))
        return STATUS_DEADLOCK;
    if (options->format == FORMAT_TEXT) {
        session_print_stages(&training->session);
        training_print_left_out(training);
    }
    interrupt_catch(training->session.trainer);
    if (options->break_at)
        interrupt_catch_trap();
    fflush(stdout);
    interrupt_watch(true);
    status = train_steps(training, cause);
    interrupt_watch(false);
    if (status == STATUS_FAILED)
        training_print_failed(training);
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
    return also(status, report(training, cause), cause);
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
    status =
        also(status, recording_close(&training.recording, &cause), &cause);
    free(training.epochs);
    session_end(&training.session);
    return (int)status;
}

const struct command command_train = {
    .name = "train",
    .summary = "Really train, one thread a rank; --schedule none is the "
               "one-thread monolith.",
    .takes = TAKES_PLAN | TAKES_TIME | TAKES_MODEL | TAKES_TRAINING |
             TAKES_SVG | TAKES_PICTURES | TAKES_HTML | TAKES_FORMAT,
    .examples =
        "  pipelab train\n"
        "  pipelab train --data digits --layers 2 --stages 2 --epochs 6\n"
        "  pipelab train --data digits --epochs 6 --save digits.safetensors\n",
    .run = cmd_train,
};
