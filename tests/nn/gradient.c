/* gradient.c -- loss and gradients against a model of our own in doubles:
 * central differences of its loss are good to 1e-8 or so, so that what is left
 * is the float's rounding. */
#include "config.h"

#include "base/memory.h"
#include "cases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 6, WIDEST = 16 };

static const struct mlp models[] = {
    {.inputs = 5, .hidden = 7, .layers = 1, .classes = 3},
    {.inputs = 4, .hidden = 6, .layers = 3, .classes = 2},
    {.inputs = 9, .hidden = 4, .layers = 2, .classes = 10},
};

enum { MODELS = sizeof models / sizeof *models };

/* Mean cross entropy of one row. */
static double
reference_row(const struct mlp *mlp, const double *w, const double *input,
              int label)
{
    double x[WIDEST];
    double y[WIDEST];
    double sum = 0.0;

    memcpy(x, input, (size_t)mlp->inputs * sizeof *x);
    for (int l = 0; l <= mlp->layers; l++) {
        int in = mlp_layer_inputs(mlp, l);
        int out = mlp_layer_outputs(mlp, l);

        for (int o = 0; o < out; o++) {
            y[o] = w[out * in + o];
            for (int i = 0; i < in; i++)
                y[o] += w[o * in + i] * x[i];
            if (l < mlp->layers && y[o] < 0)
                y[o] = 0;
        }
        memcpy(x, y, (size_t)out * sizeof *x);
        w += out * in + out;
    }
    for (int c = 0; c < mlp->classes; c++)
        sum += exp(x[c]);
    return log(sum) - x[label];
}

static double
reference_loss(const struct mlp *mlp, const double *w, const double *x,
               const struct batch *batch)
{
    double loss = 0.0;

    for (int r = 0; r < batch->rows; r++)
        loss += reference_row(mlp, w, x + r * mlp->inputs, batch->labels[r]);
    return loss / batch->rows;
}

static double *
in_doubles(const float *floats, size_t count)
{
    double *doubles = memory_new(count, sizeof *doubles);

    for (size_t i = 0; i < count; i++)
        doubles[i] = (double)floats[i];
    return doubles;
}

/* The derivative of the loss by *variable. */
static double
difference(const struct mlp *mlp, const double *w, const double *x,
           const struct batch *batch, double *variable)
{
    const double step = 1e-5;
    double was = *variable;
    double above;
    double below;

    *variable = was + step;
    above = reference_loss(mlp, w, x, batch);
    *variable = was - step;
    below = reference_loss(mlp, w, x, batch);
    *variable = was;
    return (above - below) / (2 * step);
}

/* Gradients here are of order 0.1: sums of ROWS products through up to four
 * layers of at most WIDEST terms. */
static const double BOUND = 2e-6;

START_TEST(loss_is_the_references)
{
    const struct mlp *mlp = &models[_i];
    struct slice *slice = whole_model(mlp, ROWS, 1, 0);
    double *w = in_doubles(slice->weights, slice->params);
    struct batch batch;
    double *x;

    batch_init(&batch, ROWS, mlp->inputs, mlp->classes);
    x = in_doubles(batch.x.data, tensor_count(batch.x));
    ck_assert_double_eq_tol(run_forward(slice, 0, &batch, 0, ROWS),
                            reference_loss(mlp, w, x, &batch), 1e-6);
    free(x);
    free(w);
    batch_fini(&batch);
    slice_free(slice);
}
END_TEST

START_TEST(weight_gradients_are_the_central_differences)
{
    const struct mlp *mlp = &models[_i];
    struct slice *slice = whole_model(mlp, ROWS, 1, 0);
    double *w = in_doubles(slice->weights, slice->params);
    struct batch batch;
    double *x;

    batch_init(&batch, ROWS, mlp->inputs, mlp->classes);
    x = in_doubles(batch.x.data, tensor_count(batch.x));
    run_forward(slice, 0, &batch, 0, ROWS);
    slice_backward(slice, 0, (struct tensor){0}, (struct tensor){0}, ROWS);
    for (size_t p = 0; p < slice->params; p++)
        ck_assert_double_eq_tol((double)slice->grads[p],
                                difference(mlp, w, x, &batch, &w[p]), BOUND);
    free(x);
    free(w);
    batch_fini(&batch);
    slice_free(slice);
}
END_TEST

START_TEST(input_gradients_are_the_central_differences)
{
    const struct mlp *mlp = &models[_i];
    struct slice *slice = whole_model(mlp, ROWS, 1, 0);
    double *w = in_doubles(slice->weights, slice->params);
    struct tensor dx = tensor_new(ROWS, mlp->inputs);
    struct batch batch;
    double *x;

    batch_init(&batch, ROWS, mlp->inputs, mlp->classes);
    x = in_doubles(batch.x.data, tensor_count(batch.x));
    run_forward(slice, 0, &batch, 0, ROWS);
    slice_backward(slice, 0, (struct tensor){0}, dx, ROWS);
    for (size_t i = 0; i < tensor_count(dx); i++)
        ck_assert_double_eq_tol((double)dx.data[i],
                                difference(mlp, w, x, &batch, &x[i]), BOUND);
    tensor_free(&dx);
    free(x);
    free(w);
    batch_fini(&batch);
    slice_free(slice);
}
END_TEST

/* Gradients of the whole batch against sums over microbatches, even or not:
 * the same sums of ROWS terms in another order. */
START_TEST(microbatches_add_up_to_the_batch)
{
    const struct mlp *mlp = &models[1];
    static const int cuts[][ROWS] = {
        {3, 3}, {4, 2}, {1, 2, 3}, {2, 2, 1, 1}, {1, 1, 1, 1, 1, 1}};
    struct slice *whole = whole_model(mlp, ROWS, 1, 0);
    struct batch batch;
    double loss;

    batch_init(&batch, ROWS, mlp->inputs, mlp->classes);
    loss = run_forward(whole, 0, &batch, 0, ROWS);
    slice_backward(whole, 0, (struct tensor){0}, (struct tensor){0}, ROWS);
    for (size_t c = 0; c < sizeof cuts / sizeof *cuts; c++) {
        struct slice *cut = whole_model(mlp, ROWS, 1, 0);
        double sum = 0.0;
        int first = 0;

        for (int m = 0; m < ROWS && cuts[c][m]; m++) {
            sum += run_forward(cut, 0, &batch, first, cuts[c][m]);
            slice_backward(cut, 0, (struct tensor){0}, (struct tensor){0},
                           cuts[c][m]);
            first += cuts[c][m];
        }
        ck_assert_double_eq_tol(sum, loss, 1e-6);
        for (size_t p = 0; p < cut->params; p++)
            ck_assert_double_eq_tol((double)cut->grads[p],
                                    (double)whole->grads[p], BOUND);
        slice_free(cut);
    }
    batch_fini(&batch);
    slice_free(whole);
}
END_TEST

START_TEST(a_model_without_weights_loses_the_log_of_the_classes)
{
    const struct mlp *mlp = &models[_i];
    struct slice *slice = whole_model(mlp, ROWS, 1, 0);
    struct batch batch;

    batch_init(&batch, ROWS, mlp->inputs, mlp->classes);
    memset(slice->weights, 0, slice->params * sizeof *slice->weights);
    ck_assert_double_eq_tol(run_forward(slice, 0, &batch, 0, ROWS),
                            log(mlp->classes), 1e-6);
    batch_fini(&batch);
    slice_free(slice);
}
END_TEST

START_TEST(huge_logits_neither_overflow_nor_vanish)
{
    const struct mlp mlp = {.inputs = 2, .hidden = 2, .layers = 1, .classes = 3};
    struct slice *slice = whole_model(&mlp, 2, 1, 0);
    const uint8_t labels[] = {0, 2};
    float *logits = slice->stash[0].logits.data;
    double loss;

    memcpy(logits, (const float[]){1e4f, 0, -1e4f, 1e4f, 0, -1e4f},
           6 * sizeof *logits);
    loss = slice_loss(slice, 0, labels, 2, 2);
    /* Row 0 is right: 0. Row 1 is wrong by 2e4. Half of each. */
    ck_assert_double_eq_tol(loss, 1e4, 1e-3);
    ck_assert_float_eq(logits[0], 0.0f);
    ck_assert_float_eq(logits[3], 0.5f);
    ck_assert_float_eq(logits[5], -0.5f);
    slice_free(slice);
}
END_TEST

START_TEST(the_largest_logit_is_the_answer)
{
    const struct mlp mlp = {.inputs = 2, .hidden = 2, .layers = 1, .classes = 3};
    struct slice *slice = whole_model(&mlp, 3, 1, 0);
    const uint8_t labels[] = {0, 2, 1};

    memcpy(slice->stash[0].logits.data,
           (const float[]){3, 1, 2, 1, 2, 3, 3, 2, 1},
           9 * sizeof *slice->weights);
    ck_assert_int_eq(slice_correct(slice, 0, labels, 3), 2);
    ck_assert_int_eq(slice_correct(slice, 0, labels, 1), 1);
    slice_free(slice);
}
END_TEST

TCase *
gradient_case(void)
{
    TCase *tcase = tcase_create("gradients");

    tcase_add_loop_test(tcase, loss_is_the_references, 0, MODELS);
    tcase_add_loop_test(tcase, weight_gradients_are_the_central_differences, 0,
                        MODELS);
    tcase_add_loop_test(tcase, input_gradients_are_the_central_differences, 0,
                        MODELS);
    tcase_add_test(tcase, microbatches_add_up_to_the_batch);
    tcase_add_loop_test(tcase,
                        a_model_without_weights_loses_the_log_of_the_classes, 0,
                        MODELS);
    tcase_add_test(tcase, huge_logits_neither_overflow_nor_vanish);
    tcase_add_test(tcase, the_largest_logit_is_the_answer);
    return tcase;
}
