#include "config.h"

#include "grader.h"

#include "base/memory.h"
#include "data/dataset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { INPUTS = 6, HIDDEN = 8, CLASSES = 3 };

static const struct mlp mlp = {INPUTS, HIDDEN, 2, CLASSES};
static const struct optimizer_options sgd = {.kind = OPTIMIZER_SGD};

/* The gradient of the mean loss over rows first .. first+rows-1. */
static void
mean_gradient(float gradient[], const struct dataset *set, int first, int rows)
{
    struct slice *model =
        slice_new(&mlp, 0, mlp.layers, rows, 1, 0, &sgd, 1, NULL);
    const struct tensor none = {0};
    struct tensor x = {rows, INPUTS, set->values + first * INPUTS};

    tensor_copy(slice_input(model, 0, rows), x);
    slice_forward(model, 0, rows);
    slice_loss(model, 0, set->labels + first, rows, rows);
    slice_backward(model, 0, none, none, rows);
    memcpy(gradient, model->grads, model->params * sizeof *gradient);
    slice_free(model);
}

static double
largest(const float values[], size_t count)
{
    double most = 0.0;

    for (size_t i = 0; i < count; i++)
        if (fabs((double)values[i]) > most)
            most = fabs((double)values[i]);
    return most;
}

/* Holds the sum over microbatches of these rows against the batch's gradient:
 * equal but for rounding, whose bound is far below any factor's effect. */
static void
must_equal_the_batch(const int rows[], int mbs, const char *what)
{
    size_t count = mlp_parameters(&mlp, 0, mlp.layers);
    float *whole = memory_new(count, sizeof *whole);
    float *part = memory_new(count, sizeof *part);
    float *total = memory_new(count, sizeof *total);
    struct dataset set;
    double most;
    int batch = 0;
    int first = 0;

    doing(what);
    for (int m = 0; m < mbs; m++)
        batch += rows[m];
    dataset_random(&set, batch, INPUTS, CLASSES, 7);
    mean_gradient(whole, &set, 0, batch);
    for (int m = 0; m < mbs; m++) {
        mean_gradient(part, &set, first, rows[m]);
        exercise_add_gradient(total, part, count, rows[m], batch, mbs);
        first += rows[m];
    }
    ck_assert_msg(largest(total, count) > 0.0,
                  "%s: the sum is zero; nothing has been added to it", what);
    most = largest(whole, count);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(fabs((double)total[i] - (double)whole[i]) <= 1e-4 * most,
                      "%s: weight %zu has the gradient %.4g, should have the "
                      "batch's, %.4g",
                      what, i, (double)total[i], (double)whole[i]);
    dataset_fini(&set);
    free(total);
    free(part);
    free(whole);
}

START_TEST(one_microbatch_is_the_batch)
{
    must_equal_the_batch((int[]){6}, 1, "one microbatch of 6");
}
END_TEST

START_TEST(equal_microbatches_add_up)
{
    must_equal_the_batch((int[]){4, 4, 4}, 3, "microbatches of 4, 4 and 4");
}
END_TEST

START_TEST(unequal_microbatches_add_up)
{
    must_equal_the_batch((int[]){4, 3, 3}, 3, "microbatches of 4, 3 and 3");
    must_equal_the_batch((int[]){1, 7, 2, 1}, 4,
                         "microbatches of 1, 7, 2 and 1");
}
END_TEST

const struct claim claims[] = {
    {"one microbatch is the batch", 2, &one_microbatch_is_the_batch},
    {"equal microbatches give the batch's gradient", 3,
     &equal_microbatches_add_up},
    {"unequal ones do, too", 5, &unequal_microbatches_add_up},
    {NULL, 0, NULL},
};
