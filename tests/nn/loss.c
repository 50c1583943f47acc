/* loss.c -- softmax cross entropy and accuracy, on logits set by hand. */
#include "config.h"

#include "nn/slice.h"

#include "cases.h"
#include "models.h"

#include <math.h>
#include <string.h>

/* The whole model, so that it has the head. */
static struct slice *
last_slice(const struct mlp *mlp)
{
    struct optimizer_options adam = optimizer_defaults(OPTIMIZER_ADAM);

    return slice_new(mlp, 0, mlp->layers, 6, 1, 0, &adam, SEED, NULL);
}

/* A last slice whose logits are set by hand. */
static struct slice *
with_logits(int classes, int rows, const float logits[])
{
    struct mlp mlp = {3, 4, 1, classes};
    struct slice *slice = last_slice(&mlp);

    memcpy(slice->stash[0].logits.data, logits,
           (size_t)(rows * classes) * sizeof *logits);
    return slice;
}

START_TEST(loss_of_zero_weights_is_log_of_classes)
{
    static const int classes[] = {2, 3, 10, 256};

    for (int c = 0; c < 4; c++) {
        struct mlp mlp = {9, 13, 2, classes[c]};
        struct slice *slice = last_slice(&mlp);
        const uint8_t labels[] = {0, 1, 1, 0, 1};

        memset(slice->weights, 0, slice->params * sizeof *slice->weights);
        slice_pack(slice);
        fill_normal(slice_input(slice, 0, 5), 1);
        slice_forward(slice, 0, 5);
        ck_assert_double_eq_tol(slice_loss(slice, 0, labels, 5, 5),
                                log(classes[c]), 1e-12);
        slice_free(slice);
    }
}
END_TEST

/* Logits are floats, but their loss is worked out in doubles; its gradient is
 * a float, rounded thrice. */
START_TEST(loss_and_its_gradient_are_softmax_cross_entropys)
{
    enum { ROWS = 6, CLASSES = 7, BATCH = 11 };
    const uint8_t labels[ROWS] = {6, 0, 3, 3, 1, 5};
    float floats[ROWS * CLASSES];
    struct tensor logits = {ROWS, CLASSES, floats};
    double expected = 0.0;
    struct slice *slice;
    const float *gradient;

    fill_normal(logits, 3);
    slice = with_logits(CLASSES, ROWS, floats);
    gradient = slice->stash[0].logits.data;
    for (int r = 0; r < ROWS; r++) {
        double sum = 0.0;

        for (int c = 0; c < CLASSES; c++)
            sum += exp((double)floats[r * CLASSES + c]);
        expected += log(sum) - (double)floats[r * CLASSES + labels[r]];
    }
    ck_assert_double_eq_tol(slice_loss(slice, 0, labels, ROWS, BATCH),
                            expected / BATCH, 1e-13);
    for (int r = 0; r < ROWS; r++) {
        double sum = 0.0;

        for (int c = 0; c < CLASSES; c++)
            sum += exp((double)floats[r * CLASSES + c]);
        for (int c = 0; c < CLASSES; c++) {
            double p = exp((double)floats[r * CLASSES + c]) / sum;

            ck_assert_double_eq_tol((double)gradient[r * CLASSES + c],
                                    (p - (c == labels[r])) / BATCH,
                                    3 * ROUNDING / BATCH);
        }
    }
    slice_free(slice);
}
END_TEST

START_TEST(loss_of_huge_logits_is_finite_and_right)
{
    static const float logits[] = {1e4f,  0.0f, -1e4f, 1e4f,  0.0f,  -1e4f,
                                   -1e4f, 1e4f, 1e4f,  -1e4f, -1e4f, -1e4f};
    static const double losses[] = {0.0, 2e4, 0.69314718055994531,
                                    1.0986122886681098};
    static const double gradients[] = {0.0,  0.0,        0.0,       1.0,
                                       0.0,  -1.0,       0.0,       0.5,
                                       -0.5, -2.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0};
    static const uint8_t labels[] = {0, 2, 2, 0};

    /* Row by row, then all four. */
    for (int r = 0; r < 4; r++) {
        struct slice *slice = with_logits(3, 1, logits + 3 * r);

        ck_assert_double_eq_tol(slice_loss(slice, 0, labels + r, 1, 1),
                                losses[r], 1e-12);
        for (int c = 0; c < 3; c++)
            ck_assert_double_eq_tol((double)slice->stash[0].logits.data[c],
                                    gradients[3 * r + c], ROUNDING);
        slice_free(slice);
    }
    for (int rows = 1; rows <= 4; rows++) {
        struct slice *slice = with_logits(3, rows, logits);
        double sum = 0.0;

        for (int r = 0; r < rows; r++)
            sum += losses[r];
        ck_assert_double_eq_tol(slice_loss(slice, 0, labels, rows, 8), sum / 8,
                                1e-11);
        slice_free(slice);
    }
}
END_TEST

START_TEST(loss_is_a_share_of_the_batchs_mean)
{
    const float logits[] = {1.0f, 2.0f, 3.0f, -1.0f};
    const uint8_t labels[] = {0, 1};
    struct slice *of_two = with_logits(2, 2, logits);
    struct slice *of_eight = with_logits(2, 2, logits);

    ck_assert_double_eq_tol(slice_loss(of_two, 0, labels, 2, 2),
                            4.0 * slice_loss(of_eight, 0, labels, 2, 8),
                            1e-14);
    /* A power of two: exactly. */
    for (int i = 0; i < 4; i++)
        ck_assert(of_two->stash[0].logits.data[i] ==
                  4.0f * of_eight->stash[0].logits.data[i]);
    slice_free(of_two);
    slice_free(of_eight);
}
END_TEST

START_TEST(correct_rows_are_those_with_the_label_on_top)
{
    static const float logits[] = {
        3.0f,  1.0f,  2.0f,  /* 0 */
        -3.0f, -1.0f, -2.0f, /* 1 */
        0.0f,  0.5f,  9.0f,  /* 2 */
        -5.0f, -9.0f, -7.0f, /* 0 */
    };
    static const uint8_t right[] = {0, 1, 2, 0};
    static const uint8_t wrong[] = {1, 0, 1, 2};
    struct slice *slice = with_logits(3, 4, logits);

    for (int rows = 0; rows <= 4; rows++) {
        ck_assert_int_eq(slice_correct(slice, 0, right, rows), rows);
        ck_assert_int_eq(slice_correct(slice, 0, wrong, rows), 0);
    }
    ck_assert_int_eq(slice_correct(slice, 0, (uint8_t[]){0, 0, 2, 2}, 4), 2);
    /* Counting changes nothing. */
    ck_assert_mem_eq(slice->stash[0].logits.data, logits, sizeof logits);
    slice_free(slice);
}
END_TEST

TCase *
loss_case(void)
{
    TCase *tcase = tcase_create("loss");

    tcase_add_test(tcase, loss_of_zero_weights_is_log_of_classes);
    tcase_add_test(tcase, loss_and_its_gradient_are_softmax_cross_entropys);
    tcase_add_test(tcase, loss_of_huge_logits_is_finite_and_right);
    tcase_add_test(tcase, loss_is_a_share_of_the_batchs_mean);
    tcase_add_test(tcase, correct_rows_are_those_with_the_label_on_top);
    return tcase;
}
