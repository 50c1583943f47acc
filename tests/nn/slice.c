/* slice.c -- cut anywhere, the model gives the same bits. */
#include "config.h"

#include "base/memory.h"
#include "cases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 5, STEPS = 3 };

static const struct mlp mlp = {
    .inputs = 6, .hidden = 8, .layers = 5, .classes = 4};

struct cut {
    int count;
    int layers[5];
};

static const struct cut cuts[] = {
    {1, {5}}, {2, {2, 3}}, {3, {1, 3, 1}}, {5, {1, 1, 1, 1, 1}}};

enum { CUTS = sizeof cuts / sizeof *cuts };

static void
new_slices(struct slice *slices[], const struct cut *cut)
{
    struct optimizer_options adam = optimizer_defaults(OPTIMIZER_ADAM);
    int first = 0;

    for (int s = 0; s < cut->count; s++) {
        slices[s] = slice_new(&mlp, first, cut->layers[s], ROWS, 1, 1, &adam,
                              11);
        first += cut->layers[s];
    }
}

/* One step through all slices, handing tensors on; returns the loss. */
static double
step(struct slice *slices[], const struct cut *cut, const struct batch *batch,
     bool split)
{
    int last = cut->count - 1;
    struct tensor dy = {0};
    double loss;

    tensor_copy(slice_input(slices[0], 0, ROWS), batch->x);
    for (int s = 0; s <= last; s++) {
        slice_forward(slices[s], 0, ROWS);
        if (s < last)
            tensor_copy(slice_input(slices[s + 1], 0, ROWS),
                        slice_output(slices[s], 0, ROWS));
    }
    loss = slice_loss(slices[last], 0, batch->labels, ROWS, ROWS);
    for (int s = last; s >= 0; s--) {
        struct tensor dx = {0};

        if (s > 0)
            dx = tensor_new(ROWS, mlp.hidden);
        if (split) {
            slice_backward_input(slices[s], 0, 0, dy, dx, ROWS);
            slice_backward_weight(slices[s], 0, 0, ROWS);
        } else {
            slice_backward(slices[s], 0, dy, dx, ROWS);
        }
        tensor_free(&dy);
        dy = dx;
    }
    for (int s = 0; s <= last; s++)
        slice_step(slices[s]);
    return loss;
}

/* Trains a few steps; losses[STEPS], and the hash of all weights. */
static uint64_t
train(const struct cut *cut, bool split, double losses[STEPS])
{
    struct slice *slices[5];
    struct batch batch;
    uint64_t hash = SLICE_HASH_START;

    batch_init(&batch, ROWS, mlp.inputs, mlp.classes);
    new_slices(slices, cut);
    for (int i = 0; i < STEPS; i++)
        losses[i] = step(slices, cut, &batch, split);
    for (int s = 0; s < cut->count; s++) {
        hash = slice_hash(slices[s], hash);
        slice_free(slices[s]);
    }
    batch_fini(&batch);
    return hash;
}

START_TEST(slices_that_hand_on_equal_the_whole_bit_for_bit)
{
    double whole[STEPS];
    double cut[STEPS];
    uint64_t hash = train(&cuts[0], false, whole);

    ck_assert_uint_eq(train(&cuts[_i], false, cut), hash);
    ck_assert_mem_eq(cut, whole, sizeof whole);
    ck_assert(whole[0] != whole[STEPS - 1]);
}
END_TEST

START_TEST(a_backward_in_two_halves_equals_the_whole_bit_for_bit)
{
    double whole[STEPS];
    double halves[STEPS];
    uint64_t hash = train(&cuts[_i], false, whole);

    ck_assert_uint_eq(train(&cuts[_i], true, halves), hash);
    ck_assert_mem_eq(halves, whole, sizeof whole);
}
END_TEST

START_TEST(weights_depend_on_seed_and_layer_alone)
{
    struct optimizer_options adam = optimizer_defaults(OPTIMIZER_ADAM);
    struct slice *whole = slice_new(&mlp, 0, 5, 3, 1, 0, &adam, 11);
    struct slice *other = slice_new(&mlp, 0, 5, 3, 1, 0, &adam, 12);
    const float *at = whole->weights;

    for (int l = 0; l < 5; l++) {
        struct slice *one = slice_new(&mlp, l, 1, 9, 2, 0, &adam, 11);

        ck_assert_mem_eq(one->weights, at, one->params * sizeof *at);
        at += one->params;
        slice_free(one);
    }
    ck_assert_ptr_eq(at, whole->weights + whole->params);
    ck_assert_uint_ne(slice_hash(whole, SLICE_HASH_START),
                      slice_hash(other, SLICE_HASH_START));
    slice_free(whole);
    slice_free(other);
}
END_TEST

/* nn.Linear's: U(-1/sqrt(in), 1/sqrt(in)), weight and bias alike. */
START_TEST(weights_fill_the_initial_interval)
{
    const struct mlp wide = {
        .inputs = 64, .hidden = 64, .layers = 1, .classes = 2};
    struct slice *slice = whole_model(&wide, 1, 1, 0);
    float least = 1.0f;
    float most = -1.0f;

    for (size_t p = 0; p < 64 * 64 + 64; p++) {
        least = fminf(least, slice->weights[p]);
        most = fmaxf(most, slice->weights[p]);
    }
    ck_assert(least >= -0.125f && least < -0.124f);
    ck_assert(most <= 0.125f && most > 0.124f);
    slice_free(slice);
}
END_TEST

/* Two microbatches in flight, their weight gradients late: as one by one. */
START_TEST(microbatches_in_flight_keep_apart)
{
    struct slice *one = whole_model(&mlp, ROWS, 1, 0);
    struct slice *two = whole_model(&mlp, ROWS, 2, 2);
    struct tensor none = {0};
    struct batch batch;
    double losses[2];

    batch_init(&batch, ROWS, mlp.inputs, mlp.classes);
    losses[0] = run_forward(one, 0, &batch, 0, 3);
    slice_backward(one, 0, none, none, 3);
    losses[1] = run_forward(one, 0, &batch, 3, 2);
    slice_backward(one, 0, none, none, 2);

    ck_assert(run_forward(two, 1, &batch, 0, 3) == losses[0]);
    ck_assert(run_forward(two, 0, &batch, 3, 2) == losses[1]);
    slice_backward_input(two, 1, 0, none, none, 3);
    slice_backward_input(two, 0, 1, none, none, 2);
    slice_backward_weight(two, 1, 0, 3);
    slice_backward_weight(two, 0, 1, 2);
    ck_assert_mem_eq(two->grads, one->grads, one->params * sizeof(float));
    batch_fini(&batch);
    slice_free(one);
    slice_free(two);
}
END_TEST

START_TEST(bytes_are_those_of_the_tensors)
{
    struct slice *whole = whole_model(&mlp, ROWS, 1, 1);

    /* Inputs, five outputs, logits; five gradients of outputs. */
    ck_assert_uint_eq(slice_stash_bytes(whole, 3), 3 * (6 + 5 * 8 + 4) * 4);
    ck_assert_uint_eq(slice_kept_bytes(whole, 3), 3 * 5 * 8 * 4);
    slice_free(whole);
    slice_free(NULL);
}
END_TEST

TCase *
slice_case(void)
{
    TCase *tcase = tcase_create("slices");

    tcase_add_loop_test(tcase, slices_that_hand_on_equal_the_whole_bit_for_bit,
                        1, CUTS);
    tcase_add_loop_test(
        tcase, a_backward_in_two_halves_equals_the_whole_bit_for_bit, 0, CUTS);
    tcase_add_test(tcase, weights_depend_on_seed_and_layer_alone);
    tcase_add_test(tcase, weights_fill_the_initial_interval);
    tcase_add_test(tcase, microbatches_in_flight_keep_apart);
    tcase_add_test(tcase, bytes_are_those_of_the_tensors);
    return tcase;
}
