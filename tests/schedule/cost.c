#include "config.h"

#include "schedule/cost.h"

#include "cases.h"
#include "schedule/plan.h"

#include <string.h>

enum { STAGES = 3 };

static struct cost
new_cost(void)
{
    struct cost cost;

    cost_init(&cost, STAGES);
    return cost;
}

static int64_t
ticks_of(const struct cost *cost, enum action_kind kind, int stage)
{
    struct action action = action_of(kind, stage, 0);

    return cost_of(cost, &action);
}

static int64_t
overlap_ticks(const struct cost *cost, int stage, enum action_kind kind,
              int pair_stage)
{
    struct action overlap = action_of(ACTION_OVERLAP_F_B, stage, 1);

    overlap.pair_kind = (uint8_t)kind;
    overlap.pair_stage = (uint16_t)pair_stage;
    return cost_of(cost, &overlap);
}

static void
parse(struct cost *cost, const char *text)
{
    struct cause cause = {""};

    ck_assert_msg(cost_parse(cost, text, &cause), "%s", cause.text);
}

static void
parse_stages(struct cost *cost, const char *text)
{
    struct cause cause = {""};

    ck_assert_msg(cost_parse_stages(cost, text, &cause), "%s", cause.text);
}

START_TEST(defaults_hold_on_every_stage)
{
    struct cost cost = new_cost();

    ck_assert_int_eq(cost.stages, STAGES);
    ck_assert_int_eq(cost.latency, 0);
    for (int s = 0; s < STAGES; s++) {
        ck_assert_int_eq(ticks_of(&cost, ACTION_FORWARD, s), 1);
        ck_assert_int_eq(ticks_of(&cost, ACTION_FULL_BACKWARD, s), 2);
        ck_assert_int_eq(ticks_of(&cost, ACTION_BACKWARD_INPUT, s), 1);
        ck_assert_int_eq(ticks_of(&cost, ACTION_BACKWARD_WEIGHT, s), 1);
        ck_assert_int_eq(ticks_of(&cost, ACTION_OPTIMIZER_STEP, s), 0);
    }
    cost_fini(&cost);
}
END_TEST

START_TEST(unit_cost_is_one_tick_for_all_that_computes)
{
    struct cost cost;

    cost_init_unit(&cost, STAGES);
    for (int s = 0; s < STAGES; s++) {
        ck_assert_int_eq(ticks_of(&cost, ACTION_FORWARD, s), 1);
        ck_assert_int_eq(ticks_of(&cost, ACTION_FULL_BACKWARD, s), 1);
        ck_assert_int_eq(ticks_of(&cost, ACTION_BACKWARD_INPUT, s), 1);
        ck_assert_int_eq(ticks_of(&cost, ACTION_BACKWARD_WEIGHT, s), 1);
        ck_assert_int_eq(overlap_ticks(&cost, s, ACTION_FULL_BACKWARD, 0), 1);
        ck_assert_int_eq(ticks_of(&cost, ACTION_OPTIMIZER_STEP, s), 0);
    }
    cost_fini(&cost);
}
END_TEST

START_TEST(option_sets_the_named_kinds_on_all_stages)
{
    struct cost cost = new_cost();

    parse(&cost, "F=10,B=25,STEP=3");
    for (int s = 0; s < STAGES; s++) {
        ck_assert_int_eq(ticks_of(&cost, ACTION_FORWARD, s), 10);
        ck_assert_int_eq(ticks_of(&cost, ACTION_FULL_BACKWARD, s), 25);
        ck_assert_int_eq(ticks_of(&cost, ACTION_OPTIMIZER_STEP, s), 3);
        ck_assert_int_eq(ticks_of(&cost, ACTION_BACKWARD_INPUT, s), 1);
    }
    parse(&cost, "I=7");
    parse(&cost, "W=0,F=10000000000");
    ck_assert_int_eq(ticks_of(&cost, ACTION_BACKWARD_INPUT, 1), 7);
    ck_assert_int_eq(ticks_of(&cost, ACTION_BACKWARD_WEIGHT, 1), 0);
    ck_assert_int_eq(ticks_of(&cost, ACTION_FORWARD, 1), COST_MAX);
    ck_assert_int_eq(ticks_of(&cost, ACTION_FULL_BACKWARD, 1), 25);
    cost_fini(&cost);
}
END_TEST

static const struct {
    const char *text;
    const char *says;
} bad_costs[] = {
    {"", "\"\" names no action"},
    {"F", "\"F\" names no action"},
    {"F,B=2", "\"F,B=2\" names no action"},
    {"X=1", "\"X=1\" names no action"},
    {"f=1", "\"f=1\" names no action"},
    {"=1", "\"=1\" names no action"},
    {"FB=1", "\"FB=1\" names no action"},
    {"SEND_F=1", "\"SEND_F=1\" names no action"},
    {"RECV_B=1", "\"RECV_B=1\" names no action"},
    {"F=1,", "\"\" names no action"},
    {"F=1,,B=2", "\",B=2\" names no action"},
    {"F=1;B=2", "F=1;B=2 is no duration"},
    {"F=", "F= is no duration"},
    {"F=x", "F=x is no duration"},
    {"F=1x", "F=1x is no duration"},
    {"F=1.5", "F=1.5 is no duration"},
    {"F=-1", "F=-1 is no duration"},
    {"OVERLAP=-1", "OVERLAP_F_B=-1 is no duration"},
    {"F=1,B=10000000001", "B=10000000001 is no duration"},
    {"F=99999999999999999999", "F=99999999999999999999 is no duration"},
};

START_TEST(bad_cost_is_quoted)
{
    struct cost cost = new_cost();
    struct cause cause = {""};

    ck_assert_msg(!cost_parse(&cost, bad_costs[_i].text, &cause), "\"%s\"",
                  bad_costs[_i].text);
    ck_assert_msg(strstr(cause.text, bad_costs[_i].says) != NULL, "%s",
                  cause.text);
    ck_assert_msg(strncmp(cause.text, "--cost: ", 8) == 0, "%s", cause.text);
    cost_fini(&cost);
}
END_TEST

START_TEST(stage_factors_multiply_and_round)
{
    struct cost cost = new_cost();

    parse(&cost, "F=10,B=25,I=3");
    parse_stages(&cost, "1,2.5,0.1");
    ck_assert_int_eq(ticks_of(&cost, ACTION_FORWARD, 0), 10);
    ck_assert_int_eq(ticks_of(&cost, ACTION_FORWARD, 1), 25);
    ck_assert_int_eq(ticks_of(&cost, ACTION_FORWARD, 2), 1);
    ck_assert_int_eq(ticks_of(&cost, ACTION_FULL_BACKWARD, 1), 63); /* 62.5 */
    ck_assert_int_eq(ticks_of(&cost, ACTION_BACKWARD_INPUT, 1), 8); /* 7.5 */
    ck_assert_int_eq(ticks_of(&cost, ACTION_FULL_BACKWARD, 2), 3);  /* 2.5 */
    ck_assert_int_eq(ticks_of(&cost, ACTION_BACKWARD_INPUT, 2), 0);
    ck_assert_int_eq(ticks_of(&cost, ACTION_OPTIMIZER_STEP, 1), 0);
    cost_fini(&cost);
}
END_TEST

START_TEST(stage_factor_may_be_zero)
{
    struct cost cost = new_cost();

    parse_stages(&cost, "0,1,1e0");
    ck_assert_int_eq(ticks_of(&cost, ACTION_FULL_BACKWARD, 0), 0);
    ck_assert_int_eq(ticks_of(&cost, ACTION_FULL_BACKWARD, 1), 2);
    ck_assert_int_eq(ticks_of(&cost, ACTION_FULL_BACKWARD, 2), 2);
    cost_fini(&cost);
}
END_TEST

static const struct {
    const char *text;
    const char *says;
} bad_factors[] = {
    {"", "\"\" is no factor"},
    {"1,2", "2 factors for 3 stages"},
    {"1,2,3,4", "4 factors for 3 stages"},
    {"1,2,", "\"\" is no factor"},
    {"1,,3", "\",3\" is no factor"},
    {"1,x,3", "\"x,3\" is no factor"},
    {"1,2,3x", "\"3x\" is no factor"},
    {"1;2;3", "\"1;2;3\" is no factor"},
    {"1,-1,1", "\"-1,1\" is no factor"},
    {"1,nan,1", "\"nan,1\" is no factor"},
    {"1,inf,1", "\"inf,1\" is no factor"},
    {"1,1e7,1", "\"1e7,1\" is no factor"},
};

START_TEST(bad_stage_factor_is_quoted)
{
    struct cost cost = new_cost();
    struct cause cause = {""};

    ck_assert_msg(!cost_parse_stages(&cost, bad_factors[_i].text, &cause),
                  "\"%s\"", bad_factors[_i].text);
    ck_assert_msg(strstr(cause.text, bad_factors[_i].says) != NULL, "%s",
                  cause.text);
    ck_assert_msg(strncmp(cause.text, "--stage-cost", 12) == 0, "%s",
                  cause.text);
    cost_fini(&cost);
}
END_TEST

START_TEST(factor_never_lifts_a_duration_over_the_limit)
{
    struct cost cost = new_cost();
    struct cause cause = {""};

    parse(&cost, "B=10000000000");
    ck_assert(!cost_parse_stages(&cost, "1,1.5,1", &cause));
    ck_assert_msg(strstr(cause.text, "stage 1") != NULL, "%s", cause.text);
    cost_fini(&cost);
}
END_TEST

/* F, B or I and W of every cell and a message each way, all on one path. */
START_TEST(longest_makespan_fits_its_type)
{
    ck_assert(COST_MAX <= INT64_MAX / PLAN_MAX_CELLS / 5 -
                              PLAN_MAX_STAGES);
}
END_TEST

START_TEST(overlap_lasts_the_sum_unless_given)
{
    struct cost cost = new_cost();

    parse(&cost, "F=10,B=25,I=4");
    parse_stages(&cost, "1,2,3");
    ck_assert_int_eq(overlap_ticks(&cost, 0, ACTION_FULL_BACKWARD, 0), 35);
    ck_assert_int_eq(overlap_ticks(&cost, 0, ACTION_FULL_BACKWARD, 2), 85);
    ck_assert_int_eq(overlap_ticks(&cost, 2, ACTION_BACKWARD_INPUT, 1), 38);
    parse(&cost, "OVERLAP=30");
    ck_assert_int_eq(overlap_ticks(&cost, 0, ACTION_FULL_BACKWARD, 2), 30);
    ck_assert_int_eq(overlap_ticks(&cost, 2, ACTION_BACKWARD_INPUT, 1), 30);
    parse(&cost, "OVERLAP_F_B=0");
    ck_assert_int_eq(overlap_ticks(&cost, 1, ACTION_FULL_BACKWARD, 1), 0);
    cost_fini(&cost);
}
END_TEST

TCase *
cost_case(void)
{
    TCase *tcase = tcase_create("cost");

    tcase_add_test(tcase, defaults_hold_on_every_stage);
    tcase_add_test(tcase, unit_cost_is_one_tick_for_all_that_computes);
    tcase_add_test(tcase, option_sets_the_named_kinds_on_all_stages);
    tcase_add_loop_test(tcase, bad_cost_is_quoted, 0,
                        sizeof bad_costs / sizeof *bad_costs);
    tcase_add_test(tcase, stage_factors_multiply_and_round);
    tcase_add_test(tcase, stage_factor_may_be_zero);
    tcase_add_loop_test(tcase, bad_stage_factor_is_quoted, 0,
                        sizeof bad_factors / sizeof *bad_factors);
    tcase_add_test(tcase, factor_never_lifts_a_duration_over_the_limit);
    tcase_add_test(tcase, longest_makespan_fits_its_type);
    tcase_add_test(tcase, overlap_lasts_the_sum_unless_given);
    return tcase;
}
