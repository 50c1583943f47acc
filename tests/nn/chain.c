/* chain.c -- slices that hand on to each other train as the whole model does,
 * bit for bit, in whatever order their microbatches come and go; and all
 * microbatches together give the batch's gradient. */
#include "config.h"

#include "nn/slice.h"

#include "base/memory.h"
#include "cases.h"
#include "models.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 4, BATCH = 11, MBS = 4 };

/* 5 layers have 16 cuts. Widths off the kernels' beat. */
static const struct mlp model = {9, 13, 5, 4};
enum { CUTS = 16 };

/* Order in which the microbatches of a batch run through a chain. */
typedef void
order(struct chain *chain, const struct examples *examples, int mbs,
      double losses[]);

static double
forward(struct chain *chain, const struct examples *examples, int mb, int mbs,
        int slot)
{
    int batch = examples->x.rows;

    return chain_forward(chain, examples, slot, share_from(mb, mbs, batch),
                         share_rows(mb, mbs, batch));
}

static void
backward(struct chain *chain, int batch, int mb, int mbs, int slot)
{
    chain_backward(chain, slot, share_from(mb, mbs, batch),
                   share_rows(mb, mbs, batch));
}

static void
backward_input(struct chain *chain, int batch, int mb, int mbs, int slot,
               int kept)
{
    chain_backward_input(chain, slot, kept, share_from(mb, mbs, batch),
                         share_rows(mb, mbs, batch));
}

/* F0 B0 F1 B1 ..., always in slot 0. */
static void
one_by_one(struct chain *chain, const struct examples *examples, int mbs,
           double losses[])
{
    for (int m = 0; m < mbs; m++) {
        losses[m] = forward(chain, examples, m, mbs, 0);
        backward(chain, examples->x.rows, m, mbs, 0);
    }
}

/* F0 F1 .. B0 B1 ..: all in flight, slots from the last down. */
static void
all_in_flight(struct chain *chain, const struct examples *examples, int mbs,
              double losses[])
{
    for (int m = 0; m < mbs; m++)
        losses[m] = forward(chain, examples, m, mbs, mbs - 1 - m);
    for (int m = 0; m < mbs; m++)
        backward(chain, examples->x.rows, m, mbs, mbs - 1 - m);
}

/* F0 F1 B0 F2 B1 .. by turns in two slots. */
static void
two_in_flight(struct chain *chain, const struct examples *examples, int mbs,
              double losses[])
{
    losses[0] = forward(chain, examples, 0, mbs, 0);
    for (int m = 0; m < mbs; m++) {
        if (m + 1 < mbs)
            losses[m + 1] = forward(chain, examples, m + 1, mbs, (m + 1) % 2);
        backward(chain, examples->x.rows, m, mbs, m % 2);
    }
}

/* F0 I0 W0 F1 I1 W1 .. */
static void
split_at_once(struct chain *chain, const struct examples *examples, int mbs,
              double losses[])
{
    for (int m = 0; m < mbs; m++) {
        losses[m] = forward(chain, examples, m, mbs, 1);
        backward_input(chain, examples->x.rows, m, mbs, 1, 0);
        chain_backward_weight(chain, 1, 0,
                              share_rows(m, mbs, examples->x.rows));
    }
}

/* Forwards and input gradients from the last microbatch to the first, weight
 * gradients last of all, in order. */
static void
weights_last(struct chain *chain, const struct examples *examples, int mbs,
             double losses[])
{
    for (int m = mbs - 1; m >= 0; m--)
        losses[m] = forward(chain, examples, m, mbs, m);
    for (int m = mbs - 1; m >= 0; m--)
        backward_input(chain, examples->x.rows, m, mbs, m, mbs - 1 - m);
    for (int m = 0; m < mbs; m++)
        chain_backward_weight(chain, m, mbs - 1 - m,
                              share_rows(m, mbs, examples->x.rows));
}

/* F0 I0 F1 I1 W0 F2 I2 W1 ..: each W one microbatch late. */
static void
weights_one_late(struct chain *chain, const struct examples *examples, int mbs,
                 double losses[])
{
    int batch = examples->x.rows;

    for (int m = 0; m <= mbs; m++) {
        if (m < mbs) {
            losses[m] = forward(chain, examples, m, mbs, m % 2);
            backward_input(chain, batch, m, mbs, m % 2, (m + 1) % 2);
        }
        if (m > 0)
            chain_backward_weight(chain, (m - 1) % 2, m % 2,
                                  share_rows(m - 1, mbs, batch));
    }
}

static order *const orders[] = {one_by_one,    all_in_flight,
                                two_in_flight, split_at_once,
                                weights_last,  weights_one_late};

enum { ORDERS = sizeof orders / sizeof *orders };

/* All that a few training steps leave. */
struct result {
    double losses[STEPS][BATCH]; /* of each microbatch */
    float *grads[STEPS];         /* just before the step */
    float *dx[STEPS];            /* of the whole batch's inputs, or NULL */
    float *weights;              /* at the end */
    size_t params;
    uint64_t hash;
};

struct training {
    unsigned cuts;
    order *order;
    int mbs;
    enum optimizer_kind optimizer;
    bool want_dx;
};

static float *
copy_of(struct tensor t)
{
    float *copy = memory_new_floats(tensor_count(t));

    memcpy(copy, t.data, tensor_count(t) * sizeof *copy);
    return copy;
}

static void
train(struct result *result, const struct training *training)
{
    struct optimizer_options options = optimizer_defaults(training->optimizer);
    struct examples examples;
    struct chain chain;

    options.lr = 0.02f;
    *result =
        (struct result){.params = mlp_parameters(&model, 0, model.layers)};
    examples_init(&examples, &model, BATCH);
    chain_init(&chain, &model, training->cuts, BATCH,
               share_rows(0, training->mbs, BATCH),
               training->mbs > 2 ? training->mbs : 2, &options,
               training->want_dx);
    for (int step = 0; step < STEPS; step++) {
        training->order(&chain, &examples, training->mbs,
                        result->losses[step]);
        result->grads[step] = chain_grads(&chain);
        if (training->want_dx)
            result->dx[step] = copy_of(chain.dx[0]);
        chain_step(&chain);
    }
    result->weights = chain_weights(&chain);
    result->hash = chain_hash(&chain);
    chain_fini(&chain);
    examples_fini(&examples);
}

static void
result_fini(struct result *result)
{
    for (int step = 0; step < STEPS; step++) {
        free(result->grads[step]);
        free(result->dx[step]);
    }
    free(result->weights);
}

static void
expect_same(const struct result *a, const struct result *b)
{
    size_t bytes = a->params * sizeof *a->weights;

    ck_assert_mem_eq(a->losses, b->losses, sizeof a->losses);
    for (int step = 0; step < STEPS; step++) {
        ck_assert_mem_eq(a->grads[step], b->grads[step], bytes);
        if (a->dx[step] && b->dx[step])
            ck_assert_mem_eq(a->dx[step], b->dx[step],
                             sizeof(float) * BATCH * (size_t)model.inputs);
    }
    ck_assert_mem_eq(a->weights, b->weights, bytes);
    ck_assert_uint_eq(a->hash, b->hash);
}

/* _i: the cut. */
START_TEST(slices_train_as_the_whole_model_bit_for_bit)
{
    for (int kind = OPTIMIZER_SGD; kind <= OPTIMIZER_ADAM; kind++)
        for (int want_dx = 0; want_dx < 2; want_dx++) {
            struct training whole = {0, one_by_one, MBS,
                                     (enum optimizer_kind)kind, true};
            struct training parts = {(unsigned)_i, one_by_one, MBS,
                                     (enum optimizer_kind)kind, want_dx};
            struct result expected, got;

            train(&expected, &whole);
            train(&got, &parts);
            expect_same(&expected, &got);
            result_fini(&expected);
            result_fini(&got);
        }
}
END_TEST

/* _i: the order. A cut in the middle, and the whole. */
START_TEST(microbatches_in_any_order_give_the_same_bits)
{
    for (int mbs = 1; mbs <= BATCH; mbs++) {
        struct training plain = {0, one_by_one, mbs, OPTIMIZER_ADAM, true};
        struct training other = {0x6, orders[_i], mbs, OPTIMIZER_ADAM, true};
        struct result expected, got;

        train(&expected, &plain);
        for (int cut = 0; cut < 2; cut++) {
            other.cuts = cut ? 0x6 : 0;
            train(&got, &other);
            expect_same(&expected, &got);
            result_fini(&got);
        }
        result_fini(&expected);
    }
}
END_TEST

static double
sum_of(const double values[], int count)
{
    double sum = 0.0;

    for (int i = 0; i < count; i++)
        sum += values[i];
    return sum;
}

/* A gradient is a sum over rows; cut into microbatches it is added up in
 * another order, and each row may be computed by another kernel. All of that
 * is a few dozen roundings of numbers no larger than the largest gradient
 * (about 3 of them are seen). _i: microbatches, few of which divide 11. */
START_TEST(microbatches_add_up_to_the_batchs_gradient)
{
    struct training once = {0, one_by_one, 1, OPTIMIZER_SGD, false};
    struct training cut = {0x5, one_by_one, _i, OPTIMIZER_SGD, false};
    struct result expected, got;
    float largest = 0.0f;

    train(&expected, &once);
    train(&got, &cut);
    ck_assert_double_eq_tol(sum_of(got.losses[0], _i), expected.losses[0][0],
                            32 * ROUNDING);
    for (size_t i = 0; i < expected.params; i++)
        largest = fmaxf(largest, fabsf(expected.grads[0][i]));
    for (size_t i = 0; i < expected.params; i++)
        ck_assert_double_eq_tol((double)got.grads[0][i],
                                (double)expected.grads[0][i],
                                32 * ROUNDING * (double)largest);
    result_fini(&expected);
    result_fini(&got);
}
END_TEST

/* A slot sized for more rows, soiled by a longer microbatch before. */
START_TEST(short_microbatch_leaves_no_trace_of_the_longer_before)
{
    struct optimizer_options sgd = optimizer_defaults(OPTIMIZER_SGD);
    struct examples examples;
    struct chain chains[2];
    float *grads[2];
    double losses[2];

    examples_init(&examples, &model, BATCH);
    for (int c = 0; c < 2; c++) {
        chain_init(&chains[c], &model, 0x2, BATCH, c ? 3 : BATCH, 1, &sgd,
                   true);
        if (c == 0) {
            chain_forward(&chains[0], &examples, 0, 0, BATCH);
            chain_backward_input(&chains[0], 0, 0, 0, BATCH);
        }
        losses[c] = chain_forward(&chains[c], &examples, 0, 5, 3);
        chain_backward_input(&chains[c], 0, 0, 5, 3);
        chain_backward_weight(&chains[c], 0, 0, 3);
        grads[c] = chain_grads(&chains[c]);
    }
    ck_assert(losses[0] == losses[1]);
    ck_assert_mem_eq(grads[0], grads[1],
                     sizeof(float) * mlp_parameters(&model, 0, model.layers));
    for (int c = 0; c < 2; c++) {
        chain_fini(&chains[c]);
        free(grads[c]);
    }
    examples_fini(&examples);
}
END_TEST

START_TEST(input_gradient_alone_changes_no_weight_gradient)
{
    struct optimizer_options sgd = optimizer_defaults(OPTIMIZER_SGD);
    struct examples examples;
    struct chain chain;
    float *grads;

    examples_init(&examples, &model, BATCH);
    chain_init(&chain, &model, 0x9, BATCH, BATCH, 1, &sgd, true);
    chain_forward(&chain, &examples, 0, 0, BATCH);
    chain_backward_input(&chain, 0, 0, 0, BATCH);
    grads = chain_grads(&chain);
    for (size_t i = 0; i < mlp_parameters(&model, 0, model.layers); i++)
        ck_assert(grads[i] == 0.0f);
    free(grads);
    chain_fini(&chain);
    examples_fini(&examples);
}
END_TEST

/* What all of it is for: a dozen examples with labels at random, by heart. */
START_TEST(training_learns_its_examples_by_heart)
{
    struct optimizer_options options =
        optimizer_defaults((enum optimizer_kind)_i);
    struct examples examples;
    struct chain chain;
    struct slice *last;
    double losses[MBS];
    double first = 0.0;
    int correct = 0;

    options.lr = _i == OPTIMIZER_ADAM ? 0.01f : 0.05f;
    examples_init(&examples, &model, BATCH);
    chain_init(&chain, &model, 0x2, BATCH, BATCH, MBS, &options, false);
    for (int step = 0; step < 500; step++) {
        all_in_flight(&chain, &examples, MBS, losses);
        chain_step(&chain);
        if (step == 0)
            first = sum_of(losses, MBS);
    }
    /* At first it knows nothing: about log 4. */
    ck_assert_double_eq_tol(first, log(4.0), 0.2);
    ck_assert_double_le(sum_of(losses, MBS), 0.05);
    last = chain.slices[chain.stages - 1];
    for (int m = 0; m < MBS; m++) {
        int from = share_from(m, MBS, BATCH);
        int rows = share_rows(m, MBS, BATCH);
        struct tensor x = slice_output(chain.slices[0], 0, rows);

        chain_forward(&chain, &examples, 0, from, rows);
        tensor_copy(slice_input(last, 0, rows), x);
        slice_forward(last, 0, rows);
        correct += slice_correct(last, 0, examples.labels + from, rows);
    }
    ck_assert_int_eq(correct, BATCH);
    chain_fini(&chain);
    examples_fini(&examples);
}
END_TEST

TCase *
chain_case(void)
{
    TCase *tcase = tcase_create("chain");

    tcase_set_timeout(tcase, 60); /* also under valgrind */
    tcase_add_loop_test(tcase, slices_train_as_the_whole_model_bit_for_bit, 0,
                        CUTS);
    tcase_add_loop_test(tcase, microbatches_in_any_order_give_the_same_bits, 0,
                        ORDERS);
    tcase_add_loop_test(tcase, microbatches_add_up_to_the_batchs_gradient, 1,
                        BATCH + 1);
    tcase_add_test(tcase,
                   short_microbatch_leaves_no_trace_of_the_longer_before);
    tcase_add_test(tcase, input_gradient_alone_changes_no_weight_gradient);
    tcase_add_loop_test(tcase, training_learns_its_examples_by_heart, 0, 2);
    return tcase;
}
