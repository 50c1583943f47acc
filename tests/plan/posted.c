/* posted.c -- receives that are posted early run as if each stood where it is
 * used. */
#include "config.h"

#include "plan/posted.h"

#include "base/rng.h"
#include "cases.h"
#include "plan/lower.h"
#include "plan/plans.h"
#include "plan/walk.h"
#include "plan/place.h"

#include <stdlib.h>

static int64_t
makespan_of(const struct plan *plan)
{
    int64_t makespan = 0;
    struct cost cost;
    struct walk walk;

    cost_init(&cost, plan->stages);
    walk_run(&walk, plan, &cost, WALK_UNBOUNDED, walk_latest, &makespan);
    ck_assert_msg(walk.complete, "%s", shape_text(plan));
    walk_fini(&walk);
    cost_fini(&cost);
    return makespan;
}

static bool
is_recv(const struct action *action)
{
    return action_class((enum action_kind)action->kind) == ACTION_CLASS_RECV;
}

/* Moves RECVs up by random distances; those of one link keep their order. */
static void
post_early(struct plan *plan, struct rng *rng)
{
    for (int r = 0; r < plan->ranks; r++) {
        struct action_list *list = &plan->lists[r];

        for (size_t i = 1; i < list->count; i++) {
            size_t up = rng_below(rng, 6);

            if (!is_recv(&list->at[i]))
                continue;
            for (size_t at = i; at > 0 && up > 0; at--, up--) {
                struct action recv = list->at[at];
                struct action before = list->at[at - 1];

                if (is_recv(&before) &&
                    plan_link(plan, &before) == plan_link(plan, &recv))
                    break;
                list->at[at - 1] = recv;
                list->at[at] = before;
            }
        }
    }
}

static bool
same_lists(const struct plan *a, const struct plan *b)
{
    for (int r = 0; r < a->ranks; r++)
        for (size_t i = 0; i < a->lists[r].count; i++)
            if (!action_equal(&a->lists[r].at[i], &b->lists[r].at[i]))
                return false;
    return true;
}

/* Whatever stood between a RECV and its use: the plan runs, no slower than as
 * it was lowered, and settling it once more moves nothing. */
static void
expect_settled(struct plan *lowered, struct rng *rng)
{
    int64_t before = makespan_of(lowered);
    struct plan *settled;

    posted_settle(lowered);
    settled = lower(lowered);
    ck_assert_msg(makespan_of(lowered) <= before, "%s", shape_text(lowered));
    post_early(lowered, rng);
    posted_settle(lowered);
    ck_assert_msg(same_lists(lowered, settled), "%s", shape_text(lowered));
    ck_assert_uint_eq(posted_settle(lowered), 0);
    plan_free(settled);
    plan_free(lowered);
}

START_TEST(posted_early_schedules_run_as_lowered)
{
    struct rng rng;

    rng_init(&rng, 1, RNG_TEST, (uint32_t)_i);
    for (int ranks = 1; ranks <= 5; ranks++)
        for (int mbs = 1; mbs <= 6; mbs++) {
            struct plan *lowered = lowered_of(plain_schedules[_i], ranks, mbs);

            ck_assert_uint_eq(posted_settle(lowered), 0);
            expect_settled(lowered, &rng);
        }
}
END_TEST

START_TEST(so_do_random_plans)
{
    struct rng rng;

    rng_init(&rng, 2, RNG_TEST, 0);
    for (unsigned seed = 0; seed < 200; seed++) {
        struct plan *plan = plan_random(seed);

        expect_settled(lower(plan), &rng);
        plan_free(plan);
    }
}
END_TEST

/* All RECVs first: they are waited for one by one. Positions are the file's
 * columns still. */
START_TEST(each_is_waited_for_where_it_is_used)
{
    struct plan *plan = lowered_drawn("0F0,0SEND_F0,0F1,0SEND_F1\n"
                                      "1RECV_F0,1RECV_F1,1F0,1F1\n");
    const struct action_list *list = &plan->lists[1];
    char cell[ACTION_CELL_MAX];

    ck_assert_uint_eq(posted_settle(plan), 1);
    ck_assert_str_eq(action_cell(&list->at[1], cell), "1F0");
    ck_assert_str_eq(action_cell(&list->at[2], cell), "1RECV_F1");
    plan_free(plan);
}
END_TEST

TCase *
posted_case(void)
{
    TCase *tcase = tcase_create("posted receives");

    tcase_add_loop_test(tcase, posted_early_schedules_run_as_lowered, 0, 3);
    tcase_add_test(tcase, so_do_random_plans);
    tcase_add_test(tcase, each_is_waited_for_where_it_is_used);
    return tcase;
}
