/* slice.c -- one slice: initial weights, slots, sizes, hash. */
#include "config.h"

#include "nn/slice.h"

#include "base/hash.h"
#include "cases.h"
#include "models.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct mlp small = {9, 13, 5, 4};
static const struct mlp wide = {9, 170, 4, 4};

static struct slice *
part_of(const struct mlp *mlp, int first, int count, uint64_t seed)
{
    struct optimizer_options adam = optimizer_defaults(OPTIMIZER_ADAM);

    return slice_new(mlp, first, count, 6, 2, 1, &adam, seed, NULL);
}

/* ---- initial weights ---- */

/* nn.Linear: weights and biases alike up to 1/sqrt(inputs). Of a hundred
 * uniform numbers the largest is all but surely beyond 9/10 of the bound. */
START_TEST(layers_fill_their_initial_range)
{
    const struct mlp mlp = {4, 100, 2, 25};
    struct slice *slice = part_of(&mlp, 0, 2, SEED);
    const float *at = slice->weights;

    for (int l = 0; l <= mlp.layers; l++) {
        int in = mlp_layer_inputs(&mlp, l);
        int count = mlp_layer_outputs(&mlp, l) * (in + 1);
        double bound = 1.0 / sqrt(in);
        float least = 0.0f, most = 0.0f;
        double sum = 0.0;

        for (int i = 0; i < count; i++) {
            least = fminf(least, at[i]);
            most = fmaxf(most, at[i]);
            sum += (double)at[i];
        }
        ck_assert_double_ge((double)least, -bound);
        ck_assert_double_le((double)most, bound);
        ck_assert_double_le((double)least, -0.9 * bound);
        ck_assert_double_ge((double)most, 0.9 * bound);
        /* Five standard errors. */
        ck_assert_double_le(fabs(sum / count),
                            5.0 * bound / sqrt(3.0 * count));
        at += count;
    }
    ck_assert_uint_eq((size_t)(at - slice->weights), slice->params);
    slice_free(slice);
}
END_TEST

START_TEST(biases_fill_the_range_too)
{
    const struct mlp mlp = {100, 200, 1, 2};
    struct slice *slice = part_of(&mlp, 0, 1, SEED);
    const float *bias = slice->weights + 100 * 200;
    float most = 0.0f;

    for (int i = 0; i < 200; i++)
        most = fmaxf(most, fabsf(bias[i]));
    ck_assert_double_le((double)most, 0.1);
    ck_assert_double_ge((double)most, 0.09);
    slice_free(slice);
}
END_TEST

START_TEST(weights_are_the_same_in_every_slice)
{
    struct slice *whole = part_of(&small, 0, small.layers, SEED);

    for (int first = 0; first < small.layers; first++)
        for (int count = 1; first + count <= small.layers; count++) {
            struct slice *slice = part_of(&small, first, count, SEED);
            size_t before = first ? mlp_parameters(&small, 0, first) : 0;

            ck_assert_int_eq(slice->head, first + count == small.layers);
            ck_assert_uint_eq(slice->params,
                              mlp_parameters(&small, first, count));
            ck_assert_mem_eq(slice->weights, whole->weights + before,
                             slice->params * sizeof *slice->weights);
            slice_free(slice);
        }
    slice_free(whole);
}
END_TEST

START_TEST(weights_of_a_layer_do_not_depend_on_the_rest)
{
    struct optimizer_options sgd = optimizer_defaults(OPTIMIZER_SGD);
    const struct mlp deeper = {9, 13, 50, 7};
    struct slice *slice = part_of(&small, 0, 3, SEED);
    struct slice *other = slice_new(&deeper, 0, 3, 99, 1, 0, &sgd, SEED, NULL);

    ck_assert_uint_eq(other->params, slice->params);
    ck_assert_mem_eq(other->weights, slice->weights,
                     slice->params * sizeof *slice->weights);
    slice_free(slice);
    slice_free(other);
}
END_TEST

static bool
any_equal(const float a[], const float b[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (a[i] == b[i])
            return true;
    return false;
}

START_TEST(weights_differ_between_seeds_and_layers)
{
    static const uint64_t others[] = {SEED + 1, SEED + (UINT64_C(1) << 32), 0};
    struct slice *slice = part_of(&small, 1, 1, SEED);
    struct slice *next = part_of(&small, 2, 1, SEED);

    ck_assert(!any_equal(slice->weights, next->weights, slice->params));
    for (int o = 0; o < 3; o++) {
        struct slice *other = part_of(&small, 1, 1, others[o]);

        ck_assert(!any_equal(slice->weights, other->weights, slice->params));
        slice_free(other);
    }
    slice_free(slice);
    slice_free(next);
}
END_TEST

START_TEST(new_slice_has_no_gradients)
{
    struct slice *slice = part_of(&small, 1, 4, SEED);

    for (size_t i = 0; i < slice->params; i++)
        ck_assert(slice->grads[i] == 0.0f);
    slice_free(slice);
    slice_free(NULL);
}
END_TEST

/* ---- forward ---- */

static bool
apart(struct tensor a, struct tensor b)
{
    return a.data + tensor_count(a) <= b.data ||
           b.data + tensor_count(b) <= a.data;
}

START_TEST(slots_share_no_floats)
{
    struct slice *slice = part_of(&small, 0, 2, SEED);
    struct tensor all[] = {slice_input(slice, 0, 6), slice_input(slice, 1, 6),
                           slice_output(slice, 0, 6),
                           slice_output(slice, 1, 6)};

    for (int a = 0; a < 4; a++) {
        ck_assert_int_eq(all[a].rows, 6);
        ck_assert_int_eq(all[a].cols, a < 2 ? small.inputs : small.hidden);
        for (int b = 0; b < a; b++)
            ck_assert(apart(all[a], all[b]));
    }
    ck_assert_ptr_eq(slice_input(slice, 0, 2).data, all[0].data);
    ck_assert_ptr_eq(slice_output(slice, 1, 2).data, all[3].data);
    ck_assert_int_eq(slice_output(slice, 1, 2).rows, 2);
    slice_free(slice);
}
END_TEST

START_TEST(forward_leaves_input_weights_and_other_slots_alone)
{
    struct slice *slice = part_of(&small, 1, 2, SEED);
    struct slice *fresh = part_of(&small, 1, 2, SEED);
    struct tensor x = slice_input(slice, 0, 6);
    struct tensor other = slice_output(slice, 1, 6);
    size_t bytes = tensor_count(x) * sizeof *x.data;

    fill_normal(x, 1);
    fill_normal(slice_input(fresh, 0, 6), 1);
    fill_normal(other, 2);
    fill_normal(slice_output(fresh, 1, 6), 2);
    slice_forward(slice, 0, 6);
    ck_assert_mem_eq(x.data, slice_input(fresh, 0, 6).data, bytes);
    ck_assert_mem_eq(other.data, slice_output(fresh, 1, 6).data, bytes);
    ck_assert_mem_eq(slice->weights, fresh->weights,
                     slice->params * sizeof *slice->weights);
    slice_free(slice);
    slice_free(fresh);
}
END_TEST

/* ---- sizes, steps, hash ---- */

static void
expect_bytes(int first, int count, int stash, int kept)
{
    for (int rows = 1; rows <= 6; rows++) {
        size_t row = (size_t)rows * sizeof(float);

        ck_assert_uint_eq(mlp_stash_bytes(&small, first, count, rows),
                          (size_t)stash * row);
        ck_assert_uint_eq(mlp_kept_bytes(&small, count, rows),
                          (size_t)kept * row);
    }
}

/* Of a row: its input, every layer's output, logits; and between I and W a
 * gradient for each hidden layer's output. */
START_TEST(bytes_are_those_of_the_tensors_kept)
{
    expect_bytes(0, 1, 9 + 13, 13);
    expect_bytes(1, 1, 13 + 13, 13);
    expect_bytes(0, 3, 9 + 3 * 13, 3 * 13);
    expect_bytes(4, 1, 13 + 13 + 4, 13);
    expect_bytes(0, 5, 9 + 5 * 13 + 4, 5 * 13);
}
END_TEST

/* Plain SGD in the same two float operations. */
START_TEST(step_moves_the_weights_against_the_gradients)
{
    struct optimizer_options sgd = optimizer_defaults(OPTIMIZER_SGD);
    struct slice *slice, *fresh = part_of(&small, 1, 2, SEED);

    sgd.momentum = 0.0f;
    sgd.lr = 0.5f;
    slice = slice_new(&small, 1, 2, 6, 1, 0, &sgd, SEED, NULL);
    for (size_t i = 0; i < slice->params; i++)
        slice->grads[i] = (float)i / 64.0f;
    slice_step(slice);
    for (size_t i = 0; i < slice->params; i++) {
        ck_assert(slice->weights[i] == fresh->weights[i] - (float)i / 128.0f);
        ck_assert(slice->grads[i] == 0.0f);
    }
    slice_free(slice);
    slice_free(fresh);
}
END_TEST

/* Its output and the gradient of its input: through every layer's weight, both
 * ways. */
static void
expect_same_products(struct slice *a, struct slice *b)
{
    struct slice *both[] = {a, b};
    struct tensor dx[2];

    for (int s = 0; s < 2; s++) {
        struct tensor dy = slice_output(a, 1, 6);

        dx[s] = tensor_new(6, wide.hidden);
        fill_normal(dy, 2);
        fill_normal(slice_input(both[s], 0, 6), 1);
        slice_forward(both[s], 0, 6);
        slice_backward(both[s], 0, dy, dx[s], 6);
    }
    ck_assert_mem_eq(slice_output(a, 0, 6).data, slice_output(b, 0, 6).data,
                     tensor_count(dx[0]) * sizeof(float));
    ck_assert_mem_eq(dx[0].data, dx[1].data,
                     tensor_count(dx[0]) * sizeof(float));
    tensor_free(&dx[0]);
    tensor_free(&dx[1]);
}

START_TEST(products_see_weights_that_a_step_or_somebody_wrote)
{
    struct slice *slice = part_of(&wide, 1, 2, SEED);
    struct slice *copy = part_of(&wide, 1, 2, SEED + 1);

    for (int step = 0; step < 3; step++) {
        for (size_t i = 0; i < slice->params; i++)
            slice->grads[i] = (float)(i % 7) - 3.0f;
        slice_step(slice);
        memcpy(copy->weights, slice->weights,
               slice->params * sizeof *slice->weights);
        slice_pack(copy);
        expect_same_products(slice, copy);
    }
    slice_free(slice);
    slice_free(copy);
}
END_TEST

/* A row's output depends on that row: a batch can be cut anywhere. */
START_TEST(a_microbatch_comes_out_as_within_the_batch)
{
    struct slice *slice = part_of(&wide, 1, 2, SEED);
    struct tensor x[] = {slice_input(slice, 0, 6), slice_input(slice, 1, 6)};
    size_t row = (size_t)wide.hidden;

    fill_normal(x[0], 1);
    slice_forward(slice, 0, 6);
    for (size_t first = 0; first < 6; first++)
        for (size_t rows = 1; first + rows <= 6; rows++) {
            memcpy(x[1].data, x[0].data + first * row,
                   rows * row * sizeof(float));
            slice_forward(slice, 1, (int)rows);
            ck_assert_mem_eq(slice_output(slice, 1, 6).data,
                             slice_output(slice, 0, 6).data + first * row,
                             rows * row * sizeof(float));
        }
    slice_free(slice);
}
END_TEST

START_TEST(hash_is_fnv_1a_of_the_bits)
{
    const struct mlp mlp = {1, 1, 1, 1};
    /* 1, -2, 0.5, 0 as bytes, the lowest first. */
    const uint8_t bytes[] = {0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0,
                             0, 0, 0,    0x3f, 0, 0, 0, 0};
    const float weights[] = {1.0f, -2.0f, 0.5f, 0.0f};
    struct slice *slice = part_of(&mlp, 0, 1, SEED);
    uint64_t hash = UINT64_C(14695981039346656037);

    ck_assert_uint_eq(slice->params, 4);
    ck_assert_uint_eq(HASH_START, hash);
    memcpy(slice->weights, weights, sizeof weights);
    for (size_t b = 0; b < sizeof bytes; b++)
        hash = (hash ^ bytes[b]) * UINT64_C(1099511628211);
    ck_assert_uint_eq(slice_hash(slice, HASH_START), hash);
    slice_free(slice);
}
END_TEST

START_TEST(hash_sees_every_bit_of_every_weight)
{
    const struct mlp mlp = {2, 3, 1, 2};
    struct slice *slice = part_of(&mlp, 0, 1, SEED);
    uint64_t hash = slice_hash(slice, HASH_START);

    for (size_t i = 0; i < slice->params; i++)
        for (int bit = 0; bit < 32; bit++) {
            float before = slice->weights[i];
            uint32_t bits;

            memcpy(&bits, &before, sizeof bits);
            bits ^= UINT32_C(1) << bit;
            memcpy(&slice->weights[i], &bits, sizeof bits);
            ck_assert_uint_ne(slice_hash(slice, HASH_START), hash);
            slice->weights[i] = before;
        }
    ck_assert_uint_eq(slice_hash(slice, HASH_START), hash);
    slice_free(slice);
}
END_TEST

START_TEST(hash_goes_on_from_slice_to_slice)
{
    struct slice *whole = part_of(&small, 0, small.layers, SEED);
    uint64_t expected = slice_hash(whole, HASH_START);

    for (int cut = 1; cut < small.layers; cut++) {
        struct slice *head = part_of(&small, 0, cut, SEED);
        struct slice *tail = part_of(&small, cut, small.layers - cut, SEED);
        uint64_t first = slice_hash(head, HASH_START);

        ck_assert_uint_eq(slice_hash(tail, first), expected);
        slice_free(head);
        slice_free(tail);
    }
    slice_free(whole);
}
END_TEST

TCase *
slice_case(void)
{
    TCase *tcase = tcase_create("slice");

    tcase_add_test(tcase, layers_fill_their_initial_range);
    tcase_add_test(tcase, biases_fill_the_range_too);
    tcase_add_test(tcase, weights_are_the_same_in_every_slice);
    tcase_add_test(tcase, weights_of_a_layer_do_not_depend_on_the_rest);
    tcase_add_test(tcase, weights_differ_between_seeds_and_layers);
    tcase_add_test(tcase, new_slice_has_no_gradients);
    tcase_add_test(tcase, slots_share_no_floats);
    tcase_add_test(tcase, forward_leaves_input_weights_and_other_slots_alone);
    tcase_add_test(tcase, bytes_are_those_of_the_tensors_kept);
    tcase_add_test(tcase, step_moves_the_weights_against_the_gradients);
    tcase_add_test(tcase, products_see_weights_that_a_step_or_somebody_wrote);
    tcase_add_test(tcase, a_microbatch_comes_out_as_within_the_batch);
    tcase_add_test(tcase, hash_is_fnv_1a_of_the_bits);
    tcase_add_test(tcase, hash_sees_every_bit_of_every_weight);
    tcase_add_test(tcase, hash_goes_on_from_slice_to_slice);
    return tcase;
}
