/* mlp.c -- sizes of the model, and where it is cut. */
#include "config.h"

#include "nn/mlp.h"

#include "cases.h"

#include <stdio.h>
#include <string.h>

enum { MOST_LAYERS = 10 };

static const struct mlp models[] = {
    {8, 8, 0, 8},   {2, 16, 0, 3},  {64, 4, 0, 2},
    {16, 3, 0, 90}, {31, 9, 0, 10}, {1, 1, 0, 1},
};

enum { MODELS = sizeof models / sizeof *models };

static const char *
counts_text(const int counts[], int stages)
{
    static char text[256];
    size_t used = 0;

    for (int s = 0; s < stages; s++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%d",
                                 s ? "," : "", counts[s]);
    return text;
}

START_TEST(layers_fit_together)
{
    const struct mlp mlp = {784, 128, 3, 10};

    ck_assert_int_eq(mlp_layer_inputs(&mlp, 0), 784);
    for (int l = 1; l <= mlp.layers; l++)
        ck_assert_int_eq(mlp_layer_inputs(&mlp, l),
                         mlp_layer_outputs(&mlp, l - 1));
    ck_assert_int_eq(mlp_layer_outputs(&mlp, 0), 128);
    ck_assert_int_eq(mlp_layer_outputs(&mlp, 3), 10);
}
END_TEST

START_TEST(parameters_are_weights_and_biases)
{
    const struct mlp mlp = {5, 3, 4, 2};

    ck_assert_uint_eq(mlp_parameters(&mlp, 0, 1), 5 * 3 + 3);
    ck_assert_uint_eq(mlp_parameters(&mlp, 1, 1), 3 * 3 + 3);
    ck_assert_uint_eq(mlp_parameters(&mlp, 1, 2), 2 * (3 * 3 + 3));
    /* The last hidden layer brings the head along. */
    ck_assert_uint_eq(mlp_parameters(&mlp, 3, 1), 3 * 3 + 3 + 3 * 2 + 2);
    ck_assert_uint_eq(mlp_parameters(&mlp, 0, 4),
                      5 * 3 + 3 + 3 * (3 * 3 + 3) + 3 * 2 + 2);
}
END_TEST

START_TEST(parameters_of_parts_add_up)
{
    for (int layers = 1; layers <= MOST_LAYERS; layers++)
        for (int cut = 1; cut < layers; cut++) {
            struct mlp mlp = {7, 5, layers, 3};

            ck_assert_uint_eq(mlp_parameters(&mlp, 0, layers),
                              mlp_parameters(&mlp, 0, cut) +
                                  mlp_parameters(&mlp, cut, layers - cut));
        }
}
END_TEST

START_TEST(parameters_of_a_huge_model_do_not_wrap)
{
    const struct mlp mlp = {100000, 100000, 2, 10};

    ck_assert_uint_eq(mlp_parameters(&mlp, 0, 1),
                      (size_t)100000 * 100000 + 100000);
}
END_TEST

static size_t
squares(const struct mlp *mlp, const int counts[], int stages)
{
    size_t sum = 0;
    int first = 0;

    for (int s = 0; s < stages; s++) {
        size_t size = mlp_parameters(mlp, first, counts[s]);

        sum += size * size;
        first += counts[s];
    }
    return sum;
}

/* All cuts of what is left, early stages shortest first; keeps the first of
 * the best. */
struct search {
    const struct mlp *mlp;
    int stages;
    int counts[MOST_LAYERS];
    int best[MOST_LAYERS];
    size_t least;
    int tried;
};

static void
try_cuts(struct search *search, int stage, int left)
{
    int after = search->stages - 1 - stage;

    if (after == 0) {
        size_t sum;

        search->counts[stage] = left;
        sum = squares(search->mlp, search->counts, search->stages);
        if (search->tried++ == 0 || sum < search->least) {
            search->least = sum;
            memcpy(search->best, search->counts, sizeof search->best);
        }
        return;
    }
    for (int count = 1; count <= left - after; count++) {
        search->counts[stage] = count;
        try_cuts(search, stage + 1, left - count);
    }
}

static void
expect_best_split(const struct mlp *mlp, int stages)
{
    struct search search = {.mlp = mlp, .stages = stages};
    struct cause cause;
    int counts[MOST_LAYERS];
    char best[256];

    try_cuts(&search, 0, mlp->layers);
    ck_assert_msg(mlp_split(mlp, stages, counts, &cause), "%s", cause.text);
    snprintf(best, sizeof best, "%s", counts_text(search.best, stages));
    ck_assert_msg(
        memcmp(counts, search.best, (size_t)stages * sizeof *counts) == 0,
        "%d -> %d x %d -> %d in %d: %s, not %s", mlp->inputs, mlp->layers,
        mlp->hidden, mlp->classes, stages, counts_text(counts, stages), best);
}

/* Against all cuts there are: the least sum of squares, at least a layer a
 * stage, all layers used, the early stages shortest. */
START_TEST(split_is_the_most_even_one)
{
    for (int layers = 1; layers <= MOST_LAYERS; layers++)
        for (int stages = 1; stages <= layers; stages++) {
            struct mlp mlp = models[_i];

            mlp.layers = layers;
            expect_best_split(&mlp, stages);
        }
}
END_TEST

static void
expect_split(struct mlp mlp, int stages, const char *expected)
{
    struct cause cause;
    int counts[64];

    ck_assert(mlp_split(&mlp, stages, counts, &cause));
    ck_assert_str_eq(counts_text(counts, stages), expected);
}

START_TEST(split_evens_out_parameters_not_layers)
{
    expect_split((struct mlp){128, 128, 16, 10}, 4, "4,4,4,4");
    expect_split((struct mlp){64, 128, 16, 10}, 4, "4,4,4,4");
    expect_split((struct mlp){128, 128, 16, 10}, 1, "16");
    expect_split((struct mlp){8, 8, 4, 8}, 4, "1,1,1,1");
    /* A first layer as large as six others. */
    expect_split((struct mlp){784, 128, 16, 10}, 4, "1,5,5,5");
}
END_TEST

/* Layers that are all alike, but for the head of the last. */
START_TEST(split_of_tens_of_thousands_of_layers_is_even)
{
    static const int stages[] = {2, 3, 4, 1000, 40000, 65535};
    const struct mlp mlp = {128, 128, 65535, 2};
    static int counts[65535];

    for (int i = 0; i < 6; i++) {
        int share = mlp.layers / stages[i];
        int sum = 0;
        struct cause cause;

        ck_assert(mlp_split(&mlp, stages[i], counts, &cause));
        for (int s = 0; s < stages[i]; s++) {
            ck_assert_int_ge(counts[s], share);
            ck_assert_int_le(counts[s], share + 1);
            sum += counts[s];
        }
        ck_assert_int_eq(sum, mlp.layers);
    }
}
END_TEST

START_TEST(split_touches_no_more_counts_than_stages)
{
    const struct mlp mlp = {8, 8, 9, 8};
    int counts[5] = {-1, -1, -1, -1, -1};
    struct cause cause;

    ck_assert(mlp_split(&mlp, 3, counts + 1, &cause));
    ck_assert_int_eq(counts[0], -1);
    ck_assert_int_eq(counts[4], -1);
}
END_TEST

START_TEST(split_into_more_stages_than_layers_says_so)
{
    const struct mlp mlp = {8, 8, 3, 8};
    struct cause cause;
    int counts[4];

    ck_assert(!mlp_split(&mlp, 4, counts, &cause));
    ck_assert_str_eq(cause.text, "4 stages for 3 layers; a stage needs a "
                                 "layer, so use 3 stages or fewer");
}
END_TEST

START_TEST(split_by_hand_is_taken_as_it_is)
{
    static const char *const texts[] = {"16", "4,4,4,4", "1,13,2",
                                        "1,1,1,1,1,1,1,1,8"};
    static const int stages[] = {1, 4, 3, 9};
    const struct mlp mlp = {128, 128, 16, 10};

    for (int t = 0; t < 4; t++) {
        struct cause cause;
        int counts[9];

        ck_assert_msg(
            mlp_split_parse(&mlp, stages[t], texts[t], counts, &cause), "%s",
            cause.text);
        ck_assert_str_eq(counts_text(counts, stages[t]), texts[t]);
    }
}
END_TEST

static void
expect_refusal(const char *text, const char *cause_has)
{
    const struct mlp mlp = {128, 128, 6, 10};
    struct cause cause = {.text = ""};
    int counts[4] = {-1, -1, -1, -1};

    ck_assert_msg(!mlp_split_parse(&mlp, 3, text, counts, &cause), "\"%s\"",
                  text);
    ck_assert_msg(strstr(cause.text, cause_has) != NULL,
                  "\"%s\": %s; no \"%s\"", text, cause.text, cause_has);
    ck_assert_int_eq(counts[3], -1);
}

START_TEST(split_by_hand_that_is_no_list_of_numbers_is_refused)
{
    expect_refusal("", ": \"\" is no number of layers from 1 to 6");
    expect_refusal("2,,4", "\",4\" is no number");
    expect_refusal("2,2,", "\"\" is no number");
    expect_refusal(",2,2,2", "\",2,2,2\" is no number");
    expect_refusal("2,2,two", "\"two\" is no number");
    expect_refusal("2,2,2x", "\"2x\" is no number");
    expect_refusal("2;2;2", "\"2;2;2\" is no number");
    expect_refusal("2,2.0,2", "\"2.0,2\" is no number");
    expect_refusal("0,3,3", "\"0,3,3\" is no number");
    expect_refusal("4,-2,4", "\"-2,4\" is no number");
    expect_refusal("2,2,7", "\"7\" is no number");
    expect_refusal("99999999999999999999,2,2", "is no number");
}
END_TEST

START_TEST(split_by_hand_of_another_number_of_stages_is_refused)
{
    expect_refusal("3,3", "3,3 has 2 stages, not 3");
    expect_refusal("6", "6 has 1 stage, not 3");
    expect_refusal("2,2,1,1", "2,2,1,1 has 4 stages, not 3");
}
END_TEST

START_TEST(split_by_hand_of_another_number_of_layers_is_refused)
{
    expect_refusal("2,2,1", "2,2,1 adds up to 5 layers, not 6");
    expect_refusal("6,6,6", "6,6,6 adds up to 18 layers");
}
END_TEST

START_TEST(split_by_hand_may_be_of_any_length)
{
    static char text[20001];

    for (int i = 0; i < 20000; i += 2)
        memcpy(text + i, "1,", 2);
    text[19999] = '\0';
    expect_refusal(text, "has 10000 stages, not 3");
}
END_TEST

TCase *
mlp_case(void)
{
    TCase *tcase = tcase_create("mlp");

    tcase_add_test(tcase, layers_fit_together);
    tcase_add_test(tcase, parameters_are_weights_and_biases);
    tcase_add_test(tcase, parameters_of_parts_add_up);
    tcase_add_test(tcase, parameters_of_a_huge_model_do_not_wrap);
    tcase_add_loop_test(tcase, split_is_the_most_even_one, 0, MODELS);
    tcase_add_test(tcase, split_evens_out_parameters_not_layers);
    tcase_add_test(tcase, split_of_tens_of_thousands_of_layers_is_even);
    tcase_add_test(tcase, split_touches_no_more_counts_than_stages);
    tcase_add_test(tcase, split_into_more_stages_than_layers_says_so);
    tcase_add_test(tcase, split_by_hand_is_taken_as_it_is);
    tcase_add_test(tcase, split_by_hand_that_is_no_list_of_numbers_is_refused);
    tcase_add_test(tcase,
                   split_by_hand_of_another_number_of_stages_is_refused);
    tcase_add_test(tcase,
                   split_by_hand_of_another_number_of_layers_is_refused);
    tcase_add_test(tcase, split_by_hand_may_be_of_any_length);
    return tcase;
}
