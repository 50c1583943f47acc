#include "config.h"

#include "base/memory.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/recording.h"
#include "cli/session.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A training from its options to its reports. */
struct training {
    struct session session;
    struct recording recording;
    int steps;
    double *accuracies; /* after each epoch */
    int epochs_done;
};

static void
make_trainer(struct training *training)
{
    struct session *session = &training->session;
    const struct options *options = session->options;
    struct trainer_options trainer = session_trainer_options(session);
    int per_epoch = session->train.count / options->batch;

    training->steps =
        options->epochs ? options->epochs * per_epoch : options->steps;
    training->accuracies =
        memory_new((size_t)(training->steps / per_epoch) + 1,
                   sizeof *training->accuracies);
    trainer.steps = training->steps;
    trainer.shuffle = strcmp(options->data, "random") != 0;
    trainer.stop = &interrupt_seen;
    session->trainer = trainer_new(&trainer);
}

static enum status
begin(struct training *training, const struct options *options,
      struct cause *cause)
{
    struct session *session = &training->session;
    enum status status = session_begin(session, options, cause);

    if (status != STATUS_DONE)
        return status;
    if (session->monolith && (options->svg || options->trace)) {
        fail(cause, "%s shows a schedule, and --schedule none has none; name "
                    "one",
             options->svg ? "--svg" : "--trace");
        return STATUS_USAGE;
    }
    make_trainer(training);
    return recording_open(&training->recording, session, cause)
               ? STATUS_DONE
               : STATUS_FAILED;
}

/* A bar on a terminal, nothing elsewhere. */
static void
show_progress(const struct training *training)
{
    const struct trainer *trainer = training->session.trainer;

    if (!isatty(STDERR_FILENO))
        return;
    fprintf(stderr, "\rstep %d of %d  loss %.4f\033[K", trainer->step,
            training->steps, trainer->losses[trainer->step - 1]);
    if (trainer->step == training->steps)
        fputs("\r\033[K", stderr);
}

static void
finish_epoch(struct training *training)
{
    struct trainer *trainer = training->session.trainer;
    double accuracy;

    if (!trainer->options.shuffle ||
        (trainer->step % trainer->batches.per_epoch &&
         trainer->step < training->steps))
        return;
    if (training->session.test.count == 0)
        return;
    accuracy = trainer_accuracy(trainer, &training->session.test);
    training->accuracies[training->epochs_done++] = accuracy;
    if (training->session.options->format == FORMAT_TEXT)
        printf("epoch %d: step %d, loss %.4f, test accuracy %.2f %%\n",
               training->epochs_done, trainer->step,
               trainer->losses[trainer->step - 1], 100.0 * accuracy);
}

static enum run_status
train(struct training *training)
{
    struct trainer *trainer = training->session.trainer;
    enum run_status status = RUN_DONE;

    while (trainer->step < training->steps && status == RUN_DONE &&
           atomic_load(&interrupt_seen) == 0) {
        int from = trainer->step;

        status = trainer_steps(
            trainer,
            trainer_steps_in_epoch(trainer, training->steps - from));
        if (status != RUN_DONE || trainer->step == from)
            break;
        recording_add(&training->recording, from);
        show_progress(training);
        finish_epoch(training);
        fflush(stdout);
    }
    return status;
}

static void
print_losses(const struct training *training)
{
    const double *losses = training->session.trainer->losses;
    int every = training->steps > 10 ? training->steps / 10 : 1;

    for (int s = 0; s < training->steps; s++)
        if (s % every == 0 || s == training->steps - 1)
            printf("step %6d  loss %.6f\n", s, losses[s]);
}

static void
print_text(const struct training *training)
{
    const struct trainer *trainer = training->session.trainer;

    if (training->epochs_done == 0)
        print_losses(training);
    printf("%d steps in %.3f s, %.0f samples a second; final loss %.6f; "
           "weights %016" PRIx64 "\n",
           training->steps, session_seconds(&training->session),
           (double)training->steps * trainer->options.batch / session_seconds(&training->session),
           trainer->losses[training->steps - 1],
           trainer_weights_hash(trainer));
    if (trainer->run)
        session_print_clocks(&training->session, training->steps);
}

static void
print_json(const struct training *training)
{
    const struct trainer *trainer = training->session.trainer;
    struct json json = {.out = stdout};
    char hash[17];

    snprintf(hash, sizeof hash, "%016" PRIx64, trainer_weights_hash(trainer));
    json_open(&json, NULL, '{');
    session_json(&training->session, &json);
    json_int(&json, "batch", trainer->options.batch);
    json_int(&json, "steps", training->steps);
    json_open(&json, "losses", '[');
    for (int s = 0; s < training->steps; s++)
        json_number(&json, NULL, trainer->losses[s]);
    json_close(&json, ']');
    json_number(&json, "final_loss", trainer->losses[training->steps - 1]);
    json_open(&json, "test_accuracy", '[');
    for (int e = 0; e < training->epochs_done; e++)
        json_number(&json, NULL, training->accuracies[e]);
    json_close(&json, ']');
    json_text(&json, "weights_hash", hash);
    json_number(&json, "seconds", session_seconds(&training->session));
    json_number(&json, "samples_per_second",
                (double)training->steps * trainer->options.batch /
                    session_seconds(&training->session));
    json_close(&json, '}');
    putchar('\n');
}

/* Results, pictures and traces of what was trained. */
static enum status
report(struct training *training, struct cause *cause)
{
    const struct trainer *trainer = training->session.trainer;
    const struct options *options = training->session.options;
    enum status status = STATUS_DONE;

    if (trainer->step < training->steps) {
        fprintf(stderr, "pipelab: interrupted after %d of %d steps\n",
                trainer->step, training->steps);
        training->steps = trainer->step;
        status = STATUS_INTERRUPTED;
    }
    if (training->steps == 0)
        return status;
    if (options->format == FORMAT_JSON)
        print_json(training);
    else
        print_text(training);
    if (!recording_finish(&training->recording, cause))
        status = (enum status)complain(STATUS_FAILED, cause);
    return status;
}

static enum status
run(struct training *training, struct cause *cause)
{
    enum run_status stopped;

    if (training->session.options->format == FORMAT_TEXT)
        session_print_stages(&training->session);
    interrupt_catch();
    fflush(stdout);
    stopped = train(training);
    return stopped == RUN_DONE ? report(training, cause)
                               : session_explain(&training->session, stopped);
}

int
cmd_train(const struct options *options)
{
    struct training training = {.steps = 0};
    struct cause cause;
    enum status status = begin(&training, options, &cause);

    if (status == STATUS_DONE)
        status = run(&training, &cause);
    else
        complain(status, &cause);
    if (!recording_close(&training.recording, &cause)) {
        complain(STATUS_FAILED, &cause);
        if (status == STATUS_DONE)
            status = STATUS_FAILED;
    }
    free(training.accuracies);
    session_end(&training.session);
    return (int)status;
}
