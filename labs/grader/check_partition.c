#include "config.h"

#include "grader.h"

#include "data/dataset.h"

#include <string.h>

enum { ROWS = 5, INPUTS = 6, HIDDEN = 8, CLASSES = 3, LAYERS = 4, CUT = 2 };

static const struct mlp mlp = {INPUTS, HIDDEN, LAYERS, CLASSES};
static const struct optimizer_options sgd = {.kind = OPTIMIZER_SGD};

/* The student's halves and the model they must equal, after a batch. */
struct both {
    struct slice *whole;
    struct slice *lower;
    struct slice *upper;
    double loss;        /* the whole model's */
    double halves_loss; /* the student's */
};

static struct slice *
layers(int first, int count)
{
    return slice_new(&mlp, first, count, ROWS, 1, 0, &sgd, 1, NULL);
}

static void
run_both(struct both *both)
{
    const struct tensor none = {0};
    struct tensor handed = tensor_new(ROWS, HIDDEN);
    struct dataset set;
    struct tensor x;

    dataset_random(&set, ROWS, INPUTS, CLASSES, 7);
    x = (struct tensor){ROWS, INPUTS, set.values};
    both->whole = layers(0, LAYERS);
    both->lower = layers(0, CUT);
    both->upper = layers(CUT, LAYERS - CUT);
    tensor_copy(slice_input(both->whole, 0, ROWS), x);
    slice_forward(both->whole, 0, ROWS);
    both->loss = slice_loss(both->whole, 0, set.labels, ROWS, ROWS);
    slice_backward(both->whole, 0, none, none, ROWS);
    doing("exercise_forward()");
    both->halves_loss =
        exercise_forward(both->lower, both->upper, x, set.labels);
    doing("exercise_backward()");
    exercise_backward(both->lower, both->upper, handed, ROWS);
    ck_assert_msg(both->lower->params == mlp_parameters(&mlp, 0, CUT) &&
                      both->lower->params + both->upper->params ==
                          both->whole->params,
                  "the slices' own numbers have changed; leave them alone");
    dataset_fini(&set);
    tensor_free(&handed);
}

static void
free_both(struct both *both)
{
    slice_free(both->whole);
    slice_free(both->lower);
    slice_free(both->upper);
}

/* grads of a half against the same layers of the whole model. */
static void
must_have_gradients(const struct slice *half, const float *wanted,
                    const char *name, const char *hint)
{
    size_t zeros = 0;
    size_t differ = 0;

    for (size_t i = 0; i < half->params; i++) {
        zeros += half->grads[i] == 0.0f;
        differ += memcmp(&half->grads[i], &wanted[i], sizeof *wanted) != 0;
    }
    ck_assert_msg(zeros < half->params,
                  "the %s half's weight gradients are all zero: %s", name,
                  hint);
    ck_assert_msg(differ == 0,
                  "%zu of the %s half's %zu weight gradients are not the "
                  "uncut model's",
                  differ, name, half->params);
}

START_TEST(the_loss_is_the_uncut_models)
{
    struct both both;

    run_both(&both);
    ck_assert_msg(both.halves_loss == both.loss,
                  "the loss is %.6g, the uncut model's %.6g", both.halves_loss,
                  both.loss);
    free_both(&both);
}
END_TEST

START_TEST(the_upper_half_has_its_gradients)
{
    struct both both;

    run_both(&both);
    must_have_gradients(both.upper, both.whole->grads + both.lower->params,
                        "upper", "its backward has not run");
    free_both(&both);
}
END_TEST

START_TEST(the_lower_half_has_its_gradients)
{
    struct both both;

    run_both(&both);
    must_have_gradients(both.lower, both.whole->grads, "lower",
                        "has the gradient of the upper half's input been "
                        "handed back to it?");
    free_both(&both);
}
END_TEST

const struct claim claims[] = {
    {"forward: the loss is the uncut model's", 3,
     &the_loss_is_the_uncut_models},
    {"backward: the upper half's weight gradients", 3,
     &the_upper_half_has_its_gradients},
    {"hand-off: the lower half's weight gradients", 4,
     &the_lower_half_has_its_gradients},
    {NULL, 0, NULL},
};
