/* finite.c -- numbers that are not finite show in a slice's output, in its
 * biases' gradients, or at the latest in its step. */
#include "config.h"

#include "nn/slice.h"

#include "cases.h"
#include "models.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 5, LAYERS = 4, ROWS = 3, FIRST = 2 };

static const struct mlp model = {WIDTH, WIDTH, FIRST + LAYERS, 3};

/* The model's last layers, with every unit on: all weights and inputs are
 * positive. */
static struct slice *
new_slice(bool head)
{
    struct optimizer_options sgd = optimizer_defaults(OPTIMIZER_SGD);
    struct slice *slice = slice_new(&model, head ? FIRST : 0, LAYERS, ROWS, 1,
                                    1, &sgd, SEED, NULL);
    struct tensor x = slice_input(slice, 0, ROWS);

    for (size_t p = 0; p < slice->params; p++)
        slice->weights[p] = fabsf(slice->weights[p]);
    slice_pack(slice);
    for (size_t i = 0; i < tensor_count(x); i++)
        x.data[i] = 1.0f;
    return slice;
}

/* The first bias of a layer of the slice. */
static float *
bias_of(struct slice *slice, int layer)
{
    size_t at = (size_t)layer * WIDTH * (WIDTH + 1);
    int outputs = layer == LAYERS ? model.classes : WIDTH;

    return slice->weights + at + (size_t)outputs * WIDTH;
}

/* What a slice puts out: the logits, if it has the head. */
static struct tensor
result_of(struct slice *slice)
{
    return slice->head ? tensor_rows(slice->stash[0].logits, ROWS)
                       : slice_output(slice, 0, ROWS);
}

/* _i: 0 without head, 1 with it. */
START_TEST(what_is_not_finite_in_any_layer_reaches_the_output)
{
    static const float values[] = {NAN, INFINITY};

    for (int layer = 0; layer < LAYERS + _i; layer++)
        for (int v = 0; v < 2; v++) {
            struct slice *slice = new_slice(_i == 1);

            slice_forward(slice, 0, ROWS);
            ck_assert(tensor_is_finite(result_of(slice)));
            *bias_of(slice, layer) = values[v];
            slice_forward(slice, 0, ROWS);
            ck_assert(!tensor_is_finite(result_of(slice)));
            slice_free(slice);
        }
}
END_TEST

/* Both backwards; what they leave in grads is the same. */
static void
backward(struct slice *slice, bool split, struct tensor dy)
{
    static const struct tensor none = {0};

    if (split) {
        slice_backward_input(slice, 0, 0, dy, none, ROWS);
        slice_backward_weight(slice, 0, 0, ROWS);
    } else {
        slice_backward(slice, 0, dy, none, ROWS);
    }
}

/* Every layer hands its input on. */
static void
make_identity(struct slice *slice)
{
    memset(slice->weights, 0, slice->params * sizeof *slice->weights);
    for (int l = 0; l < LAYERS; l++)
        for (int u = 0; u < WIDTH; u++)
            slice_layer(slice, slice->weights, l).data[u * WIDTH + u] = 1.0f;
    slice_pack(slice);
}

/* _i: whether the backward is split. Unit 0 of a layer takes one input away
 * from an equal one, so that it puts out its bias, but its gradient overflows
 * on the way to the layer below. */
START_TEST(a_gradient_that_overflows_shows_in_the_biases)
{
    for (int layer = 1; layer < LAYERS; layer++) {
        struct slice *slice = new_slice(false);
        struct tensor dy = tensor_new(ROWS, WIDTH);
        struct tensor weight = slice_layer(slice, slice->weights, layer);

        make_identity(slice);
        slice_forward(slice, 0, ROWS);
        backward(slice, _i == 1, dy);
        ck_assert(slice_gradient_is_finite(slice));
        weight.data[0] = 3e38f;
        weight.data[1] = -3e38f;
        *bias_of(slice, layer) = 1.0f;
        slice_pack(slice);
        for (size_t i = 0; i < tensor_count(dy); i++)
            dy.data[i] = 10.0f;
        slice_forward(slice, 0, ROWS);
        ck_assert(tensor_is_finite(result_of(slice)));
        backward(slice, _i == 1, dy);
        ck_assert(!slice_gradient_is_finite(slice));
        ck_assert(!slice_step(slice));
        tensor_free(&dy);
        slice_free(slice);
    }
}
END_TEST

/* The product of a row's gradient and its input is beyond all floats, while
 * the bias has the gradient alone. */
START_TEST(a_weight_gradient_that_overflows_alone_shows_in_the_step)
{
    struct slice *slice = new_slice(false);
    struct tensor dy = tensor_new(ROWS, WIDTH);
    struct tensor x = slice_input(slice, 0, ROWS);

    make_identity(slice);
    x.data[0] = 1e30f;
    dy.data[0] = 1e20f;
    slice_forward(slice, 0, ROWS);
    backward(slice, _i == 1, dy);
    ck_assert(slice_gradient_is_finite(slice));
    ck_assert(isinf(slice_layer(slice, slice->grads, 0).data[0]));
    ck_assert(!slice_step(slice));
    tensor_free(&dy);
    slice_free(slice);
}
END_TEST

START_TEST(large_gradients_that_are_finite_pass)
{
    struct slice *slice = new_slice(false);
    struct tensor dy = tensor_new(ROWS, WIDTH);

    make_identity(slice);
    slice_input(slice, 0, ROWS).data[0] = 1e19f;
    dy.data[0] = 2e19f;
    slice_forward(slice, 0, ROWS);
    backward(slice, _i == 1, dy);
    ck_assert(slice_gradient_is_finite(slice));
    ck_assert(slice_step(slice));
    tensor_free(&dy);
    slice_free(slice);
}
END_TEST

TCase *
finite_case(void)
{
    TCase *tcase = tcase_create("finite");

    tcase_add_loop_test(
        tcase, what_is_not_finite_in_any_layer_reaches_the_output, 0, 2);
    tcase_add_loop_test(tcase, a_gradient_that_overflows_shows_in_the_biases,
                        0, 2);
    tcase_add_loop_test(
        tcase, a_weight_gradient_that_overflows_alone_shows_in_the_step, 0, 2);
    tcase_add_loop_test(tcase, large_gradients_that_are_finite_pass, 0, 2);
    return tcase;
}
