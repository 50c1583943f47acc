/* figures.c -- what the check tells of good plans: the smallest capacity,
 * messages, peaks, the order of weight gradients. */
#include "config.h"

#include "plan/program.h"

#include "cases.h"
#include "plans.h"
#include "plan/lower.h"
#include "plan/walk.h"

enum { RANDOM_PLANS = 300 };

static struct program *
expect_accepted_csv(const char *csv)
{
    struct plan *plan = plan_drawn(csv);
    struct program *program = program_of(plan);

    plan_free(plan);
    return program;
}

/* ---- capacity ---- */

/* Rank 0 sends all M microbatches before it takes the first one back, and
 * rank 1 cannot take its second before rank 0 has: the ring must hold what
 * rank 1 has not taken, M-1 messages. */
static struct plan *
hungry_plan(int mbs)
{
    struct plan *plan = plan_new("hungry", 2, 4, mbs);

    for (int s = 0; s < 4; s++)
        plan->rank_of_stage[s] = s % 2;
    for (int s = 0; s < 4; s += 2)
        for (int m = 0; m < mbs; m++)
            plan_add(plan, 0, action_of(ACTION_FORWARD, s, m));
    for (int m = 0; m < mbs; m++) {
        plan_add(plan, 1, action_of(ACTION_FORWARD, 1, m));
        plan_add(plan, 1, action_of(ACTION_FORWARD, 3, m));
    }
    return plan;
}

START_TEST(smallest_capacity_is_found_however_large)
{
    for (int mbs = 1; mbs <= 40; mbs++) {
        struct plan *plan = hungry_plan(mbs);
        struct program *program = program_of(plan);

        ck_assert_msg(program_smallest_capacity(program) == mbs - 1,
                      "M=%d: %d", mbs, program_smallest_capacity(program));
        program_free(program);
        plan_free(plan);
    }
}
END_TEST

/* At every capacity below the smallest the plan is stuck, from it on it is
 * not. */
static void
expect_threshold(const struct plan *plan)
{
    struct program *program = program_of(plan);
    struct plan *lowered = lower(plan);

    for (int k = 0; k <= plan->mbs + 2; k++)
        ck_assert_msg(walk_completes(lowered, k, NULL) ==
                          (k >= program_smallest_capacity(program)),
                      "%s: capacity %d, smallest %d", shape_text(plan), k,
                      program_smallest_capacity(program));
    ck_assert_msg(walk_completes(lowered, WALK_UNBOUNDED, NULL) &&
                      walk_completes(lowered, INT32_MAX, NULL),
                  "%s", shape_text(plan));
    plan_free(lowered);
    program_free(program);
}

START_TEST(more_capacity_never_hurts)
{
    for (unsigned seed = 0; seed < RANDOM_PLANS; seed++) {
        struct plan *plan = plan_random(seed);

        expect_threshold(plan);
        plan_free(plan);
    }
    for (int mbs = 1; mbs <= 9; mbs++) {
        struct plan *plan = hungry_plan(mbs);

        expect_threshold(plan);
        plan_free(plan);
    }
}
END_TEST

START_TEST(capacity_check_tells_where_each_rank_is)
{
    struct plan *lowered = lowered_of("1f1b", 2, 2);
    size_t position[2];

    ck_assert(!walk_completes(lowered, 0, position));
    ck_assert_uint_eq(position[0], 3); /* 0F0 0SEND_F0 0F1, then 0SEND_F1 */
    ck_assert_uint_eq(position[1], 3); /* 1RECV_F0 1F0 1B0, then 1SEND_B0 */
    ck_assert(walk_completes(lowered, 1, position));
    ck_assert_uint_eq(position[0], lowered->lists[0].count);
    ck_assert_uint_eq(position[1], lowered->lists[1].count);
    plan_free(lowered);
}
END_TEST

/* ---- the rest ---- */

START_TEST(descending_weight_gradients_are_noted)
{
    static const struct {
        const char *csv;
        int unordered;
    } plans[] = {
        {"0F0,0F1,0B0,0B1\n", -1},
        {"0F0,0F1,0B1,0B0\n", 0},
        {"0F0,0F1\n1F0,1F1\n", -1},
        {"0F0,0F1,0I1,0I0,0W0,0W1\n", -1},
        {"0F0,0F1,0I0,0I1,0W1,0W0\n", 0},
        {"0F0,0F1,0I0,0B1,0W0\n", 0},
        {"0F0,0F1,0I0,0I1,0W0,0W1\n1F0,1I0,1F1,1I1,1W1,1W0\n", 1},
        {"0F0,0F1,0B1,0F2,0B2,0B0\n", 0},
        {"0F1,0F0,0F2,(0F3;0B0)OVERLAP_F_B,0B1,0B2,0B3\n", -1},
        {"0F0,0F1,(0F2;0B1)OVERLAP_F_B,0B0,0B2\n", 0},
    };

    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        struct program *program = expect_accepted_csv(plans[i].csv);

        ck_assert_msg(program->unordered_stage == plans[i].unordered, "%s: %d",
                      plans[i].csv, program->unordered_stage);
        program_free(program);
    }
}
END_TEST

START_TEST(activations_live_until_the_weight_gradient)
{
    static const struct {
        const char *csv;
        int peak;
    } plans[] = {
        {"0F0,0B0,0F1,0B1\n", 1},
        {"0F0,0F1\n", 1}, /* nothing waits for them */
        {"0F0,0F1,1F0,1F1\n", 1},
        {"0F0,0I0,0F1,0I1,0W0,0W1\n", 2},
        {"0F0,0I0,0W0,0F1,0I1,0W1\n", 1},
        {"0F0,1F0,1B0,0B0\n", 2}, /* of both stages */
        {"0F0,(0F1;0B0)OVERLAP_F_B,(0F2;0B1)OVERLAP_F_B,0B2\n", 2},
    };

    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        struct program *program = expect_accepted_csv(plans[i].csv);

        ck_assert_msg(program->peak_activations[0] == plans[i].peak, "%s: %g",
                      plans[i].csv, program->peak_activations[0]);
        program_free(program);
    }
}
END_TEST

START_TEST(lowering_changes_no_figure)
{
    for (unsigned seed = 0; seed < RANDOM_PLANS; seed++) {
        struct plan *plan = plan_random(seed);
        struct plan *lowered = lower(plan);
        struct program *a = program_of(plan);
        struct program *b = program_of(lowered);

        ck_assert_msg(program_smallest_capacity(a) ==
                              program_smallest_capacity(b) &&
                          a->messages == b->messages &&
                          a->unordered_stage == b->unordered_stage,
                      "%s", shape_text(plan));
        ck_assert_mem_eq(a->peak_activations, b->peak_activations,
                         (size_t)plan->ranks * sizeof *a->peak_activations);
        program_free(a);
        program_free(b);
        plan_free(plan);
        plan_free(lowered);
    }
}
END_TEST

TCase *
figures_case(void)
{
    TCase *tcase = tcase_create("figures");

    tcase_set_timeout(tcase, 60); /* sweeps, also under valgrind */
    tcase_add_test(tcase, smallest_capacity_is_found_however_large);
    tcase_add_test(tcase, more_capacity_never_hurts);
    tcase_add_test(tcase, capacity_check_tells_where_each_rank_is);
    tcase_add_test(tcase, descending_weight_gradients_are_noted);
    tcase_add_test(tcase, activations_live_until_the_weight_gradient);
    tcase_add_test(tcase, lowering_changes_no_figure);
    return tcase;
}
