/* lab_partition.c -- the model cut in two by hand, still on one thread.
 *
 *   x -> [ lower: layers 0-3 ] --activations--> [ upper: layers 4-7 ] -> loss
 *                              <--gradient-----
 *
 * What crosses the cut is one tensor each way, and it is all that crosses. */
#include "config.h"

#include "course/course.h"

#include "base/hash.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { CUT = COURSE_LAYERS / 2 };

static const struct tensor none = {0};

struct halves {
    struct slice *lower;
    struct slice *upper;
    struct tensor gradient; /* of the loss, for the activations */
    bool passes_back;       /* false: the lower half gets no gradient */
};

static void
halves_init(struct halves *halves, bool passes_back)
{
    halves->lower = course_slice(0, CUT);
    halves->upper = course_slice(CUT, COURSE_LAYERS - CUT);
    halves->gradient = tensor_new(COURSE_BATCH, COURSE_HIDDEN);
    halves->passes_back = passes_back;
}

static void
halves_fini(struct halves *halves)
{
    tensor_free(&halves->gradient);
    slice_free(halves->upper);
    slice_free(halves->lower);
}

static struct tensor
values(const struct dataset *batch)
{
    return course_rows(batch, (struct share){0, COURSE_BATCH});
}

/* Forward from lower to upper, backward from upper to lower; returns the
 * loss. */
static double
lab_partition_pass(struct halves *halves, const struct dataset *batch)
{
    double loss;

    tensor_copy(slice_input(halves->lower, 0, COURSE_BATCH), values(batch));
    slice_forward(halves->lower, 0, COURSE_BATCH);

    tensor_copy(slice_input(halves->upper, 0, COURSE_BATCH),
                slice_output(halves->lower, 0, COURSE_BATCH));
    slice_forward(halves->upper, 0, COURSE_BATCH);
    loss = slice_loss(halves->upper, 0, batch->labels, COURSE_BATCH,
                      COURSE_BATCH);
    slice_backward(halves->upper, 0, none, halves->gradient, COURSE_BATCH);

    if (halves->passes_back)
        slice_backward(halves->lower, 0, halves->gradient, none, COURSE_BATCH);
    return loss;
}

/* The same for the whole model. */
static double
pass_whole(struct slice *model, const struct dataset *batch)
{
    double loss;

    tensor_copy(slice_input(model, 0, COURSE_BATCH), values(batch));
    slice_forward(model, 0, COURSE_BATCH);
    loss = slice_loss(model, 0, batch->labels, COURSE_BATCH, COURSE_BATCH);
    slice_backward(model, 0, none, none, COURSE_BATCH);
    return loss;
}

static void
describe(FILE *out, const char *what, struct tensor t)
{
    double squares = 0.0;
    size_t zeros = 0;

    for (size_t i = 0; i < tensor_count(t); i++) {
        squares += (double)t.data[i] * (double)t.data[i];
        zeros += t.data[i] == 0.0f;
    }
    fprintf(out, "%-22s %d x %d floats, norm %.4g, %zu zeros\n", what, t.rows,
            t.cols, sqrt(squares), zeros);
}

static size_t
differing(const float *a, const float *b, size_t count)
{
    size_t differ = 0;

    for (size_t i = 0; i < count; i++)
        differ += memcmp(&a[i], &b[i], sizeof *a) != 0;
    return differ;
}

/* One pass of each, before any weight has changed. */
static void
compare_tensors(struct lab *lab, const struct dataset *batch)
{
    struct slice *whole = course_slice(0, COURSE_LAYERS);
    struct halves halves;
    struct tensor handed;
    size_t below;
    size_t differ;
    FILE *out;

    halves_init(&halves, true);
    lab_partition_pass(&halves, batch);
    pass_whole(whole, batch);
    handed = slice_output(halves.lower, 0, COURSE_BATCH);
    out = lab_show(lab);
    describe(out, "up, activations", handed);
    describe(out, "down, their gradient", halves.gradient);
    differ = differing(handed.data, whole->stash[0].x[CUT].data,
                       tensor_count(handed));
    lab_claim(lab, differ == 0,
              "what goes up is what the monolith has between layers 3 and 4",
              "%zu floats, %zu differ", tensor_count(handed), differ);
    below = halves.lower->params;
    differ = differing(halves.lower->grads, whole->grads, below) +
             differing(halves.upper->grads, whole->grads + below,
                       halves.upper->params);
    lab_claim(lab, differ == 0,
              "from what comes down, the lower half has the monolith's weight "
              "gradients, as has the upper",
              "%zu floats, %zu differ", whole->params, differ);
    halves_fini(&halves);
    slice_free(whole);
}

/* Trains both ways and compares the results; returns the last loss. */
static double
compare_training(struct lab *lab, const struct dataset *batch)
{
    struct slice *whole = course_slice(0, COURSE_LAYERS);
    struct halves halves;
    uint64_t hashes[2];
    double losses[2];
    int same = 0;

    halves_init(&halves, true);
    for (int step = 0; step < COURSE_STEPS; step++) {
        losses[0] = lab_partition_pass(&halves, batch);
        losses[1] = pass_whole(whole, batch);
        same += memcmp(&losses[0], &losses[1], sizeof losses[0]) == 0;
        slice_step(halves.lower);
        slice_step(halves.upper);
        slice_step(whole);
    }
    hashes[0] = slice_hash(halves.upper, slice_hash(halves.lower, HASH_START));
    hashes[1] = slice_hash(whole, HASH_START);
    lab_claim(lab, same == COURSE_STEPS && hashes[0] == hashes[1],
              "trained, two halves are the monolith bit for bit",
              "%d of %d losses are the same; weights %016" PRIx64
              ", the monolith's in one microbatch %016" PRIx64,
              same, COURSE_STEPS, hashes[0], hashes[1]);
    halves_fini(&halves);
    slice_free(whole);
    return losses[0];
}

/* Trains two halves without passing the gradient back. `learned` is the last
 * loss of halves that pass it. */
static void
keep_gradient(struct lab *lab, const struct dataset *batch, double learned)
{
    struct halves fresh;
    struct halves halves;
    double first = 0.0;
    double last = 0.0;
    size_t lower;
    size_t upper;

    halves_init(&fresh, false);
    halves_init(&halves, false);
    for (int step = 0; step < COURSE_STEPS; step++) {
        last = lab_partition_pass(&halves, batch);
        if (step == 0)
            first = last;
        slice_step(halves.lower);
        slice_step(halves.upper);
    }
    lower = differing(halves.lower->weights, fresh.lower->weights,
                      fresh.lower->params);
    upper = differing(halves.upper->weights, fresh.upper->weights,
                      fresh.upper->params);
    lab_claim(lab, lower == 0 && upper > 0,
              "if the gradient is not passed back, only the upper half learns",
              "weights changed: lower half %zu of %zu, upper half %zu of %zu",
              lower, fresh.lower->params, upper, fresh.upper->params);
    lab_claim(lab, last < first && last > learned,
              "and nothing complains: the loss goes down all the same, only "
              "not as far",
              "from %.4g to %.4g; when both halves learn, to %.4g", first,
              last, learned);
    halves_fini(&halves);
    halves_fini(&fresh);
}

static void
lab_partition_run(struct lab *lab)
{
    struct dataset batch;
    double learned;

    course_batch(&batch);
    lab_say(lab,
            "The model is cut after layer %d; both halves run in this one "
            "thread. All that crosses the cut is one tensor up, the "
            "activations, and one tensor down, the gradient of the loss with "
            "respect to them:",
            CUT - 1);
    compare_tensors(lab, &batch);
    lab_say(lab,
            "The halves keep weights, gradients and Adam's state of their "
            "own. Let each do its steps:");
    learned = compare_training(lab, &batch);
    lab_say(lab, "Now the classic mistake: the upper half computes the "
                 "gradient, but the lower half does not get it.");
    keep_gradient(lab, &batch, learned);
    dataset_fini(&batch);
}

static void
lab_partition_sheet(struct sheet *sheet)
{
    sheet_task(
        sheet,
        "The course's model: %d layers of %d x %d weights and %d biases, "
        "and a head of %d x %d weights and %d biases. Cut it after a "
        "layer. How many parameters are below the cut, how many above? "
        "How many floats go up through the cut in a step, how many come "
        "down, with a batch of %d? Does it matter where it is cut?",
        COURSE_LAYERS, COURSE_HIDDEN, COURSE_HIDDEN, COURSE_HIDDEN,
        course_mlp.classes, COURSE_HIDDEN, course_mlp.classes, COURSE_BATCH);
    sheet_head(sheet, "cut after layer");
    sheet_head(sheet, "parameters below");
    sheet_head(sheet, "above");
    sheet_head(sheet, "floats up");
    sheet_head(sheet, "floats down");
    for (int cut = 1; cut < COURSE_LAYERS; cut++) {
        sheet_add(sheet, "%d", cut - 1);
        sheet_add(sheet, "%zu", mlp_parameters(&course_mlp, 0, cut));
        sheet_add(sheet, "%zu",
                  mlp_parameters(&course_mlp, cut, COURSE_LAYERS - cut));
        sheet_add(sheet, "%d", COURSE_BATCH * COURSE_HIDDEN);
        sheet_add(sheet, "%d", COURSE_BATCH * COURSE_HIDDEN);
    }
}

const struct lab_page lab_partition = {
    .name = "partition",
    .summary = "two halves by hand: what crosses the cut, up and down",
    .run = lab_partition_run,
    .sheet = lab_partition_sheet,
    .shell = {"pipelab train --stages 2 --layers 8 --split 4,4 --steps 30",
              "pipelab train --stages 2 --layers 8 --split 1,7 --steps 30"},
    .gdb = {"gdb --args pipelab lab partition",
            "break slice_backward if slice->first == 0 && !slice->head", "run",
            "up", "print halves->gradient", "print *halves->lower",
            "print *halves->upper"},
};
