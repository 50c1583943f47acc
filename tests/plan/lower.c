#include "config.h"

#include "plan/lower.h"

#include "cases.h"
#include "plans.h"
#include "plan/program.h"
#include "plan/place.h"

#include <stdlib.h>
#include <string.h>

enum { RANDOM_PLANS = 800 };

static void
expect_lowered(const char *csv, const char *expected)
{
    struct plan *lowered = lowered_drawn(csv);
    char *text = plan_text(lowered);

    ck_assert_str_eq(text, expected);
    free(text);
    plan_free(lowered);
}

/* ---- what it looks like ---- */

START_TEST(transfers_stand_beside_their_compute_and_steps_last)
{
    struct plan *lowered = lowered_of("1f1b", 3, 2);
    char *text = plan_text(lowered);

    ck_assert_str_eq(text,
                     "rank 0: 0F0 0SEND_F0 0F1 0SEND_F1"
                     " 0RECV_B0 0B0 0RECV_B1 0B1 0STEP\n"
                     "rank 1: 1RECV_F0 1F0 1SEND_F0 1RECV_F1 1F1 1SEND_F1"
                     " 1RECV_B0 1B0 1SEND_B0 1RECV_B1 1B1 1SEND_B1 1STEP\n"
                     "rank 2: 2RECV_F0 2F0 2B0 2SEND_B0"
                     " 2RECV_F1 2F1 2B1 2SEND_B1 2STEP\n");
    free(text);
    plan_free(lowered);
}
END_TEST

START_TEST(split_backward_sends_after_its_input_half)
{
    expect_lowered("0F0,0I0,0W0\n"
                   "1F0,1I0,1W0\n",
                   "rank 0: 0F0 0SEND_F0 0RECV_B0 0I0 0W0 0STEP\n"
                   "rank 1: 1RECV_F0 1F0 1I0 1SEND_B0 1W0 1STEP\n");
}
END_TEST

START_TEST(overlap_gets_the_transfers_of_both_halves)
{
    expect_lowered(
        "0F0,0F1,0F2,0B0,0B1,0B2\n"
        "1F0,(1F1;1B0)OVERLAP_F_B,(1F2;1I1)OVERLAP_F_B,1W1,1B2\n"
        "2F0,2B0,2F1,2B1,2F2,2B2\n",
        "rank 0: 0F0 0SEND_F0 0F1 0SEND_F1 0F2 0SEND_F2"
        " 0RECV_B0 0B0 0RECV_B1 0B1 0RECV_B2 0B2 0STEP\n"
        "rank 1: 1RECV_F0 1F0 1SEND_F0"
        " 1RECV_F1 1RECV_B0 (1F1;1B0)OVERLAP_F_B 1SEND_F1 1SEND_B0"
        " 1RECV_F2 1RECV_B1 (1F2;1I1)OVERLAP_F_B 1SEND_F2 1SEND_B1"
        " 1W1 1RECV_B2 1B2 1SEND_B2 1STEP\n"
        "rank 2: 2RECV_F0 2F0 2B0 2SEND_B0 2RECV_F1 2F1 2B1 2SEND_B1"
        " 2RECV_F2 2F2 2B2 2SEND_B2 2STEP\n");
}
END_TEST

START_TEST(looped_stages_send_from_every_rank)
{
    expect_lowered("0F0,2F0,2B0,0B0\n"
                   "1F0,3F0,3B0,1B0\n",
                   "rank 0: 0F0 0SEND_F0 2RECV_F0 2F0 2SEND_F0"
                   " 2RECV_B0 2B0 2SEND_B0 0RECV_B0 0B0 0STEP 2STEP\n"
                   "rank 1: 1RECV_F0 1F0 1SEND_F0 3RECV_F0 3F0"
                   " 3B0 3SEND_B0 1RECV_B0 1B0 1SEND_B0 1STEP 3STEP\n");
}
END_TEST

START_TEST(nothing_is_sent_between_stages_of_one_rank)
{
    /* The V: stages 1 and 2 meet on rank 1, 0 and 3 are rank 0's. */
    expect_lowered("0F0,3F0,3B0,0B0\n"
                   "1F0,2F0,2B0,1B0\n",
                   "rank 0: 0F0 0SEND_F0 3RECV_F0 3F0 3B0 3SEND_B0"
                   " 0RECV_B0 0B0 0STEP 3STEP\n"
                   "rank 1: 1RECV_F0 1F0 2F0 2SEND_F0 2RECV_B0 2B0"
                   " 1B0 1SEND_B0 1STEP 2STEP\n");
    expect_lowered("0F0,1F0,2F0,2B0,1B0,0B0\n",
                   "rank 0: 0F0 1F0 2F0 2B0 1B0 0B0 0STEP 1STEP 2STEP\n");
}
END_TEST

/* RECVs stand in the order of the SENDs, so message 0 comes with message 1. */
START_TEST(receiver_may_use_messages_in_another_order)
{
    expect_lowered("0F0,0F1,0F2,0B1,0B0,0B2\n"
                   "1F1,1F0,1B1,1B0,1F2,1B2\n",
                   "rank 0: 0F0 0SEND_F0 0F1 0SEND_F1 0F2 0SEND_F2"
                   " 0RECV_B1 0B1 0RECV_B0 0B0 0RECV_B2 0B2 0STEP\n"
                   "rank 1: 1RECV_F0 1RECV_F1 1F1 1F0 1B1 1SEND_B1"
                   " 1B0 1SEND_B0 1RECV_F2 1F2 1B2 1SEND_B2 1STEP\n");
    expect_lowered("0F0,0F1,0F2,0B2,0B1,0B0\n"
                   "1F0,1F1,1F2,1B0,1B1,1B2\n",
                   "rank 0: 0F0 0SEND_F0 0F1 0SEND_F1 0F2 0SEND_F2"
                   " 0RECV_B0 0RECV_B1 0RECV_B2 0B2 0B1 0B0 0STEP\n"
                   "rank 1: 1RECV_F0 1F0 1RECV_F1 1F1 1RECV_F2 1F2"
                   " 1B0 1SEND_B0 1B1 1SEND_B1 1B2 1SEND_B2 1STEP\n");
}
END_TEST

START_TEST(forward_only_plan_gets_no_step)
{
    expect_lowered("0F0,0F1\n1F0,1F1\n",
                   "rank 0: 0F0 0SEND_F0 0F1 0SEND_F1\n"
                   "rank 1: 1RECV_F0 1F0 1RECV_F1 1F1\n");
}
END_TEST

/* ---- plans that have been lowered ---- */

START_TEST(lowered_plan_gets_only_the_steps_that_it_lacks)
{
    static const char expected[] = "rank 0: 0F0 0SEND_F0 0RECV_B0 0B0 0STEP\n"
                                   "rank 1: 1RECV_F0 1F0 1B0 1SEND_B0 1STEP\n";

    expect_lowered("0F0,0SEND_F0,0RECV_B0,0B0\n"
                   "1RECV_F0,1F0,1B0,1SEND_B0\n",
                   expected);
    expect_lowered("0F0,0SEND_F0,0RECV_B0,0B0\n"
                   "1RECV_F0,1F0,1B0,1SEND_B0,1STEP\n",
                   expected);
    expect_lowered("0F0,0SEND_F0,0RECV_B0,0B0,0STEP\n"
                   "1RECV_F0,1F0,1B0,1SEND_B0,1STEP\n",
                   expected);
}
END_TEST

START_TEST(steps_in_a_compute_only_plan_stay_where_they_are)
{
    expect_lowered("0F0,1F0,1B0,1STEP,0B0\n",
                   "rank 0: 0F0 1F0 1B0 1STEP 0B0 0STEP\n");
    expect_lowered("0F0,0B0,0STEP\n"
                   "1F0,1B0,1STEP\n",
                   "rank 0: 0F0 0SEND_F0 0RECV_B0 0B0 0STEP\n"
                   "rank 1: 1RECV_F0 1F0 1B0 1SEND_B0 1STEP\n");
}
END_TEST

static void
expect_unchanged_by_lowering_again(const struct plan *plan)
{
    struct plan *once = lower(plan);
    struct plan *twice = lower(once);

    ck_assert_msg(once->lowered && plan_equal(once, twice), "%s",
                  shape_text(plan));
    ck_assert_str_eq(once->name, plan->name);
    plan_free(once);
    plan_free(twice);
}

START_TEST(lowering_twice_is_lowering_once)
{
    for (int ranks = 1; ranks <= MOST_RANKS; ranks++)
        for (int mbs = 1; mbs <= MOST_MBS; mbs++) {
            struct plan *plan = plan_of(plain_schedules[_i], ranks, mbs);

            expect_unchanged_by_lowering_again(plan);
            plan_free(plan);
        }
}
END_TEST

/* ---- laws over random plans ---- */

static enum action_class
class_at(const struct action_list *list, size_t i)
{
    return action_class((enum action_kind)list->at[i].kind);
}

/* A compute action that makes what this SEND takes, or needs what this RECV
 * brings. */
static bool
concerns(const struct action *transfer, const struct action *compute)
{
    bool forward =
        transfer->kind == ACTION_SEND_F || transfer->kind == ACTION_RECV_F;
    struct action parts[2];
    int count = action_parts(compute, parts);

    for (int p = 0; p < count; p++)
        if (parts[p].stage == transfer->stage && parts[p].mb == transfer->mb &&
            parts[p].kind != ACTION_BACKWARD_WEIGHT &&
            (parts[p].kind == ACTION_FORWARD) == forward)
            return true;
    return false;
}

/* The turn of a RECV's message on its link, by the SENDs of the other rank. */
static int
turn_of(const struct plan *lowered, const struct action *recv)
{
    const struct action_list *list = &lowered->lists[plan_peer(lowered, recv)];
    int turn = 0;

    for (size_t i = 0; i < list->count; i++) {
        const struct action *send = &list->at[i];

        if (class_at(list, i) != ACTION_CLASS_SEND ||
            plan_link(lowered, send) != plan_link(lowered, recv))
            continue;
        if (send->mb == recv->mb)
            return turn;
        turn++;
    }
    ck_abort_msg("%s: nothing is sent for a RECV", shape_text(lowered));
    return -1;
}

/* Whether a compute action needs this message of its link or a later one. */
static bool
needs_from(const struct plan *lowered, const struct action *compute,
           struct action recv, int turn)
{
    for (recv.mb = 0; recv.mb < lowered->mbs; recv.mb++)
        if (concerns(&recv, compute) && turn_of(lowered, &recv) >= turn)
            return true;
    return false;
}

/* Before the first action that needs it or a later message, with nothing but
 * other RECVs between. */
static bool
stands_before_first_use(const struct plan *lowered,
                        const struct action_list *list, size_t i)
{
    int turn = turn_of(lowered, &list->at[i]);
    size_t next = i;

    for (size_t j = 0; j < i; j++)
        if (class_at(list, j) == ACTION_CLASS_COMPUTE &&
            needs_from(lowered, &list->at[j], list->at[i], turn))
            return false;
    while (class_at(list, next) == ACTION_CLASS_RECV)
        next++;
    return needs_from(lowered, &list->at[next], list->at[i], turn);
}

/* Nothing but another SEND is between it and its compute. */
static bool
follows_its_compute(const struct action_list *list, size_t i)
{
    size_t before = i;

    while (before > 0 && class_at(list, before) == ACTION_CLASS_SEND)
        before--;
    return class_at(list, before) == ACTION_CLASS_COMPUTE &&
           concerns(&list->at[i], &list->at[before]);
}

static void
expect_transfers_in_place(const struct plan *lowered)
{
    for (int r = 0; r < lowered->ranks; r++)
        for (size_t i = 0; i < lowered->lists[r].count; i++) {
            const struct action_list *list = &lowered->lists[r];
            enum action_class class = class_at(list, i);

            ck_assert_msg(
                (class != ACTION_CLASS_SEND || follows_its_compute(list, i)) &&
                    (class != ACTION_CLASS_RECV ||
                     stands_before_first_use(lowered, list, i)),
                "%s: rank %d position %zu", shape_text(lowered), r, i);
        }
}

static void
expect_can_run(const struct plan *plan)
{
    program_free(program_of(plan));
}

static void
expect_steps_last(const struct plan *lowered)
{
    for (int r = 0; r < lowered->ranks; r++) {
        const struct action_list *list = &lowered->lists[r];
        size_t i = list->count;

        for (int s = lowered->stages - 1; s >= 0 && plan_trains(lowered);
             s--) {
            if (lowered->rank_of_stage[s] != r)
                continue;
            i--;
            ck_assert_msg(list->at[i].kind == ACTION_OPTIMIZER_STEP &&
                              list->at[i].stage == s,
                          "%s: rank %d position %zu", shape_text(lowered), r,
                          i);
        }
        ck_assert_msg(class_at(list, i - 1) == ACTION_CLASS_COMPUTE ||
                          class_at(list, i - 1) == ACTION_CLASS_SEND,
                      "%s: rank %d", shape_text(lowered), r);
    }
}

/* What is neither transfer nor STEP is the compute-only plan as it was, and
 * there is a SEND and a RECV for each message. */
static void
expect_nothing_lost_or_added(const struct plan *plan,
                             const struct plan *lowered)
{
    size_t crossings = 0;
    size_t trains = plan_trains(plan);

    for (int s = 0; s < plan->stages; s++)
        crossings += plan_crosses(plan, s);
    for (int r = 0; r < plan->ranks; r++) {
        size_t n = 0;

        for (size_t i = 0; i < lowered->lists[r].count; i++)
            if (class_at(&lowered->lists[r], i) == ACTION_CLASS_COMPUTE)
                ck_assert_msg(action_equal(&lowered->lists[r].at[i],
                                           &plan->lists[r].at[n++]),
                              "%s: rank %d position %zu", shape_text(plan), r,
                              i);
        ck_assert_msg(n == plan->lists[r].count, "%s: rank %d",
                      shape_text(plan), r);
    }
    ck_assert_msg(plan_actions(lowered) ==
                      plan_actions(plan) + trains * (size_t)plan->stages +
                          (2 + 2 * trains) * crossings * (size_t)plan->mbs,
                  "%s", shape_text(plan));
}

START_TEST(random_plans_keep_the_rules_of_lowering)
{
    for (unsigned seed = 0; seed < RANDOM_PLANS; seed++) {
        struct plan *plan = plan_random(seed);
        struct plan *lowered = lower(plan);

        expect_can_run(plan);
        expect_transfers_in_place(lowered);
        expect_steps_last(lowered);
        expect_nothing_lost_or_added(plan, lowered);
        expect_unchanged_by_lowering_again(plan);
        plan_free(plan);
        plan_free(lowered);
    }
}
END_TEST

/* ---- links ---- */

START_TEST(ends_of_a_link_agree_on_its_number)
{
    struct plan *plan = plan_drawn("0F0,3F0\n1F0,2F0\n");
    struct action up[] = {action_of(ACTION_SEND_F, 0, 0),
                          action_of(ACTION_RECV_F, 1, 0)};
    struct action down[] = {action_of(ACTION_SEND_B, 3, 0),
                            action_of(ACTION_RECV_B, 2, 0)};

    ck_assert_int_eq(plan_links(plan), 6);
    ck_assert_int_eq(plan_link(plan, &up[0]), 0);
    ck_assert_int_eq(plan_link(plan, &up[1]), 0);
    ck_assert_int_eq(plan_link(plan, &down[0]), 5);
    ck_assert_int_eq(plan_link(plan, &down[1]), 5);
    ck_assert_int_eq(plan_peer(plan, &up[0]), 1);
    ck_assert_int_eq(plan_peer(plan, &up[1]), 0);
    ck_assert_int_eq(plan_peer(plan, &down[0]), 1);
    ck_assert_int_eq(plan_peer(plan, &down[1]), 0);
    plan_free(plan);
}
END_TEST

START_TEST(stages_cross_where_the_next_one_is_elsewhere)
{
    struct plan *plan = plan_drawn("0F0,3F0\n1F0,2F0\n");

    ck_assert(!plan_crosses(plan, -1));
    ck_assert(plan_crosses(plan, 0));
    ck_assert(!plan_crosses(plan, 1));
    ck_assert(plan_crosses(plan, 2));
    ck_assert(!plan_crosses(plan, 3));
    ck_assert(!plan_crosses(plan, 4));
    plan_free(plan);
}
END_TEST

START_TEST(kinds_within_an_overlap_count_as_there)
{
    struct plan *plan = plan_drawn("0F0,(0F1;0I0)OVERLAP_F_B,0W0,0B1\n");

    ck_assert(plan_has(plan, ACTION_FORWARD));
    ck_assert(plan_has(plan, ACTION_BACKWARD_INPUT));
    ck_assert(plan_has(plan, ACTION_FULL_BACKWARD));
    ck_assert(!plan_has(plan, ACTION_SEND_F));
    ck_assert(!plan_has(plan, ACTION_OPTIMIZER_STEP));
    plan_free(plan);
}
END_TEST

START_TEST(plan_trains_if_anything_runs_backward)
{
    static const struct {
        const char *csv;
        bool trains;
    } plans[] = {
        {"0F0,0F1\n1F0,1F1\n", false}, {"0F0,0SEND_F0\n1RECV_F0,1F0\n", false},
        {"0F0,0B0\n", true},           {"0F0\n1F0,1I0\n", true},
        {"0F0,0W0\n", true},           {"0F0,(0F1;0B0)OVERLAP_F_B\n", true},
    };

    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        struct plan *plan = plan_drawn(plans[i].csv);

        ck_assert_msg(plan_trains(plan) == plans[i].trains, "%s",
                      plans[i].csv);
        plan_free(plan);
    }
}
END_TEST

/* The place of a cell's action in a plan, as rank and position. */
static void
expect_found(const struct plan *plan, const char *cell, int rank,
             size_t position)
{
    struct action action;

    ck_assert(action_parse(cell, &action));
    ck_assert_ptr_eq(plan_find(plan, &action),
                     &plan->lists[rank].at[position]);
}

START_TEST(actions_are_found_alone_and_within_an_overlap)
{
    struct plan *plan = lowered_drawn("0F0,(0F1;0I0)OVERLAP_F_B,0W0,0B1\n"
                                      "1F0,1B0,1F1,1B1\n");
    static const char *const missing[] = {"0F2",
                                          "0B0",
                                          "2F0",
                                          "1I0",
                                          "0RECV_F0",
                                          "2STEP",
                                          "(0F1;0B0)OVERLAP_F_B",
                                          "(0F0;0I0)OVERLAP_F_B"};

    expect_found(plan, "0F0", 0, 0);
    expect_found(plan, "0SEND_F0", 0, 1);
    expect_found(plan, "0F1", 0, 3);
    expect_found(plan, "0I0", 0, 3);
    expect_found(plan, "(0F1;0I0)OVERLAP_F_B", 0, 3);
    expect_found(plan, "1F0", 1, 1);
    expect_found(plan, "1STEP", 1, plan->lists[1].count - 1);
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        struct action action;

        ck_assert(action_parse(missing[i], &action));
        ck_assert_ptr_null(plan_find(plan, &action));
    }
    plan_free(plan);
}
END_TEST

TCase *
lower_case(void)
{
    TCase *tcase = tcase_create("lower");

    tcase_set_timeout(tcase, 60); /* sweeps, also under valgrind */
    tcase_add_test(tcase, transfers_stand_beside_their_compute_and_steps_last);
    tcase_add_test(tcase, split_backward_sends_after_its_input_half);
    tcase_add_test(tcase, overlap_gets_the_transfers_of_both_halves);
    tcase_add_test(tcase, looped_stages_send_from_every_rank);
    tcase_add_test(tcase, nothing_is_sent_between_stages_of_one_rank);
    tcase_add_test(tcase, receiver_may_use_messages_in_another_order);
    tcase_add_test(tcase, forward_only_plan_gets_no_step);
    tcase_add_test(tcase, lowered_plan_gets_only_the_steps_that_it_lacks);
    tcase_add_test(tcase, steps_in_a_compute_only_plan_stay_where_they_are);
    tcase_add_loop_test(tcase, lowering_twice_is_lowering_once, 0, 3);
    tcase_add_test(tcase, random_plans_keep_the_rules_of_lowering);
    tcase_add_test(tcase, ends_of_a_link_agree_on_its_number);
    tcase_add_test(tcase, stages_cross_where_the_next_one_is_elsewhere);
    tcase_add_test(tcase, actions_are_found_alone_and_within_an_overlap);
    tcase_add_test(tcase, kinds_within_an_overlap_count_as_there);
    tcase_add_test(tcase, plan_trains_if_anything_runs_backward);
    return tcase;
}
