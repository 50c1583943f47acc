/* gradient.c -- the gradients of a slice against central differences of the
 * same slice in double precision, every parameter and every input. */
#include "config.h"

#include "nn/slice.h"

#include "cases.h"
#include "models.h"

#include <math.h>
#include <stdlib.h>

static const struct shape {
    struct mlp mlp;
    int first;
    int count;
    int rows;
    int batch;
} shapes[] = {
    {{5, 7, 1, 3}, 0, 1, 4, 4},   /* the smallest whole model */
    {{6, 11, 3, 4}, 0, 3, 5, 5},  /* a deeper one */
    {{6, 11, 3, 4}, 0, 3, 3, 17}, /* a part of its batch */
    {{6, 11, 3, 4}, 0, 3, 1, 1},  /* one row */
    {{8, 9, 4, 5}, 0, 2, 3, 8},   /* first stage */
    {{8, 9, 4, 5}, 1, 1, 3, 8},   /* middle stages */
    {{8, 9, 4, 5}, 1, 2, 6, 8},
    {{8, 9, 4, 5}, 2, 2, 4, 8}, /* last stage */
    {{8, 9, 4, 5}, 3, 1, 7, 8},
    {{3, 5, 2, 20}, 0, 2, 6, 6}, /* narrow, more classes than units */
    {{20, 16, 2, 2}, 0, 2, 12, 12},
};

enum { SHAPES = sizeof shapes / sizeof *shapes };

/* A slice after its backward, and all that went into it. */
struct scene {
    struct shape shape;
    struct slice *slice;
    struct reference reference;
    struct examples examples; /* only the labels are used */
    struct tensor dy;
    struct tensor dx;
    double loss;
};

static void
run_backward(struct scene *scene, bool split)
{
    const struct shape *shape = &scene->shape;
    struct slice *slice = scene->slice;

    slice_forward(slice, 0, shape->rows);
    if (slice->head)
        scene->loss = slice_loss(slice, 0, scene->examples.labels, shape->rows,
                                 shape->batch);
    if (split) {
        slice_backward_input(slice, 0, 0, scene->dy, scene->dx, shape->rows);
        slice_backward_weight(slice, 0, 0, shape->rows);
    } else {
        slice_backward(slice, 0, scene->dy, scene->dx, shape->rows);
    }
}

static void
scene_init(struct scene *scene, const struct shape *shape, bool split)
{
    struct optimizer_options adam = optimizer_defaults(OPTIMIZER_ADAM);
    const struct mlp *mlp = &shape->mlp;

    *scene = (struct scene){.shape = *shape};
    scene->slice = slice_new(mlp, shape->first, shape->count, shape->rows, 1,
                             1, &adam, SEED, NULL);
    examples_init(&scene->examples, mlp, shape->rows);
    scene->dy = tensor_new(shape->rows, mlp->hidden);
    fill_normal(scene->dy, 7);
    scene->dx = tensor_new(shape->rows, mlp_layer_inputs(mlp, shape->first));
    fill_normal(scene->dx, 8);
    fill_normal(slice_input(scene->slice, 0, shape->rows), 9);
    reference_init(&scene->reference, scene->slice, 0, shape->rows,
                   shape->batch, scene->examples.labels, scene->dy.data);
    run_backward(scene, split);
}

static void
scene_fini(struct scene *scene)
{
    slice_free(scene->slice);
    reference_fini(&scene->reference);
    examples_fini(&scene->examples);
    tensor_free(&scene->dy);
    tensor_free(&scene->dx);
}

static double
largest_of(const float floats[], size_t count)
{
    float largest = 0.0f;

    for (size_t i = 0; i < count; i++)
        largest = fmaxf(largest, fabsf(floats[i]));
    return (double)largest;
}

/* A gradient is a sum of products along at most layers x width x rows paths,
 * and every partial sum is rounded; with signs at random the roundings stay
 * well below 32 of the largest gradient (3 is what is seen). The differences
 * themselves are good to 1e-9. Of the parameters at most one in fifty may sit
 * at a unit's switching point. */
static void
expect_slopes(const struct scene *scene, const char *what,
              const float gradients[], double parameters[], size_t count)
{
    double largest = largest_of(gradients, count);
    size_t skipped = 0;

    ck_assert_msg(largest > 1e-5, "%s: no gradient", what);
    for (size_t i = 0; i < count; i++) {
        double slope;
        double bound = 1e-9 + 32 * ROUNDING * largest;

        if (!reference_slope(&scene->reference, &parameters[i], &slope))
            skipped++;
        else if (!(fabs((double)gradients[i] - slope) <= bound))
            ck_abort_msg("%s %zu of %zu: %.9g, not %.9g within %g", what, i,
                         count, (double)gradients[i], slope, bound);
    }
    ck_assert_uint_le(50 * skipped, count);
}

START_TEST(weight_gradients_are_the_slopes)
{
    for (int split = 0; split < 2; split++) {
        struct scene scene;

        scene_init(&scene, &shapes[_i], split);
        expect_slopes(&scene, "parameter", scene.slice->grads,
                      scene.reference.params, scene.slice->params);
        scene_fini(&scene);
    }
}
END_TEST

START_TEST(input_gradient_is_the_slope)
{
    for (int split = 0; split < 2; split++) {
        struct scene scene;

        scene_init(&scene, &shapes[_i], split);
        expect_slopes(&scene, "input", scene.dx.data, scene.reference.x,
                      tensor_count(scene.dx));
        scene_fini(&scene);
    }
}
END_TEST

/* Biases are where a wrong layout would hide: they are few. */
START_TEST(bias_gradient_of_the_head_is_the_sum_of_its_rows)
{
    struct scene scene;
    const struct shape *shape = &shapes[1];
    int classes = shape->mlp.classes;
    const float *bias;

    scene_init(&scene, shape, false);
    bias = scene.slice->grads + scene.slice->params - classes;
    for (int c = 0; c < classes; c++) {
        double sum = 0.0;

        for (int row = 0; row < shape->rows; row++) {
            double y[MOST_WIDTH];
            double all = 0.0;

            reference_row(&scene.reference, row, y, NULL);
            for (int k = 0; k < classes; k++)
                all += exp(y[k]);
            sum += (exp(y[c]) / all - (scene.examples.labels[row] == c)) /
                   shape->batch;
        }
        ck_assert_double_eq_tol((double)bias[c], sum, 32 * ROUNDING);
    }
    scene_fini(&scene);
}
END_TEST

/* A dozen roundings a layer, on numbers of size one. */
START_TEST(loss_is_that_of_doubles)
{
    struct scene scene;

    scene_init(&scene, &shapes[_i], false);
    if (scene.slice->head)
        ck_assert_double_eq_tol(scene.loss,
                                reference_value(&scene.reference, NULL),
                                32 * ROUNDING);
    scene_fini(&scene);
}
END_TEST

START_TEST(output_is_that_of_doubles)
{
    struct scene scene;
    struct tensor out;
    int off = 0;

    scene_init(&scene, &shapes[_i], false);
    out = slice_output(scene.slice, 0, scene.shape.rows);
    ck_assert_int_eq(out.rows, scene.shape.rows);
    ck_assert_int_eq(out.cols, scene.shape.mlp.hidden);
    for (int row = 0; row < out.rows && !scene.slice->head; row++) {
        double y[MOST_WIDTH];

        reference_row(&scene.reference, row, y, NULL);
        for (int c = 0; c < out.cols; c++) {
            float got = out.data[row * out.cols + c];

            ck_assert_double_eq_tol((double)got, y[c], 32 * ROUNDING);
            off += got == 0.0f;
        }
    }
    /* Some units of each kind, or the test shows little. */
    if (!scene.slice->head)
        ck_assert(off > 0 && off < out.rows * out.cols);
    scene_fini(&scene);
}
END_TEST

/* Gradients add up over microbatches; dx is new each time. */
START_TEST(second_backward_doubles_weight_gradients_alone)
{
    struct scene scene;
    struct chain chain = {.stages = 1};
    struct tensor dx;
    float *once;
    double bound;

    scene_init(&scene, &shapes[_i], false);
    chain.slices[0] = scene.slice;
    once = chain_grads(&chain);
    bound = 32 * ROUNDING * largest_of(once, scene.slice->params);
    dx = tensor_new(scene.dx.rows, scene.dx.cols);
    tensor_copy(dx, scene.dx);
    run_backward(&scene, false);
    ck_assert_mem_eq(scene.dx.data, dx.data,
                     tensor_count(dx) * sizeof *dx.data);
    for (size_t i = 0; i < scene.slice->params; i++)
        ck_assert_double_eq_tol((double)scene.slice->grads[i],
                                2.0 * (double)once[i], bound);
    free(once);
    tensor_free(&dx);
    scene_fini(&scene);
}
END_TEST

TCase *
gradient_case(void)
{
    TCase *tcase = tcase_create("gradient");

    tcase_set_timeout(tcase, 60); /* also under valgrind */
    tcase_add_loop_test(tcase, weight_gradients_are_the_slopes, 0, SHAPES);
    tcase_add_loop_test(tcase, input_gradient_is_the_slope, 0, SHAPES);
    tcase_add_test(tcase, bias_gradient_of_the_head_is_the_sum_of_its_rows);
    tcase_add_loop_test(tcase, loss_is_that_of_doubles, 0, SHAPES);
    tcase_add_loop_test(tcase, output_is_that_of_doubles, 0, SHAPES);
    tcase_add_loop_test(tcase, second_backward_doubles_weight_gradients_alone,
                        0, SHAPES);
    return tcase;
}
