#include "config.h"

#include "plan/cost.h"

#include "cases.h"
#include "plan/plan.h"

#include <stdio.h>
#include <stdlib.h>
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

    return cost_of(cost, 0, &action);
}

static int64_t
overlap_ticks(const struct cost *cost, int stage, enum action_kind kind,
              int pair_stage)
{
    struct action overlap = action_of(ACTION_OVERLAP_F_B, stage, 1);

    overlap.pair_kind = (uint8_t)kind;
    overlap.pair_stage = (uint16_t)pair_stage;
    return cost_of(cost, 0, &overlap);
}

static void
parse(struct cost *cost, const char *text)
{
    struct cause cause = {.text = ""};

    ck_assert_msg(cost_parse(cost, text, &cause), "%s", cause.text);
}

static void
parse_stages(struct cost *cost, const char *text)
{
    struct cause cause = {.text = ""};

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

/* Each list and what it comes to; "" is what it says of the rest. */
static const struct {
    const char *text;
    int64_t forward, whole, input, weight;
    const char *rest;
} lists[] = {
    {"STEP=3", 1, 2, 1, 1, ""},
    {"F=3,B=5,I=1,W=2", 3, 5, 1, 2, ""},
    {"F=10,B=20", 10, 20, 10, 10, "I=10 (half of B), W=10 (half of B)"},
    {"F=10,B=21", 10, 21, 11, 10, "I=11 (half of B), W=10 (half of B)"},
    {"F=1,B=0", 1, 0, 0, 0, "I=0 (half of B), W=0 (half of B)"},
    {"F=10,I=8,W=6", 10, 14, 8, 6, "B=14 (I + W)"},
    {"F=10", 10, 20, 10, 10, "B=20 (2 F), I=10 (half of B), W=10 (half of B)"},
    {"F=10,B=20,I=12", 10, 20, 12, 8, "W=8 (B - I)"},
    {"F=10,B=20,W=20", 10, 20, 0, 20, "I=0 (B - W)"},
    {"F=10,I=8", 10, 18, 8, 10, "B=18 (I + W), W=10 (F)"},
    {"F=10,W=8", 10, 18, 10, 8, "B=18 (I + W), I=10 (F)"},
    {"B=20", 1, 20, 10, 10,
     "F=1 (the default), I=10 (half of B), W=10 (half of B)"},
    {"F=5000000000", 5000000000, COST_MAX, 5000000000, 5000000000,
     "B=10000000000 (2 F), I=5000000000 (half of B), W=5000000000 (half of "
     "B)"},
};

START_TEST(what_a_list_leaves_out_follows_from_it)
{
    struct cost cost = new_cost();
    char rest[128];

    /* Each list stands for itself, whatever was parsed before. */
    parse(&cost, "F=7,B=7,I=7,W=7");
    parse(&cost, lists[_i].text);
    for (int s = 0; s < STAGES; s++) {
        ck_assert_int_eq(ticks_of(&cost, ACTION_FORWARD, s),
                         lists[_i].forward);
        ck_assert_int_eq(ticks_of(&cost, ACTION_FULL_BACKWARD, s),
                         lists[_i].whole);
        ck_assert_int_eq(ticks_of(&cost, ACTION_BACKWARD_INPUT, s),
                         lists[_i].input);
        ck_assert_int_eq(ticks_of(&cost, ACTION_BACKWARD_WEIGHT, s),
                         lists[_i].weight);
    }
    cost_describe_rest(lists[_i].text, rest, sizeof rest);
    ck_assert_str_eq(rest, lists[_i].rest);
    cost_fini(&cost);
}
END_TEST

/* Every list of F, B, I and W that leaves some out: a backward in halves takes
 * as long as a whole one, unless all three say otherwise. */
START_TEST(halves_left_out_make_up_the_whole)
{
    static const char names[] = "FBIW";

    for (unsigned left = 1; left < 16; left++)
        for (int forward = 0; forward < 4; forward++)
            for (int back = 6; back < 12; back++) {
                const int ticks[] = {forward, back, back / 2 - forward / 2,
                                     back / 3};
                struct cost cost = new_cost();
                char text[64] = "STEP=0";

                for (int k = 0; k < 4; k++)
                    if (!(left & 1u << k))
                        snprintf(text + strlen(text),
                                 sizeof text - strlen(text), ",%c=%d",
                                 names[k], ticks[k]);
                parse(&cost, text);
                if (left != 1)
                    ck_assert_int_eq(
                        ticks_of(&cost, ACTION_FULL_BACKWARD, 0),
                        ticks_of(&cost, ACTION_BACKWARD_INPUT, 0) +
                            ticks_of(&cost, ACTION_BACKWARD_WEIGHT, 0));
                cost_fini(&cost);
            }
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
    {"F=1.5kg", "F=1.5kg is no duration"},
    {"F=inf", "F=inf is no duration"},
    {"F=1ms,B=2", "B: some times have a unit and some have none"},
    {"F=1,B=2us", "B: some times have a unit and some have none"},
    {"F=-1", "F=-1 is no duration"},
    {"OVERLAP=-1", "OVERLAP_F_B=-1 is no duration"},
    {"F=1,B=10000000001", "B=10000000001 is no duration"},
    {"F=99999999999999999999", "F=99999999999999999999 is no duration"},
    {"F=1,B=2,F=1", "F is there twice"},
    {"OVERLAP=1,OVERLAP_F_B=2", "OVERLAP_F_B is there twice"},
    {"B=2,I=3", "W is left out, and B - I is -1,"},
    {"B=2,W=3", "I is left out, and B - W is -1,"},
    {"F=5000000001", "B is left out, and 2 F is 10000000002,"},
    {"I=1,W=10000000000", "B is left out, and I + W is 10000000001,"},
};

START_TEST(bad_cost_is_quoted)
{
    struct cost cost = new_cost();
    struct cause cause = {.text = ""};

    ck_assert_msg(!cost_parse(&cost, bad_costs[_i].text, &cause), "\"%s\"",
                  bad_costs[_i].text);
    ck_assert_msg(strstr(cause.text, bad_costs[_i].says) != NULL, "%s",
                  cause.text);
    cost_fini(&cost);
}
END_TEST

START_TEST(stage_factors_multiply)
{
    struct cost cost = new_cost();

    parse(&cost, "F=10,B=25,I=3,W=1");
    parse_stages(&cost, "1,2,3");
    ck_assert_int_eq(cost.per_unit, 1);
    ck_assert_int_eq(ticks_of(&cost, ACTION_FORWARD, 1), 20);
    parse_stages(&cost, "1,2.5,0.1");
    ck_assert_int_eq(cost.per_unit, COST_FINE);
    ck_assert_int_eq(ticks_of(&cost, ACTION_FORWARD, 0), 10000);
    ck_assert_int_eq(ticks_of(&cost, ACTION_FORWARD, 1), 50000);
    ck_assert_int_eq(ticks_of(&cost, ACTION_FORWARD, 2), 3000);
    ck_assert_int_eq(ticks_of(&cost, ACTION_FULL_BACKWARD, 1), 125000);
    ck_assert_int_eq(ticks_of(&cost, ACTION_BACKWARD_INPUT, 1), 15000);
    ck_assert_int_eq(ticks_of(&cost, ACTION_FULL_BACKWARD, 2), 7500);
    ck_assert_int_eq(ticks_of(&cost, ACTION_OPTIMIZER_STEP, 1), 0);
    cost_fini(&cost);
}
END_TEST

/* Thousandths, once one time is no whole number; the first unit is that of
 * all. */
START_TEST(times_have_fractions_and_units)
{
    struct cost cost = new_cost();
    struct cause cause;
    char text[COST_TEXT];

    parse(&cost, "F=1.5,B=3");
    ck_assert_str_eq(cost.unit, "");
    ck_assert_int_eq(ticks_of(&cost, ACTION_FORWARD, 0), 1500);
    ck_assert_int_eq(ticks_of(&cost, ACTION_BACKWARD_INPUT, 0), 1500);
    ck_assert_int_eq(ticks_of(&cost, ACTION_BACKWARD_WEIGHT, 0), 1500);
    ck_assert_int_eq(overlap_ticks(&cost, 0, ACTION_FULL_BACKWARD, 1), 4500);
    ck_assert(!cost_parse_latency(&cost, "5us", &cause));
    cost_fini(&cost);
    cost = new_cost();
    parse(&cost, "F=1.5ms,B=3000us");
    ck_assert_str_eq(cost.unit, "ms");
    ck_assert_int_eq(ticks_of(&cost, ACTION_FULL_BACKWARD, 0), 3000);
    ck_assert(cost_parse_latency(&cost, "20us", &cause));
    ck_assert_int_eq(cost.latency, 20);
    ck_assert(cost_parse_latency(&cost, "2", &cause));
    ck_assert_int_eq(cost.latency, 2000);
    ck_assert_int_eq(cost_unit(&cost).per_unit, COST_FINE);
    ck_assert_str_eq(cost_text(33, (struct time_unit){1, ""}, text), "33");
    ck_assert_str_eq(cost_text(33000, cost_unit(&cost), text), "33");
    ck_assert_str_eq(cost_text(33500, cost_unit(&cost), text), "33.5");
    ck_assert_str_eq(cost_text(33007, cost_unit(&cost), text), "33.007");
    cost_fini(&cost);
}
END_TEST

/* base x microbatch x rank, rounded once. */
START_TEST(factors_of_microbatches_and_ranks_multiply)
{
    struct cost cost = new_cost();
    struct action forward = action_of(ACTION_FORWARD, 0, 2);
    struct action step = action_of(ACTION_OPTIMIZER_STEP, 0, 0);
    struct action overlap = action_of(ACTION_OVERLAP_F_B, 0, 2);
    struct cause cause;

    overlap.pair_kind = ACTION_FULL_BACKWARD;
    overlap.pair_mb = 1;
    parse(&cost, "F=1.3335,B=2,STEP=1");
    ck_assert(cost_parse_mbs(&cost, 3, "1,2,3", &cause));
    ck_assert(cost_parse_ranks(&cost, 2, "1,1.5", &cause));
    ck_assert_int_eq(cost_of(&cost, 0, &forward), 4001); /* 4000.5 */
    ck_assert_int_eq(cost_of(&cost, 1, &forward), 6001); /* 6000.75 */
    ck_assert_int_eq(cost_of(&cost, 1, &step), 1500);
    ck_assert_int_eq(cost_of(&cost, 1, &overlap), 12001); /* 12000.75 */
    ck_assert_int_eq(cost_least(&cost, 1, 0, ACTION_FORWARD), 2001);
    ck_assert(!cost_parse_mbs(&cost, 4, "1,2,3", &cause));
    ck_assert_str_eq(cause.text,
                     "3 factors for 4 microbatches; give one for each");
    cost_fini(&cost);
}
END_TEST

/* Within the width, the same whenever it is asked for, and not the same at
 * other places, draws and seeds. */
START_TEST(jitter_is_a_function_of_its_place)
{
    struct cost cost = new_cost();
    struct action forward = action_of(ACTION_FORWARD, 0, 0);
    struct cause cause;
    int64_t sum = 0;
    int64_t first;

    parse(&cost, "F=1000");
    ck_assert(cost_refine(&cost, &cause));
    cost.variation.jitter = 0.2;
    for (int r = 0; r < 4; r++)
        for (size_t i = 0; i < 500; i++) {
            int64_t ticks = cost_at(&cost, r, i, &forward);

            ck_assert(ticks >= 800000 && ticks <= 1200000);
            ck_assert_int_eq(ticks, cost_at(&cost, r, i, &forward));
            sum += ticks;
        }
    ck_assert(llabs(sum / 2000 - 1000000) < 10000);
    first = cost_at(&cost, 0, 0, &forward);
    ck_assert_int_ne(first, cost_at(&cost, 1, 0, &forward));
    ck_assert_int_ne(first, cost_at(&cost, 0, 1, &forward));
    cost.variation.draw = 1;
    ck_assert_int_ne(first, cost_at(&cost, 0, 0, &forward));
    cost.variation.draw = 0;
    cost.variation.seed = 1;
    ck_assert_int_ne(first, cost_at(&cost, 0, 0, &forward));
    cost_fini(&cost);
}
END_TEST

START_TEST(a_stage_that_recomputes_runs_its_forward_again)
{
    struct cost cost = new_cost();
    struct cause cause;

    parse(&cost, "F=10,B=25,I=14,W=11");
    ck_assert(cost_recompute(&cost, (bool[]){true, false, true}, &cause));
    ck_assert_int_eq(ticks_of(&cost, ACTION_FORWARD, 0), 10);
    ck_assert_int_eq(ticks_of(&cost, ACTION_FULL_BACKWARD, 0), 35);
    ck_assert_int_eq(ticks_of(&cost, ACTION_BACKWARD_INPUT, 0), 24);
    ck_assert_int_eq(ticks_of(&cost, ACTION_BACKWARD_WEIGHT, 0), 11);
    ck_assert_int_eq(ticks_of(&cost, ACTION_FULL_BACKWARD, 1), 25);
    ck_assert_int_eq(overlap_ticks(&cost, 1, ACTION_FULL_BACKWARD, 2), 45);
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
    struct cause cause = {.text = ""};

    ck_assert_msg(!cost_parse_stages(&cost, bad_factors[_i].text, &cause),
                  "\"%s\"", bad_factors[_i].text);
    ck_assert_msg(strstr(cause.text, bad_factors[_i].says) != NULL, "%s",
                  cause.text);
    cost_fini(&cost);
}
END_TEST

START_TEST(factor_never_lifts_a_duration_over_the_limit)
{
    struct cost cost = new_cost();
    struct cause cause = {.text = ""};

    parse(&cost, "B=10000000000");
    ck_assert(!cost_parse_stages(&cost, "1,2,1", &cause));
    ck_assert_msg(strstr(cause.text, "stage 1") != NULL, "%s", cause.text);
    cost_fini(&cost);
}
END_TEST

/* F, B or I and W of every cell and a message each way, all on one path. */
START_TEST(longest_makespan_fits_its_type)
{
    ck_assert(COST_MAX <= INT64_MAX / PLAN_MAX_CELLS / 5 - PLAN_MAX_STAGES);
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
    parse(&cost, "F=10,B=25,OVERLAP=30");
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
    tcase_add_loop_test(tcase, what_a_list_leaves_out_follows_from_it, 0,
                        sizeof lists / sizeof *lists);
    tcase_add_test(tcase, halves_left_out_make_up_the_whole);
    tcase_add_loop_test(tcase, bad_cost_is_quoted, 0,
                        sizeof bad_costs / sizeof *bad_costs);
    tcase_add_test(tcase, stage_factors_multiply);
    tcase_add_test(tcase, times_have_fractions_and_units);
    tcase_add_test(tcase, factors_of_microbatches_and_ranks_multiply);
    tcase_add_test(tcase, jitter_is_a_function_of_its_place);
    tcase_add_test(tcase, a_stage_that_recomputes_runs_its_forward_again);
    tcase_add_test(tcase, stage_factor_may_be_zero);
    tcase_add_loop_test(tcase, bad_stage_factor_is_quoted, 0,
                        sizeof bad_factors / sizeof *bad_factors);
    tcase_add_test(tcase, factor_never_lifts_a_duration_over_the_limit);
    tcase_add_test(tcase, longest_makespan_fits_its_type);
    tcase_add_test(tcase, overlap_lasts_the_sum_unless_given);
    return tcase;
}
