/* optimizer.c -- Adam and SGD against the same formulas in double precision,
 * many steps long. */
#include "config.h"

#include "nn/optimizer.h"

#include "base/rng.h"
#include "cases.h"

#include <math.h>
#include <stdlib.h>

enum { COUNT = 37, STEPS = 600, SEED = 3 };

/* Rounding of one float operation is at most this part of the result. */
static const double ROUNDING = 0x1p-24;

static void
step_all(struct optimizer *opt, float *weights, float *gradients)
{
    optimizer_begin(opt);
    optimizer_update(opt, weights, gradients, 0, opt->count);
}

static struct optimizer_options
options(enum optimizer_kind kind, float lr)
{
    struct optimizer_options chosen = optimizer_defaults(kind);

    chosen.lr = lr;
    return chosen;
}

/* One parameter, as the papers have it. */
struct reference {
    double weight;
    double momentum; /* SGD's buffer, or Adam's first moment */
    double square;
    double largest; /* gradient so far */
    double bound;   /* on the difference to floats */
};

/* torch.optim.SGD: buffer = momentum * buffer + g; weight -= lr * buffer. */
static double
sgd_move(struct reference *r, const struct optimizer_options *o, double g)
{
    r->momentum = (double)o->momentum * r->momentum + g;
    return -(double)o->lr * r->momentum;
}

/* Kingma and Ba, algorithm 1, word by word. */
static double
adam_move(struct reference *r, const struct optimizer_options *o, double g,
          int t)
{
    double beta1 = (double)o->beta1;
    double beta2 = (double)o->beta2;
    double mean, square;

    r->momentum = beta1 * r->momentum + (1.0 - beta1) * g;
    r->square = beta2 * r->square + (1.0 - beta2) * g * g;
    mean = r->momentum / (1.0 - pow(beta1, t));
    square = r->square / (1.0 - pow(beta2, t));
    return -(double)o->lr * mean / (sqrt(square) + (double)o->epsilon);
}

/* A step rounds the weight once, and the move at each of its operations; the
 * moments bring along the roundings of all steps before, three a step. The
 * longest move is lr times the largest gradient over (1 - momentum) for SGD,
 * lr over sqrt(1 - beta2) at worst for Adam. */
static void
reference_step(struct reference *r, const struct optimizer_options *o,
               double g, int t)
{
    bool adam = o->kind == OPTIMIZER_ADAM;
    double before = fabs(r->weight);
    double longest;

    if (fabs(g) > r->largest)
        r->largest = fabs(g);
    r->weight += adam ? adam_move(r, o, g, t) : sgd_move(r, o, g);
    longest = (double)o->lr *
              (adam ? 1.0 : r->largest / (1.0 - (double)o->momentum));
    r->bound += ROUNDING * (fmax(before, fabs(r->weight)) +
                            (8 + 3 * (t < 300 ? t : 300)) * longest);
}

/* Gradients of every size from 1e-6 to 10, some of changing sign, some zero
 * now and then. */
static float
gradient(struct rng *rng, int i)
{
    float size = powf(10.0f, (float)(i % 8) - 6.0f);

    if (i % 5 == 0 && rng_below(rng, 3) > 0)
        return 0.0f;
    return size * (rng_normal(rng) + (i % 3 == 0 ? 1.0f : 0.0f));
}

static void
compare(const struct optimizer *opt, const float weights[],
        const struct reference references[], int step)
{
    for (size_t i = 0; i < opt->count; i++) {
        double off = fabs((double)weights[i] - references[i].weight);

        if (!(off <= references[i].bound))
            ck_abort_msg("step %d: weight %zu is %.9g, not %.9g within %g",
                         step, i, (double)weights[i], references[i].weight,
                         references[i].bound);
    }
}

static void
expect_reference(struct optimizer_options chosen)
{
    struct reference references[COUNT] = {{0}};
    float weights[COUNT], gradients[COUNT];
    struct optimizer opt;
    struct rng rng;

    rng_init(&rng, SEED, RNG_TEST, 0);
    optimizer_init(&opt, &chosen, COUNT);
    for (int i = 0; i < COUNT; i++) {
        weights[i] = rng_normal(&rng);
        references[i].weight = (double)weights[i];
    }
    for (int t = 1; t <= STEPS; t++) {
        for (int i = 0; i < COUNT; i++) {
            gradients[i] = gradient(&rng, i);
            reference_step(&references[i], &chosen, (double)gradients[i], t);
        }
        step_all(&opt, weights, gradients);
        compare(&opt, weights, references, t);
    }
    ck_assert_int_eq(opt.steps, STEPS);
    optimizer_fini(&opt);
}

START_TEST(adam_is_the_papers)
{
    expect_reference(options(OPTIMIZER_ADAM, 1e-3f));
}
END_TEST

/* An epsilon among the gradients' sizes shows where it stands. */
START_TEST(adam_adds_epsilon_to_the_root)
{
    struct optimizer_options chosen = options(OPTIMIZER_ADAM, 1e-2f);

    chosen.epsilon = 1e-2f;
    expect_reference(chosen);
}
END_TEST

START_TEST(adam_heeds_its_betas)
{
    struct optimizer_options chosen = options(OPTIMIZER_ADAM, 1e-2f);

    chosen.beta1 = 0.5f;
    chosen.beta2 = 0.75f;
    expect_reference(chosen);
    chosen.beta1 = 0.0f;
    expect_reference(chosen);
}
END_TEST

START_TEST(sgd_is_the_papers_with_any_momentum)
{
    static const float momenta[] = {0.9f, 0.0f, 0.5f};

    for (int m = 0; m < 3; m++) {
        struct optimizer_options chosen = options(OPTIMIZER_SGD, 1e-2f);

        chosen.momentum = momenta[m];
        expect_reference(chosen);
    }
}
END_TEST

/* Moments of the first step correct to the gradient itself: each weight moves
 * by lr against its sign, whatever its size. */
START_TEST(first_step_of_adam_is_lr_long)
{
    float weights[4] = {0.0f};
    float gradients[4] = {1e-3f, -1e-3f, 50.0f, -0.2f};
    struct optimizer_options chosen = options(OPTIMIZER_ADAM, 0.25f);
    struct optimizer opt;

    optimizer_init(&opt, &chosen, 4);
    step_all(&opt, weights, gradients);
    for (int i = 0; i < 4; i++)
        ck_assert_float_eq_tol(weights[i], i % 2 ? 0.25f : -0.25f, 1e-5f);
    optimizer_fini(&opt);
}
END_TEST

/* Halves and whole numbers: exact in floats. */
START_TEST(momentum_carries_on_without_gradient)
{
    static const float path[] = {-4.0f, -6.0f, -7.0f, -7.5f, -7.75f};
    struct optimizer_options chosen = options(OPTIMIZER_SGD, 0.5f);
    float weight = 0.0f;
    float grad = 8.0f;
    struct optimizer opt;

    chosen.momentum = 0.5f;
    optimizer_init(&opt, &chosen, 1);
    for (int t = 0; t < 5; t++) {
        step_all(&opt, &weight, &grad);
        ck_assert(weight == path[t]);
    }
    optimizer_fini(&opt);
}
END_TEST

START_TEST(step_leaves_the_gradients_zero)
{
    struct optimizer_options chosen =
        options(_i ? OPTIMIZER_ADAM : OPTIMIZER_SGD, 0.1f);
    float weights[COUNT] = {0.0f};
    float gradients[COUNT];
    struct optimizer opt;

    for (int i = 0; i < COUNT; i++)
        gradients[i] = (float)(i - 5);
    optimizer_init(&opt, &chosen, COUNT);
    step_all(&opt, weights, gradients);
    for (int i = 0; i < COUNT; i++)
        ck_assert(gradients[i] == 0.0f);
    optimizer_fini(&opt);
}
END_TEST

START_TEST(weight_without_gradient_stays)
{
    struct optimizer_options chosen =
        options(_i ? OPTIMIZER_ADAM : OPTIMIZER_SGD, 0.1f);
    float weight = 1.5f;
    float grad = 0.0f;
    struct optimizer opt;

    optimizer_init(&opt, &chosen, 1);
    for (int t = 0; t < 3; t++)
        step_all(&opt, &weight, &grad);
    ck_assert(weight == 1.5f);
    optimizer_fini(&opt);
}
END_TEST

/* A stage holds a part of the parameters, at any offset: vector loop or
 * remainder, the same bits. */
START_TEST(parts_move_as_the_whole_does_bit_for_bit)
{
    struct optimizer_options chosen =
        options(_i ? OPTIMIZER_ADAM : OPTIMIZER_SGD, 0.01f);

    for (size_t cut = 0; cut <= COUNT; cut++) {
        float weights[2][COUNT], gradients[2][COUNT];
        struct optimizer whole, parts[2];
        struct rng rng;

        rng_init(&rng, SEED, RNG_TEST, 1);
        for (int i = 0; i < COUNT; i++)
            weights[0][i] = weights[1][i] = rng_normal(&rng);
        optimizer_init(&whole, &chosen, COUNT);
        optimizer_init(&parts[0], &chosen, cut);
        optimizer_init(&parts[1], &chosen, COUNT - cut);
        for (int t = 0; t < 10; t++) {
            for (int i = 0; i < COUNT; i++)
                gradients[0][i] = gradients[1][i] = gradient(&rng, i);
            step_all(&whole, weights[0], gradients[0]);
            step_all(&parts[0], weights[1], gradients[1]);
            step_all(&parts[1], weights[1] + cut, gradients[1] + cut);
        }
        ck_assert_mem_eq(weights[0], weights[1], sizeof weights[0]);
        optimizer_fini(&whole);
        optimizer_fini(&parts[0]);
        optimizer_fini(&parts[1]);
    }
}
END_TEST

START_TEST(state_is_one_float_a_parameter_for_sgd_and_two_for_adam)
{
    for (int kind = OPTIMIZER_SGD; kind <= OPTIMIZER_ADAM; kind++) {
        struct optimizer_options chosen =
            optimizer_defaults((enum optimizer_kind)kind);
        struct optimizer opt;

        optimizer_init(&opt, &chosen, COUNT);
        ck_assert_int_eq(opt.steps, 0);
        ck_assert_uint_eq(opt.count, COUNT);
        ck_assert_int_eq(optimizer_state_floats(chosen.kind),
                         (opt.first != NULL) + (opt.second != NULL));
        ck_assert_int_eq(optimizer_state_floats(chosen.kind),
                         kind == OPTIMIZER_ADAM ? 2 : 1);
        optimizer_fini(&opt);
        ck_assert_ptr_null(opt.first);
        ck_assert_ptr_null(opt.second);
    }
}
END_TEST

START_TEST(defaults_are_pytorchs)
{
    struct optimizer_options chosen = optimizer_defaults(OPTIMIZER_ADAM);

    ck_assert_int_eq(chosen.kind, OPTIMIZER_ADAM);
    ck_assert(chosen.lr == 1e-3f && chosen.beta1 == 0.9f &&
              chosen.beta2 == 0.999f && chosen.epsilon == 1e-8f);
    chosen = optimizer_defaults(OPTIMIZER_SGD);
    ck_assert_int_eq(chosen.kind, OPTIMIZER_SGD);
    ck_assert(chosen.lr == 1e-3f && chosen.momentum == 0.9f);
}
END_TEST

START_TEST(kinds_have_names)
{
    static const char *const others[] = {"",     "SGD",  "adamw",   "sg",
                                         "sgd ", " sgd", "adam,sgd"};
    enum optimizer_kind kind = OPTIMIZER_ADAM;

    ck_assert(optimizer_kind_parse("sgd", &kind));
    ck_assert_int_eq(kind, OPTIMIZER_SGD);
    ck_assert(optimizer_kind_parse("adam", &kind));
    ck_assert_int_eq(kind, OPTIMIZER_ADAM);
    for (int o = 0; o < 7; o++)
        ck_assert_msg(!optimizer_kind_parse(others[o], &kind), "\"%s\"",
                      others[o]);
}
END_TEST

TCase *
optimizer_case(void)
{
    TCase *tcase = tcase_create("optimizer");

    tcase_add_test(tcase, adam_is_the_papers);
    tcase_add_test(tcase, adam_adds_epsilon_to_the_root);
    tcase_add_test(tcase, adam_heeds_its_betas);
    tcase_add_test(tcase, sgd_is_the_papers_with_any_momentum);
    tcase_add_test(tcase, first_step_of_adam_is_lr_long);
    tcase_add_test(tcase, momentum_carries_on_without_gradient);
    tcase_add_loop_test(tcase, step_leaves_the_gradients_zero, 0, 2);
    tcase_add_loop_test(tcase, weight_without_gradient_stays, 0, 2);
    tcase_add_loop_test(tcase, parts_move_as_the_whole_does_bit_for_bit, 0, 2);
    tcase_add_test(tcase,
                   state_is_one_float_a_parameter_for_sgd_and_two_for_adam);
    tcase_add_test(tcase, defaults_are_pytorchs);
    tcase_add_test(tcase, kinds_have_names);
    return tcase;
}
