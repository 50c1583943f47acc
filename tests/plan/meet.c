/* meet.c -- transfers in an order that runs on links without slots. */
#include "config.h"

#include "plan/lower.h"

#include "cases.h"
#include "plan/plans.h"
#include "plan/walk.h"

#include <stdlib.h>

/* A valid plan of the same computations, which runs without a slot. */
static void
expect_meets(const struct plan *plan, const struct plan *placed)
{
    struct cause cause = {.text = ""};
    struct program *program = program_make(placed, &cause);

    ck_assert_msg(program != NULL, "%s: %s", shape_text(plan), cause.text);
    ck_assert_msg(program_smallest_capacity(program) == 0, "%s",
                  shape_text(plan));
    program_free(program);
}

static void
expect_lists(const char *csv, const char *expected)
{
    struct plan *plan = plan_drawn(csv);
    struct plan *placed = lower_to_meet(plan);
    char *text = plan_text(placed);

    ck_assert_str_eq(text, expected);
    expect_meets(plan, placed);
    free(text);
    plan_free(placed);
    plan_free(plan);
}

/* 0F1 ends when 1F0 does: 1RECV_F1 stands there, before the 1B0 that rank 0
 * waits for next. 0F2 ends when 1B1 does, so they meet before 1SEND_B1. */
START_TEST(recv_stands_where_the_other_rank_sends)
{
    expect_lists("0F0,0F1,0B0,0F2,0B1,0B2\n"
                 "1F0,1B0,1F1,1B1,1F2,1B2\n",
                 "rank 0: 0F0 0SEND_F0 0F1 0SEND_F1 0RECV_B0 0B0 0F2 0SEND_F2"
                 " 0RECV_B1 0B1 0RECV_B2 0B2 0STEP\n"
                 "rank 1: 1RECV_F0 1F0 1RECV_F1 1B0 1SEND_B0 1F1 1B1 1RECV_F2"
                 " 1SEND_B1 1F2 1B2 1SEND_B2 1STEP\n");
}
END_TEST

START_TEST(both_halves_of_an_overlap_send)
{
    expect_lists("0F0,0F1,0B0,0B1\n"
                 "1F0,(1F1;1B0)OVERLAP_F_B,1B1\n"
                 "2F0,2B0,2F1,2B1\n",
                 "rank 0: 0F0 0SEND_F0 0F1 0SEND_F1 0RECV_B0 0B0 0RECV_B1 0B1"
                 " 0STEP\n"
                 "rank 1: 1RECV_F0 1F0 1RECV_F1 1SEND_F0 1RECV_B0"
                 " (1F1;1B0)OVERLAP_F_B 1SEND_F1 1SEND_B0 1RECV_B1 1B1"
                 " 1SEND_B1 1STEP\n"
                 "rank 2: 2RECV_F0 2F0 2B0 2SEND_B0 2RECV_F1 2F1 2B1 2SEND_B1"
                 " 2STEP\n");
}
END_TEST

START_TEST(transfers_of_a_plan_are_placed_anew)
{
    struct plan *plan = lowered_of("1f1b", 4, 8);
    struct plan *bare = plan_of("1f1b", 4, 8);
    struct plan *placed = lower_to_meet(plan);
    struct plan *wanted = lower_to_meet(bare);

    ck_assert(!walk_completes(plan, 0, NULL));
    ck_assert(plan_equal(placed, wanted));
    expect_meets(plan, placed);
    plan_free(wanted);
    plan_free(placed);
    plan_free(bare);
    plan_free(plan);
}
END_TEST

/* Written and read again it is the same plan. */
static void
expect_comes_back(const struct plan *placed)
{
    char *text = csv_text(placed);
    struct plan *again = lowered_drawn(text);

    ck_assert_msg(plan_equal(placed, again), "%s", shape_text(placed));
    plan_free(again);
    free(text);
}

START_TEST(any_plan_that_can_run_runs_without_slots)
{
    for (unsigned seed = 0; seed < 400; seed++) {
        struct plan *plan = plan_random(seed);
        struct plan *placed = lower_to_meet(plan);

        expect_meets(plan, placed);
        expect_comes_back(placed);
        plan_free(placed);
        plan_free(plan);
    }
}
END_TEST

TCase *
meet_case(void)
{
    TCase *tcase = tcase_create("meet");

    tcase_add_test(tcase, recv_stands_where_the_other_rank_sends);
    tcase_add_test(tcase, both_halves_of_an_overlap_send);
    tcase_add_test(tcase, transfers_of_a_plan_are_placed_anew);
    tcase_add_test(tcase, any_plan_that_can_run_runs_without_slots);
    return tcase;
}
