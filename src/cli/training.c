/* training.c -- prints what a training came to: epochs, losses, weights. */
#include "config.h"

#include "cli/training.h"

#include "base/columns.h"
#include "base/plural.h"
#include "base/text.h"
#include "report/curve.h"

#include <inttypes.h>

void
training_print_epoch(const struct training *training,
                     const struct epoch *epoch)
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

/* Examples that an epoch has no whole batch for. */
static int
left_out(const struct training *training)
{
    return training->session.train.count % session_batch(&training->session);
}

void
training_print_left_out(const struct training *training)
{
    const struct trainer *trainer = training->session.trainer;

    if (left_out(training) > 0)
        text_line(stdout,
                  "an epoch is %d whole batch%s and leaves out %d of %d "
                  "example%s, others each time",
                  trainer->batches.per_epoch,
                  plural_es(trainer->batches.per_epoch), left_out(training),
                  training->session.train.count,
                  plural(training->session.train.count));
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
training_samples_per_second(const struct training *training)
{
    const struct session *session = &training->session;

    return (double)(training->steps - training->first_step) *
           session_batch(session) / session_seconds(session);
}

/* What the loss has come to. With epochs it is a mean: the batch of the last
 * step may be a hard one. Of one batch it is that batch's, which may rise
 * again. */
static void
print_result(const struct training *training)
{
    const struct trainer *trainer = training->session.trainer;
    int epochs = training->epochs_done;
    int lowest = training->first_step;
    int mbs = training->session.request.recipe.mbs;

    for (int s = lowest; s < training->steps; s++)
        if (trainer_loss(trainer, s) < trainer_loss(trainer, lowest))
            lowest = s;
    if (epochs > 0)
        printf("mean loss of epoch %d: %.6f\n",
               training->epochs[epochs - 1].first /
                       trainer->batches.per_epoch +
                   1,
               training->epochs[epochs - 1].loss);
    else
        printf("final loss %.6f, lowest %.6f at step %d\n",
               trainer_loss(trainer, training->steps - 1),
               trainer_loss(trainer, lowest), lowest);
    printf("weights %016" PRIx64 " after %d step%s in %d microbatch%s\n",
           training->weights, training->steps, plural(training->steps), mbs,
           plural_es(mbs));
}

void
training_print_text(const struct training *training)
{
    const struct session *session = &training->session;
    const struct trainer *trainer = session->trainer;
    struct curve losses = session_losses(session);
    int steps = training->steps - training->first_step;

    if (training->epochs_done == 0)
        print_losses(training);
    curve_print(stdout, &losses, columns_of(stdout));
    printf("%d step%s in %.3f s, %.0f samples a second\n", steps,
           plural(steps), session_seconds(session),
           training_samples_per_second(training));
    print_result(training);
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

void
training_print_failed(struct training *training)
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

void
training_print_json(const struct training *training)
{
    const struct session *session = &training->session;
    struct json json = {.out = stdout};
    char hash[17];

    snprintf(hash, sizeof hash, "%016" PRIx64, training->weights);
    json_open(&json, NULL, '{');
    session_json(session, &json);
    json_losses(&json, training);
    json_text(&json, "weights_hash", hash);
    json_number(&json, "seconds", session_seconds(session));
    json_number(&json, "samples_per_second",
                training_samples_per_second(training));
    json_close(&json, '}');
    putchar('\n');
}
