#include "config.h"

#include "policy/policy.h"

#include "cases.h"
#include "plan/plans.h"
#include "plan/program.h"
#include "plan/lower.h"

#include <stdlib.h>
#include <string.h>

enum { SCHEDULES = 3 };

static int
least(int a, int b)
{
    return a < b ? a : b;
}

static void
expect_list(const char *schedule, int ranks, int mbs, const char *expected)
{
    struct plan *plan = plan_of(schedule, ranks, mbs);
    char *text = plan_text(plan);

    ck_assert_str_eq(text, expected);
    free(text);
    plan_free(plan);
}

/* The plan as the course draws it: a column a tick, all actions one tick. */
static void
expect_grid(const char *schedule, int ranks, int mbs, const char *expected)
{
    struct plan *plan = plan_of(schedule, ranks, mbs);
    char *text = csv_text(plan);

    ck_assert_str_eq(text, expected);
    free(text);
    plan_free(plan);
}

/* ---- what they look like ---- */

START_TEST(naive_runs_one_microbatch_at_a_time)
{
    expect_list("naive", 2, 2,
                "rank 0: 0F0 0B0 0F1 0B1\n"
                "rank 1: 1F0 1B0 1F1 1B1\n");
    expect_grid("naive", 3, 2,
                "0F0,,,,,0B0,0F1,,,,,0B1\n"
                ",1F0,,,1B0,,,1F1,,,1B1\n"
                ",,2F0,2B0,,,,,2F1,2B1\n");
}
END_TEST

START_TEST(gpipe_runs_all_forwards_before_any_backward)
{
    expect_list("gpipe", 2, 3,
                "rank 0: 0F0 0F1 0F2 0B0 0B1 0B2\n"
                "rank 1: 1F0 1F1 1F2 1B0 1B1 1B2\n");
    expect_grid("gpipe", 3, 4,
                "0F0,0F1,0F2,0F3,,,,,0B0,0B1,0B2,0B3\n"
                ",1F0,1F1,1F2,1F3,,,1B0,1B1,1B2,1B3\n"
                ",,2F0,2F1,2F2,2F3,2B0,2B1,2B2,2B3\n");
}
END_TEST

START_TEST(one_f_one_b_warms_up_alternates_and_cools_down)
{
    expect_list("1f1b", 4, 6,
                "rank 0: 0F0 0F1 0F2 0F3 0B0 0F4 0B1 0F5 0B2 0B3 0B4 0B5\n"
                "rank 1: 1F0 1F1 1F2 1B0 1F3 1B1 1F4 1B2 1F5 1B3 1B4 1B5\n"
                "rank 2: 2F0 2F1 2B0 2F2 2B1 2F3 2B2 2F4 2B3 2F5 2B4 2B5\n"
                "rank 3: 3F0 3B0 3F1 3B1 3F2 3B2 3F3 3B3 3F4 3B4 3F5 3B5\n");
    expect_grid("1f1b", 3, 4,
                "0F0,0F1,0F2,,,0B0,0F3,0B1,,0B2,,0B3\n"
                ",1F0,1F1,,1B0,1F2,1B1,1F3,1B2,,1B3\n"
                ",,2F0,2B0,2F1,2B1,2F2,2B2,2F3,2B3\n");
}
END_TEST

START_TEST(one_f_one_b_with_few_microbatches_is_all_warm_up)
{
    expect_list("1f1b", 4, 2,
                "rank 0: 0F0 0F1 0B0 0B1\n"
                "rank 1: 1F0 1F1 1B0 1B1\n"
                "rank 2: 2F0 2F1 2B0 2B1\n"
                "rank 3: 3F0 3B0 3F1 3B1\n");
    expect_list("1f1b", 3, 1,
                "rank 0: 0F0 0B0\n"
                "rank 1: 1F0 1B0\n"
                "rank 2: 2F0 2B0\n");
}
END_TEST

START_TEST(one_rank_needs_no_pipeline)
{
    expect_list("naive", 1, 2, "rank 0: 0F0 0B0 0F1 0B1\n");
    expect_list("gpipe", 1, 2, "rank 0: 0F0 0F1 0B0 0B1\n");
    expect_list("1f1b", 1, 2, "rank 0: 0F0 0B0 0F1 0B1\n");
}
END_TEST

/* ---- laws, one iteration a schedule, over all shapes ---- */

static void
each_shape(const char *schedule, void (*law)(const struct plan *plan))
{
    for (int ranks = 1; ranks <= MOST_RANKS; ranks++)
        for (int mbs = 1; mbs <= MOST_MBS; mbs++) {
            struct plan *plan = plan_of(schedule, ranks, mbs);

            law(plan);
            plan_free(plan);
        }
}

/* Counted here and not by the check, which might err likewise. */
static void
has_each_action_once(const struct plan *plan)
{
    int counts[MOST_RANKS][MOST_MBS][2] = {0};

    ck_assert_msg(!plan->lowered, "%s", shape_text(plan));
    ck_assert_msg(plan_actions(plan) ==
                      2u * (unsigned)plan->stages * (unsigned)plan->mbs,
                  "%s", shape_text(plan));
    for (int r = 0; r < plan->ranks; r++)
        for (size_t i = 0; i < plan->lists[r].count; i++) {
            const struct action *action = &plan->lists[r].at[i];

            ck_assert_msg(action->kind == ACTION_FORWARD ||
                              action->kind == ACTION_FULL_BACKWARD,
                          "%s", shape_text(plan));
            ck_assert_msg(action->stage == r &&
                              plan->rank_of_stage[action->stage] == r,
                          "%s: rank %d position %zu", shape_text(plan), r, i);
            counts[action->stage][action->mb][action->kind]++;
        }
    for (int s = 0; s < plan->stages; s++)
        for (int m = 0; m < plan->mbs; m++)
            ck_assert_msg(counts[s][m][ACTION_FORWARD] == 1 &&
                              counts[s][m][ACTION_FULL_BACKWARD] == 1,
                          "%s: stage %d microbatch %d", shape_text(plan), s,
                          m);
}

START_TEST(every_forward_and_backward_is_there_once)
{
    each_shape(plain_schedules[_i], has_each_action_once);
}
END_TEST

static int
expected_peak(const struct plan *plan, int rank)
{
    if (strcmp(plan->name, "naive") == 0)
        return 1;
    if (strcmp(plan->name, "gpipe") == 0)
        return plan->mbs;
    return least(plan->ranks - rank, plan->mbs);
}

/* Rendezvous stops 1f1b as soon as there are two ranks and two microbatches:
 * the last but one sends its second forward while the last sends back. */
static int
expected_capacity(const struct plan *plan)
{
    return strcmp(plan->name, "1f1b") == 0 && plan->ranks >= 2 &&
           plan->mbs >= 2;
}

static void
has_the_figures(const struct plan *plan)
{
    struct program *program = program_of(plan);

    for (int r = 0; r < plan->ranks; r++)
        ck_assert_msg(program->peak_activations[r] == expected_peak(plan, r),
                      "%s: rank %d has a peak of %g", shape_text(plan), r,
                      program->peak_activations[r]);
    ck_assert_msg(program->messages == 2 * (plan->ranks - 1) * plan->mbs,
                  "%s: %lld messages", shape_text(plan),
                  (long long)program->messages);
    ck_assert_msg(program_smallest_capacity(program) ==
                      expected_capacity(plan),
                  "%s: smallest capacity %d", shape_text(plan),
                  program_smallest_capacity(program));
    ck_assert_msg(program->unordered_stage == -1, "%s: unordered stage %d",
                  shape_text(plan), program->unordered_stage);
    program_free(program);
}

START_TEST(peaks_messages_and_capacity_follow_from_the_shape)
{
    each_shape(plain_schedules[_i], has_the_figures);
}
END_TEST

/* ---- names and shapes ---- */

START_TEST(table_lists_the_schedules)
{
    for (int i = 0; i < SCHEDULES; i++) {
        const struct policy *policy = policy_at(i);

        ck_assert_ptr_nonnull(policy);
        ck_assert_str_eq(policy->name, plain_schedules[i]);
        ck_assert_ptr_eq(policy_find(policy->name), policy);
        ck_assert_uint_gt(strlen(policy->summary), 0);
    }
}
END_TEST

START_TEST(table_ends_with_null)
{
    int i = 0;

    while (policy_at(i))
        i++;
    ck_assert_int_ge(i, SCHEDULES);
    ck_assert_ptr_null(policy_at(i + 1));
}
END_TEST

START_TEST(stages_that_do_not_fit_the_ranks_are_refused)
{
    for (int i = 0; i < SCHEDULES; i++) {
        struct cause cause = {.text = ""};

        ck_assert(!policy_suits(policy_at(i), 2, 4, 8, &cause));
        ck_assert_ptr_nonnull(strstr(cause.text, plain_schedules[i]));
        ck_assert_ptr_nonnull(strstr(cause.text, "4 stages on 2 ranks"));
        ck_assert_ptr_nonnull(strstr(cause.text, "use 4 ranks"));
    }
}
END_TEST

START_TEST(plain_schedules_are_those_that_tests_draw)
{
    for (int i = 0; i < SCHEDULES; i++)
        for (int ranks = 1; ranks <= MOST_RANKS; ranks++)
            for (int mbs = 1; mbs <= MOST_MBS; mbs++) {
                struct plan *plan =
                    policy_plan(policy_at(i), ranks, ranks, mbs);
                struct plan *drawn = plan_of(plain_schedules[i], ranks, mbs);

                ck_assert_msg(plan_equal(plan, drawn), "%s", shape_text(plan));
                plan_free(plan);
                plan_free(drawn);
            }
}
END_TEST

static const struct {
    int ranks;
    int stages;
    int mbs;
    const char *says; /* or NULL: the shape is good */
} shapes[] = {
    {1, 1, 1, NULL},
    {3, 7, 5, NULL},
    {PLAN_MAX_STAGES, PLAN_MAX_STAGES, 1, NULL},
    {1, 1, PLAN_MAX_MBS, NULL},
    {1, 4, PLAN_MAX_CELLS / 4, NULL},
    {0, 0, 1, "0 stages"},
    {1, -1, 1, "-1 stages"},
    {1, PLAN_MAX_STAGES + 1, 1, "65536 stages"},
    {1, INT32_MAX, 1, "2147483647 stages"},
    {1, 1, 0, "0 microbatches"},
    {1, 1, INT32_MIN, "-2147483648 microbatches"},
    {1, 1, PLAN_MAX_MBS + 1, "16777217 microbatches"},
    {0, 4, 1, "0 ranks"},
    {-3, 4, 1, "-3 ranks"},
    {5, 4, 1, "5 ranks; use 1 to 4"},
    {2, 1, 1, "2 ranks for 1 stage; use 1 rank"},
    {1, 5, PLAN_MAX_MBS, "5 stages x 16777216 microbatches"},
    {1, PLAN_MAX_STAGES, PLAN_MAX_MBS, "65535 stages x 16777216"},
};

START_TEST(shapes_beyond_the_limits_are_refused)
{
    struct cause cause = {.text = ""};
    bool valid = plan_shape_valid(shapes[_i].ranks, shapes[_i].stages,
                                  shapes[_i].mbs, &cause);

    ck_assert_msg(valid == !shapes[_i].says, "P=%d S=%d M=%d: %s",
                  shapes[_i].ranks, shapes[_i].stages, shapes[_i].mbs,
                  cause.text);
    if (shapes[_i].says)
        ck_assert_msg(strstr(cause.text, shapes[_i].says) != NULL, "%s",
                      cause.text);
}
END_TEST

/* ---- placement ---- */

START_TEST(placements_give_each_rank_its_stages)
{
    static const int looped[] = {0, 1, 2, 0, 1, 2, 0, 1, 2};
    static const int v[] = {0, 1, 2, 2, 1, 0};
    static const int wave[] = {0, 1, 2, 2, 1, 0, 0, 1, 2, 2, 1, 0};

    for (int s = 0; s < 9; s++)
        ck_assert_int_eq(placement_rank(PLACEMENT_LOOPED, 3, s), looped[s]);
    for (int s = 0; s < 6; s++)
        ck_assert_int_eq(placement_rank(PLACEMENT_V, 3, s), v[s]);
    for (int s = 0; s < 12; s++)
        ck_assert_int_eq(placement_rank(PLACEMENT_WAVE, 3, s), wave[s]);
    for (int s = 0; s < 5; s++)
        ck_assert_int_eq(placement_rank(PLACEMENT_ONE, 5, s), s);
}
END_TEST

TCase *
policy_case(void)
{
    TCase *tcase = tcase_create("policy");

    tcase_set_timeout(tcase, 60); /* sweeps, also under valgrind */
    tcase_add_test(tcase, naive_runs_one_microbatch_at_a_time);
    tcase_add_test(tcase, gpipe_runs_all_forwards_before_any_backward);
    tcase_add_test(tcase, one_f_one_b_warms_up_alternates_and_cools_down);
    tcase_add_test(tcase, one_f_one_b_with_few_microbatches_is_all_warm_up);
    tcase_add_test(tcase, one_rank_needs_no_pipeline);
    tcase_add_loop_test(tcase, every_forward_and_backward_is_there_once, 0,
                        SCHEDULES);
    tcase_add_loop_test(tcase,
                        peaks_messages_and_capacity_follow_from_the_shape, 0,
                        SCHEDULES);
    tcase_add_test(tcase, table_lists_the_schedules);
    tcase_add_test(tcase, table_ends_with_null);
    tcase_add_test(tcase, plain_schedules_are_those_that_tests_draw);
    tcase_add_test(tcase, stages_that_do_not_fit_the_ranks_are_refused);
    tcase_add_loop_test(tcase, shapes_beyond_the_limits_are_refused, 0,
                        sizeof shapes / sizeof *shapes);
    tcase_add_test(tcase, placements_give_each_rank_its_stages);
    return tcase;
}
