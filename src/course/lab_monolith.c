/* lab_monolith.c -- the whole model in one slice, on one thread, with no link:
 * the ground truth that every pipeline of this course must equal. */
#include "config.h"

#include "course/course.h"

#include "base/hash.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Forward, loss and backward of microbatch m of mbs. Weight gradients add up
 * in model->grads; the result is the microbatch's part of the batch's loss. */
static double
lab_monolith_pass(struct slice *model, const struct dataset *batch, int mbs,
                  int m)
{
    const struct tensor none = {0};
    struct share share = batch_share(COURSE_BATCH, mbs, m);
    double loss;

    tensor_copy(slice_input(model, 0, share.rows), course_rows(batch, share));
    slice_forward(model, 0, share.rows);
    loss = slice_loss(model, 0, batch->labels + share.first, share.rows,
                      COURSE_BATCH);
    slice_backward(model, 0, none, none, share.rows);
    return loss;
}

/* Trains and returns a hash of the weights. */
static uint64_t
lab_monolith_train(const struct dataset *batch, double losses[COURSE_STEPS])
{
    struct slice *model = course_slice(0, COURSE_LAYERS);
    uint64_t hash;

    for (int step = 0; step < COURSE_STEPS; step++) {
        losses[step] = lab_monolith_pass(model, batch, 1, 0);
        slice_step(model);
    }
    hash = slice_hash(model, HASH_START);
    slice_free(model);
    return hash;
}

/* The first step's gradients, batch whole or cut; the caller frees. */
static struct slice *
first_gradients(const struct dataset *batch, int mbs)
{
    struct slice *model = course_slice(0, COURSE_LAYERS);

    for (int m = 0; m < mbs; m++)
        lab_monolith_pass(model, batch, mbs, m);
    return model;
}

static void
claim_microbatches_add_up(struct lab *lab, const struct dataset *batch)
{
    struct slice *whole = first_gradients(batch, 1);
    struct slice *cut = first_gradients(batch, COURSE_MBS);
    float largest = 0.0f;
    float difference = 0.0f;

    for (size_t i = 0; i < whole->params; i++) {
        largest = fmaxf(largest, fabsf(whole->grads[i]));
        difference = fmaxf(difference, fabsf(whole->grads[i] - cut->grads[i]));
    }
    lab_claim(lab, largest > 0.0f && difference < 1e-4f * largest,
              "the gradients of 8 microbatches add up to the batch's, within "
              "rounding",
              "largest gradient %.3g, largest difference %.3g",
              (double)largest, (double)difference);
    slice_free(whole);
    slice_free(cut);
}

static void
lab_monolith_run(struct lab *lab)
{
    const double guess = log(course_mlp.classes);
    size_t params = mlp_parameters(&course_mlp, 0, COURSE_LAYERS);
    struct dataset batch;
    double losses[COURSE_STEPS];
    double again[COURSE_STEPS];
    uint64_t hash;
    FILE *out;

    course_batch(&batch);
    lab_say(lab,
            "The model: %d layers of Linear and ReLU, %d wide, and a head for "
            "%d classes; %zu parameters. One batch of %d examples with random "
            "labels, so that there is nothing to learn but the batch itself. "
            "A step is forward, loss, backward, and then Adam:",
            COURSE_LAYERS, COURSE_HIDDEN, course_mlp.classes, params,
            COURSE_BATCH);
    hash = lab_monolith_train(&batch, losses);
    out = lab_show(lab);
    for (int step = 0; step < COURSE_STEPS; step += 4)
        fprintf(out, "step %2d  loss %.6f\n", step, losses[step]);
    lab_claim(lab, fabs(losses[0] - guess) < 0.05,
              "untrained, the model guesses: its loss is about ln 2",
              "%.4f, ln 2 is %.4f", losses[0], guess);
    lab_claim(lab, losses[COURSE_STEPS - 1] < losses[0],
              "training lowers the loss", "from %.4g to %.4g", losses[0],
              losses[COURSE_STEPS - 1]);
    lab_claim(lab,
              lab_monolith_train(&batch, again) == hash &&
                  memcmp(losses, again, sizeof losses) == 0,
              "the same seed gives the same bits again",
              "weights %016" PRIx64 " in one microbatch, both times", hash);
    lab_say(lab, "A batch can be taken in microbatches: the loss is a mean "
                 "over the batch's rows, so each microbatch gives its rows' "
                 "part of the loss and of the gradients, and the weights "
                 "change once, when all parts are there.");
    claim_microbatches_add_up(lab, &batch);
    dataset_fini(&batch);
}

static void
lab_monolith_sheet(struct sheet *sheet)
{
    struct dataset batch;
    double losses[COURSE_STEPS];

    course_batch(&batch);
    lab_monolith_train(&batch, losses);
    dataset_fini(&batch);
    sheet_task(
        sheet,
        "The whole model on one thread, one batch of %d examples with two "
        "classes. Before you run the lab, write down what you expect the "
        "loss to be: at step 0 the model guesses, so it is ln of what? "
        "Then fill in what the lab prints. Beside it: what must each row's "
        "loss be multiplied by, so that microbatches of 4 rows add up to "
        "the batch? (It is the same in every step.)",
        COURSE_BATCH);
    sheet_head(sheet, "step");
    sheet_head(sheet, "loss");
    sheet_head(sheet, "factor of a row");
    for (int step = 0; step < COURSE_STEPS; step += 4) {
        sheet_add(sheet, "%d", step);
        sheet_add(sheet, "%.6f", losses[step]);
        sheet_add(sheet, "1/%d", COURSE_BATCH);
    }
}

const struct lab_page lab_monolith = {
    .name = "monolith",
    .summary = "the whole model on one thread: the ground truth",
    .run = lab_monolith_run,
    .sheet = lab_monolith_sheet,
    .shell = {"pipelab train --schedule none --layers 8 --steps 30 "
              "--microbatches 1",
              "pipelab train --schedule none --layers 8 --steps 30"},
    .gdb = {"gdb --args pipelab lab monolith", "break slice_loss", "run",
            "finish", "print *model"},
};
