/* optimizer.c -- both optimizers against their definitions in doubles. */
#include "config.h"

#include "base/rng.h"
#include "cases.h"

#include <math.h>
#include <string.h>

enum { COUNT = 37, STEPS = 200 };

/* Feeds both the same gradients. Weights stay of order one, so 200 roundings
 * of a float add up to less than this. */
static void
expect_reference(enum optimizer_kind kind,
                 void (*reference)(const struct optimizer_options *o, int t,
                                   double g, double *w, double *a, double *b))
{
    struct optimizer_options options = optimizer_defaults(kind);
    struct optimizer optimizer;
    float weights[COUNT];
    float gradients[COUNT];
    double w[COUNT];
    double a[COUNT] = {0};
    double b[COUNT] = {0};
    struct rng rng;

    options.lr = 0.01f;
    optimizer_init(&optimizer, &options, COUNT);
    rng_init(&rng, 9, RNG_TEST, 0);
    for (int i = 0; i < COUNT; i++)
        w[i] = (double)(weights[i] = rng_normal(&rng));
    for (int t = 1; t <= STEPS; t++) {
        for (int i = 0; i < COUNT; i++) {
            gradients[i] = rng_normal(&rng) * 0.1f;
            reference(&options, t, (double)gradients[i], &w[i], &a[i], &b[i]);
        }
        optimizer_step(&optimizer, weights, gradients);
        for (int i = 0; i < COUNT; i++) {
            ck_assert_double_eq_tol((double)weights[i], w[i], 5e-5);
            ck_assert(gradients[i] == 0.0f);
        }
    }
    optimizer_fini(&optimizer);
}

static void
sgd(const struct optimizer_options *o, int t, double g, double *w, double *a,
    double *b)
{
    (void)t;
    (void)b;
    *a = (double)o->momentum * *a + g;
    *w -= (double)o->lr * *a;
}

static void
adam(const struct optimizer_options *o, int t, double g, double *w, double *a,
     double *b)
{
    double beta1 = (double)o->beta1;
    double beta2 = (double)o->beta2;

    *a = beta1 * *a + (1 - beta1) * g;
    *b = beta2 * *b + (1 - beta2) * g * g;
    *w -= (double)o->lr * (*a / (1 - pow(beta1, t))) /
          (sqrt(*b / (1 - pow(beta2, t))) + (double)o->epsilon);
}

START_TEST(sgd_is_the_definition)
{
    expect_reference(OPTIMIZER_SGD, sgd);
}
END_TEST

START_TEST(adam_is_the_definition)
{
    expect_reference(OPTIMIZER_ADAM, adam);
}
END_TEST

/* Weights are updated alike wherever a vector loop happens to begin. */
START_TEST(an_update_does_not_depend_on_the_place)
{
    struct optimizer_options options = optimizer_defaults(OPTIMIZER_ADAM);

    for (int offset = 0; offset < 16; offset++) {
        struct optimizer optimizer;
        float weights[COUNT];
        float gradients[COUNT];

        optimizer_init(&optimizer, &options, (size_t)(COUNT - offset));
        for (int i = 0; i < COUNT; i++) {
            weights[i] = 0.3f;
            gradients[i] = 0.7f;
        }
        for (int t = 0; t < 3; t++) {
            for (int i = 0; i < COUNT; i++)
                gradients[i] = 0.7f;
            optimizer_step(&optimizer, weights + offset, gradients + offset);
        }
        for (int i = offset; i < COUNT; i++)
            ck_assert(memcmp(&weights[i], &weights[offset],
                             sizeof *weights) == 0);
        optimizer_fini(&optimizer);
    }
}
END_TEST

START_TEST(optimizers_have_names_and_state)
{
    enum optimizer_kind kind;

    ck_assert(optimizer_kind_parse("adam", &kind) && kind == OPTIMIZER_ADAM);
    ck_assert(optimizer_kind_parse("sgd", &kind) && kind == OPTIMIZER_SGD);
    ck_assert(!optimizer_kind_parse("Adam", &kind));
    ck_assert(!optimizer_kind_parse("", &kind));
    ck_assert_int_eq(optimizer_state_floats(OPTIMIZER_ADAM), 2);
    ck_assert_int_eq(optimizer_state_floats(OPTIMIZER_SGD), 1);
}
END_TEST

TCase *
optimizer_case(void)
{
    TCase *tcase = tcase_create("optimizers");

    tcase_add_test(tcase, sgd_is_the_definition);
    tcase_add_test(tcase, adam_is_the_definition);
    tcase_add_test(tcase, an_update_does_not_depend_on_the_place);
    tcase_add_test(tcase, optimizers_have_names_and_state);
    return tcase;
}
