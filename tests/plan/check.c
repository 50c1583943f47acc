/* check.c -- plans that the check refuses, rule by rule, and what it says of
 * them. What it tells of good ones is in figures.c. */
#include "config.h"

#include "plan/program.h"

#include "cases.h"
#include "plans.h"

#include <stdio.h>

/* The plan is refused with this line and no other. */
static void
expect_refused(const char *csv, const char *says)
{
    struct plan *plan = plan_drawn(csv);
    struct cause cause = {.text = ""};
    struct program *program;

    ck_assert_msg(!(program = program_make(plan, &cause)), "passes, not: %s",
                  says);
    ck_assert_str_eq(cause.text, says);
    plan_free(plan);
}

static struct program *
expect_accepted(const char *csv)
{
    struct plan *plan = plan_drawn(csv);
    struct program *program = program_of(plan);

    plan_free(plan);
    return program;
}

/* ---- complete ---- */

START_TEST(action_that_is_there_twice_is_refused)
{
    expect_refused("0F0,0F0,0B0\n",
                   "drawn: rank 0, position 1, 0F0: it is there twice; "
                   "remove one");
    expect_refused("0F0,0I0,0W0,0W0\n",
                   "drawn: rank 0, position 3, 0W0: it is there twice; "
                   "remove one");
    expect_refused("0F0,0F1,(0F0;0B1)OVERLAP_F_B\n",
                   "drawn: rank 0, position 2, (0F0;0B1)OVERLAP_F_B: it is "
                   "there twice; remove one");
}
END_TEST

START_TEST(missing_forward_is_named)
{
    expect_refused("0F0,0F1\n1F0\n", "drawn: rank 1 lacks 1F1; add it");
}
END_TEST

START_TEST(missing_backward_is_named)
{
    expect_refused("0F0,0F1,0B1\n", "drawn: rank 0 lacks 0B0; add it");
    expect_refused("0F0,0B0\n1F0\n", "drawn: rank 1 lacks 1B0; add it");
}
END_TEST

START_TEST(input_gradient_without_its_weight_gradient_is_refused)
{
    expect_refused("0F0,0B0\n1F0,1I0\n", "drawn: rank 1 lacks 1W0; add it");
}
END_TEST

START_TEST(microbatch_has_one_backward_whole_or_split)
{
    static const struct {
        const char *csv;
        const char *where;
    } plans[] = {
        {"0F0,0B0,0I0\n", "position 2, 0I0"},
        {"0F0,0I0,0B0,0W0\n", "position 2, 0B0"},
        {"0F0,0I0,0W0,0B0\n", "position 3, 0B0"},
        {"0F0,0BW0,0W0\n", "position 2, 0W0"},
        {"0F0,0F1,0B0,(0F2;0I0)OVERLAP_F_B\n",
         "position 3, (0F2;0I0)OVERLAP_F_B"},
    };

    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        char says[160];

        snprintf(says, sizeof says,
                 "drawn: rank 0, %s: the backward is there both whole, as B, "
                 "and in halves; keep B, or I and W",
                 plans[i].where);
        expect_refused(plans[i].csv, says);
    }
}
END_TEST

/* Before anything else is said of them. */
START_TEST(stage_on_two_ranks_is_refused)
{
    expect_refused("0F0,0B0\n1F0,1F1,0F1\n",
                   "drawn: rank 1, position 2, 0F1: stage 0 is on ranks 0 and "
                   "1 (rank 0, position 0, 0F0); keep each stage on one rank");
    expect_refused("0F0,,1B0\n1F0,1F1\n",
                   "drawn: rank 1, position 0, 1F0: stage 1 is on ranks 0 and "
                   "1 (rank 0, position 2, 1B0); keep each stage on one rank");
    expect_refused("0F0,0F1,0B0,0B1,1F0\n1F0,1B0,1F1,1B1\n",
                   "drawn: rank 1, position 0, 1F0: stage 1 is on ranks 0 and "
                   "1 (rank 0, position 4, 1F0); keep each stage on one rank");
    expect_refused("0F0,(0F1;1B0)OVERLAP_F_B\n1F0\n",
                   "drawn: rank 1, position 0, 1F0: stage 1 is on ranks 0 and "
                   "1 (rank 0, position 1, (0F1;1B0)OVERLAP_F_B); keep each "
                   "stage on one rank");
    /* More rows than stages come to the same. */
    expect_refused("0F0,0B0\n0F1,0B1\n",
                   "drawn: rank 1, position 0, 0F1: stage 0 is on ranks 0 and "
                   "1 (rank 0, position 0, 0F0); keep each stage on one rank");
}
END_TEST

/* Empty cells and sharding take their places in the row. */
START_TEST(position_is_that_in_the_file)
{
    expect_refused("0F0,,,0B0\n,1UNSHARD,1F0,1B0,,1B0\n",
                   "drawn: rank 1, position 5, 1B0: it is there twice; "
                   "remove one");
    expect_refused(",0F0,0SEND_F0,,0RECV_B0\n1RECV_F0,1F0\n",
                   "drawn: rank 0, position 4, 0RECV_B0: nothing more is sent "
                   "on this link; add the SEND");
}
END_TEST

START_TEST(action_beyond_the_shape_is_refused)
{
    static const struct {
        int stage;
        int mb;
        const char *cell;
    } past[] = {{2, 0, "2F0"}, {0, 2, "0F2"}, {0, -1, "0F-1"}};

    for (int i = 0; i < 3; i++) {
        char says[128];
        struct plan *plan = plan_new("bent", 1, 2, 2);
        struct cause cause = {.text = ""};
        struct program *program;

        plan_add(plan, 0,
                 action_of(ACTION_FORWARD, past[i].stage, past[i].mb));
        ck_assert(!(program = program_make(plan, &cause)));
        snprintf(says, sizeof says,
                 "bent: rank 0, position 0, %s: no such stage or microbatch; "
                 "keep to the plan's shape",
                 past[i].cell);
        ck_assert_str_eq(cause.text, says);
        plan_free(plan);
    }
}
END_TEST

/* ---- ordered ---- */

START_TEST(backward_before_its_forward_is_refused)
{
    expect_refused("0F0,0B0\n1F0,1B1,1F1,1B0\n",
                   "drawn: rank 1, position 1, 1B1: the backward comes before "
                   "its forward; mend the order");
    expect_refused("0I0,0F0,0W0\n",
                   "drawn: rank 0, position 0, 0I0: the backward comes before "
                   "its forward; mend the order");
}
END_TEST

START_TEST(overlap_of_a_forward_with_its_own_backward_is_refused)
{
    expect_refused("0F0,(0F1;0B1)OVERLAP_F_B,0B0\n",
                   "drawn: rank 0, position 1, (0F1;0B1)OVERLAP_F_B: the "
                   "backward comes before its forward; mend the order");
}
END_TEST

START_TEST(weight_gradient_before_its_input_gradient_is_refused)
{
    expect_refused("0F0,0W0,0I0\n",
                   "drawn: rank 0, position 1, 0W0: the weight gradient comes "
                   "before its I; mend the order");
}
END_TEST

START_TEST(compute_before_what_the_same_rank_makes_is_refused)
{
    expect_refused("1F0,0F0,1B0,0B0\n",
                   "drawn: rank 0, position 0, 1F0: it comes before the "
                   "forward of the stage below; mend the order");
    expect_refused("0F0,1F0,0B0,1B0\n",
                   "drawn: rank 0, position 2, 0B0: it comes before the "
                   "backward of the stage above; mend the order");
}
END_TEST

/* ---- lowered ---- */

START_TEST(lowered_plan_with_all_transfers_passes)
{
    struct program *program =
        expect_accepted("0F0,0SEND_F0,0RECV_B0,0B0,0STEP\n"
                        "1RECV_F0,1F0,1B0,1SEND_B0,1STEP\n");

    ck_assert_int_eq(program->messages, 2);
    program_free(program);
}
END_TEST

START_TEST(missing_send_is_named)
{
    expect_refused("0F0,0RECV_B0,0B0\n"
                   "1RECV_F0,1F0,1B0,1SEND_B0\n",
                   "drawn: rank 0 lacks 0SEND_F0; add it");
    expect_refused("0F0,0SEND_F0,0RECV_B0,0B0\n"
                   "1RECV_F0,1F0,1B0\n",
                   "drawn: rank 1 lacks 1SEND_B0; add it");
}
END_TEST

START_TEST(compute_without_its_recv_is_refused)
{
    expect_refused("0F0,0SEND_F0,0RECV_B0,0B0\n"
                   "1F0,1B0,1SEND_B0\n",
                   "drawn: rank 1, position 0, 1F0: no RECV_F before it "
                   "brings its input; mend the order");
    expect_refused("0F0,0SEND_F0,0B0\n"
                   "1RECV_F0,1F0,1B0,1SEND_B0\n",
                   "drawn: rank 0, position 2, 0B0: no RECV_B before it "
                   "brings the gradient of its output; mend the order");
}
END_TEST

START_TEST(recv_after_its_compute_is_refused)
{
    expect_refused("0F0,0SEND_F0,0RECV_B0,0B0\n"
                   "1F0,1RECV_F0,1B0,1SEND_B0\n",
                   "drawn: rank 1, position 0, 1F0: no RECV_F before it "
                   "brings its input; mend the order");
}
END_TEST

START_TEST(send_before_its_compute_is_refused)
{
    expect_refused("0SEND_F0,0F0,0RECV_B0,0B0\n"
                   "1RECV_F0,1F0,1B0,1SEND_B0\n",
                   "drawn: rank 0, position 0, 0SEND_F0: it sends before the "
                   "forward that makes it; mend the order");
    expect_refused("0F0,0SEND_F0,0RECV_B0,0B0\n"
                   "1RECV_F0,1F0,1SEND_B0,1B0\n",
                   "drawn: rank 1, position 2, 1SEND_B0: it sends before the "
                   "backward that makes it; mend the order");
}
END_TEST

START_TEST(transfer_that_is_there_twice_is_refused)
{
    expect_refused("0F0,0SEND_F0,0SEND_F0\n1RECV_F0,1F0\n",
                   "drawn: rank 0, position 2, 0SEND_F0: it is there twice; "
                   "remove one");
}
END_TEST

START_TEST(transfer_without_a_link_is_refused)
{
    static const char says[] =
        "there is no link to a neighbouring stage on another rank; remove it";
    static const struct {
        const char *csv;
        const char *where;
    } plans[] = {
        {"0RECV_F0,0F0\n", "rank 0, position 0, 0RECV_F0"},
        {"0F0,0SEND_F0\n", "rank 0, position 1, 0SEND_F0"},
        {"0F0,0RECV_B0,0B0\n", "rank 0, position 1, 0RECV_B0"},
        {"0F0,0B0,0SEND_B0\n", "rank 0, position 2, 0SEND_B0"},
        {"0F0,0SEND_F0,1RECV_F0,1F0\n", "rank 0, position 1, 0SEND_F0"},
        {"0F0,1RECV_F0,1F0\n", "rank 0, position 1, 1RECV_F0"},
    };

    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        char line[160];

        snprintf(line, sizeof line, "drawn: %s: %s", plans[i].where, says);
        expect_refused(plans[i].csv, line);
    }
}
END_TEST

START_TEST(recv_of_what_nobody_sends_is_refused)
{
    expect_refused("0F0,0SEND_F0,0RECV_B0\n1RECV_F0,1F0\n",
                   "drawn: rank 0, position 2, 0RECV_B0: nothing more is sent "
                   "on this link; add the SEND");
}
END_TEST

START_TEST(early_recv_and_late_send_are_fine)
{
    struct program *program = expect_accepted(
        "0F0,0F1,0SEND_F0,0SEND_F1,0RECV_B0,0RECV_B1,0B0,0B1\n"
        "1RECV_F0,1RECV_F1,1F0,1F1,1B0,1B1,1SEND_B0,1SEND_B1\n");

    ck_assert_int_eq(program_smallest_capacity(program), 0);
    program_free(program);
}
END_TEST

START_TEST(step_before_the_last_weight_gradient_is_refused)
{
    static const char says[] =
        "drawn: rank 0, position 2, 0STEP: the stage's weight gradients are "
        "not all there; move it after the last of them";

    expect_refused("0F0,0F1,0STEP,0B0,0B1\n", says);
    expect_refused("0F0,0I0,0STEP,0W0\n", says);
    expect_refused("0F0,1F0,0STEP,1B0,0B0,1STEP\n", says);
    /* Nor does a plan without backwards step. */
    expect_refused("0F0,0F1,0STEP\n", says);
}
END_TEST

START_TEST(second_step_of_a_stage_is_refused)
{
    expect_refused("0F0,0B0,0STEP,0STEP\n",
                   "drawn: rank 0, position 3, 0STEP: the stage steps twice; "
                   "remove one");
}
END_TEST

START_TEST(stage_may_step_while_others_go_on)
{
    struct program *program = expect_accepted("0F0,1F0,1B0,1STEP,0B0,0STEP\n");

    program_free(program);
}
END_TEST

/* ---- matched ---- */

START_TEST(messages_out_of_order_name_both_cells)
{
    expect_refused("0F0,0SEND_F0,0F1,0SEND_F1\n"
                   "1RECV_F1,1F1,1RECV_F0,1F0\n",
                   "drawn: message 0 on the link from stage 0 to stage 1 is "
                   "0SEND_F0 on rank 0 but 1RECV_F1 on rank 1; links are "
                   "first in, first out: give both ranks one order");
}
END_TEST

START_TEST(receiver_may_use_messages_in_another_order)
{
    static const char *const plans[] = {
        "0F0,0F1\n1F1,1F0\n",
        "0F0,0F1,0B1,0B0\n1F1,1F0,1B1,1B0\n",
        "0F0,0F1,0F2,0B0,0B2,0B1\n1F0,1F1,1F2,1B0,1B1,1B2\n",
    };

    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        struct program *program = expect_accepted(plans[i]);

        program_free(program);
    }
}
END_TEST

START_TEST(stages_of_one_rank_may_differ_in_order)
{
    struct program *program = expect_accepted("0F0,0F1,1F1,1F0\n");

    ck_assert_int_eq(program->messages, 0);
    program_free(program);
}
END_TEST

/* ---- runnable ---- */

START_TEST(order_that_can_never_run_gives_the_circle)
{
    expect_refused("0F0,0B0,0F1,0B1\n1F0,1F1,1B0,1B1\n",
                   "drawn: this order can never run, whatever the capacity: "
                   "rank 0 at 0B0 waits for rank 1 at 1F1 waits for rank 0; "
                   "mend the order");
    expect_refused("0F0,0SEND_F0,0RECV_B0,0B0,0F1,0SEND_F1,0RECV_B1,0B1\n"
                   "1RECV_F0,1F0,1RECV_F1,1F1,1B0,1SEND_B0,1B1,1SEND_B1\n",
                   "drawn: this order can never run, whatever the capacity: "
                   "rank 0 at 0RECV_B0 waits for rank 1 at 1RECV_F1 waits for "
                   "rank 0; mend the order");
}
END_TEST

START_TEST(circle_leaves_out_who_only_waits_for_it)
{
    /* Rank 0 waits for rank 1, which is on the circle with rank 2. */
    expect_refused("0F0,0F1,0B0,0B1\n"
                   "1F0,1B0,1F1,1B1\n"
                   "2F0,2F1,2B0,2B1\n",
                   "drawn: this order can never run, whatever the capacity: "
                   "rank 1 at 1B0 waits for rank 2 at 2F1 waits for rank 1; "
                   "mend the order");
}
END_TEST

TCase *
check_case(void)
{
    TCase *tcase = tcase_create("check");

    tcase_add_test(tcase, action_that_is_there_twice_is_refused);
    tcase_add_test(tcase, missing_forward_is_named);
    tcase_add_test(tcase, missing_backward_is_named);
    tcase_add_test(tcase,
                   input_gradient_without_its_weight_gradient_is_refused);
    tcase_add_test(tcase, microbatch_has_one_backward_whole_or_split);
    tcase_add_test(tcase, stage_on_two_ranks_is_refused);
    tcase_add_test(tcase, position_is_that_in_the_file);
    tcase_add_test(tcase, action_beyond_the_shape_is_refused);
    tcase_add_test(tcase, backward_before_its_forward_is_refused);
    tcase_add_test(tcase,
                   overlap_of_a_forward_with_its_own_backward_is_refused);
    tcase_add_test(tcase,
                   weight_gradient_before_its_input_gradient_is_refused);
    tcase_add_test(tcase, compute_before_what_the_same_rank_makes_is_refused);
    tcase_add_test(tcase, lowered_plan_with_all_transfers_passes);
    tcase_add_test(tcase, missing_send_is_named);
    tcase_add_test(tcase, compute_without_its_recv_is_refused);
    tcase_add_test(tcase, recv_after_its_compute_is_refused);
    tcase_add_test(tcase, send_before_its_compute_is_refused);
    tcase_add_test(tcase, transfer_that_is_there_twice_is_refused);
    tcase_add_test(tcase, transfer_without_a_link_is_refused);
    tcase_add_test(tcase, recv_of_what_nobody_sends_is_refused);
    tcase_add_test(tcase, early_recv_and_late_send_are_fine);
    tcase_add_test(tcase, step_before_the_last_weight_gradient_is_refused);
    tcase_add_test(tcase, second_step_of_a_stage_is_refused);
    tcase_add_test(tcase, stage_may_step_while_others_go_on);
    tcase_add_test(tcase, messages_out_of_order_name_both_cells);
    tcase_add_test(tcase, receiver_may_use_messages_in_another_order);
    tcase_add_test(tcase, stages_of_one_rank_may_differ_in_order);
    tcase_add_test(tcase, order_that_can_never_run_gives_the_circle);
    tcase_add_test(tcase, circle_leaves_out_who_only_waits_for_it);
    return tcase;
}
