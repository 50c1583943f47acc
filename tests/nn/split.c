#include "config.h"

#include "cases.h"

#include <string.h>

static size_t
squares(const struct mlp *mlp, const int counts[], int stages)
{
    size_t sum = 0;
    int first = 0;

    for (int s = 0; s < stages; s++) {
        size_t params = mlp_parameters(mlp, first, counts[s]);

        sum += params * params;
        first += counts[s];
    }
    return sum;
}

/* The least sum of squares over all cuts of the layers from first on. */
static size_t
least_squares(const struct mlp *mlp, int first, int stages)
{
    size_t best = SIZE_MAX;
    int left = mlp->layers - first;

    for (int count = 1; count <= left - (stages - 1); count++) {
        size_t params;
        size_t sum;

        if (stages == 1 && count < left)
            continue;
        params = mlp_parameters(mlp, first, count);
        sum = params * params;
        if (stages > 1)
            sum += least_squares(mlp, first + count, stages - 1);
        if (sum < best)
            best = sum;
    }
    return best;
}

START_TEST(the_course_splits_evenly)
{
    const struct mlp mlp = {
        .inputs = 128, .hidden = 128, .layers = 16, .classes = 2};
    const int even[] = {4, 4, 4, 4};
    struct cause cause;
    int counts[4];

    ck_assert(mlp_split(&mlp, 4, counts, &cause));
    ck_assert_mem_eq(counts, even, sizeof even);
}
END_TEST

START_TEST(a_split_is_as_even_in_parameters_as_can_be)
{
    static const struct mlp models[] = {
        {.inputs = 784, .hidden = 32, .layers = 6, .classes = 10},
        {.inputs = 8, .hidden = 32, .layers = 7, .classes = 100},
        {.inputs = 32, .hidden = 32, .layers = 5, .classes = 2},
    };
    struct cause cause;

    for (size_t m = 0; m < sizeof models / sizeof *models; m++)
        for (int stages = 1; stages <= models[m].layers; stages++) {
            int counts[8];
            int sum = 0;

            ck_assert(mlp_split(&models[m], stages, counts, &cause));
            for (int s = 0; s < stages; s++) {
                ck_assert_int_ge(counts[s], 1);
                sum += counts[s];
            }
            ck_assert_int_eq(sum, models[m].layers);
            ck_assert_uint_eq(squares(&models[m], counts, stages),
                              least_squares(&models[m], 0, stages));
        }
}
END_TEST

START_TEST(more_stages_than_layers_are_refused)
{
    const struct mlp mlp = {.inputs = 4, .hidden = 4, .layers = 3, .classes = 2};
    struct cause cause;
    int counts[4];

    ck_assert(!mlp_split(&mlp, 4, counts, &cause));
    ck_assert_msg(strstr(cause.text, "4 stages") && strstr(cause.text, "3"),
                  "%s", cause.text);
}
END_TEST

START_TEST(a_split_by_hand_must_add_up)
{
    const struct mlp mlp = {.inputs = 4, .hidden = 4, .layers = 6, .classes = 2};
    static const char *const bad[] = {"",      "6",     "3,3,0", "2,2,3",
                                      "2,2",   "1,2,3,", "a,b,c", "2,,4",
                                      "2;2;2", "-1,4,3", "2,2,2,0"};
    const int good[] = {1, 2, 3};
    struct cause cause;
    int counts[3];

    ck_assert(mlp_split_parse(&mlp, 3, "1,2,3", counts, &cause));
    ck_assert_mem_eq(counts, good, sizeof good);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!mlp_split_parse(&mlp, 3, bad[i], counts, &cause), "%s",
                      bad[i]);
}
END_TEST

TCase *
split_case(void)
{
    TCase *tcase = tcase_create("splits");

    tcase_add_test(tcase, the_course_splits_evenly);
    tcase_add_test(tcase, a_split_is_as_even_in_parameters_as_can_be);
    tcase_add_test(tcase, more_stages_than_layers_are_refused);
    tcase_add_test(tcase, a_split_by_hand_must_add_up);
    return tcase;
}
