/* ways.c -- what can be done with the plan of every policy: written and read
 * again, lowered or not, and cut down to its forwards. */
#include "config.h"

#include "policy/policy.h"

#include "cases.h"
#include "plan/program.h"
#include "plan/csv.h"
#include "plan/forward_only.h"
#include "plan/lower.h"
#include "plan/plans.h"

#include <stdlib.h>

typedef void
plan_way(const struct plan *plan);

static void
each_plan(plan_way *way)
{
    struct cause cause;

    for (int i = 0; policy_at(i); i++)
        for (int ranks = 1; ranks <= 5; ranks++)
            for (int chunks = 1; chunks <= 4; chunks++)
                for (int mbs = 1; mbs <= MOST_MBS; mbs++) {
                    struct plan *plan;

                    if (!policy_suits(policy_at(i), ranks, chunks * ranks, mbs,
                                      &cause))
                        continue;
                    plan =
                        policy_plan(policy_at(i), ranks, chunks * ranks, mbs);
                    way(plan);
                    plan_free(plan);
                }
}

static void
comes_back(const struct plan *plan)
{
    char *text = csv_text(plan);
    struct plan *back = plan_drawn(text);

    ck_assert_msg(plan_equal(plan, back), "%s:\n%s", shape_text(plan), text);
    plan_free(back);
    free(text);
}

static void
comes_back_lowered(const struct plan *plan)
{
    struct plan *lowered = lower(plan);
    char *text = csv_text(lowered);
    struct plan *back = lowered_drawn(text);

    ck_assert_msg(plan_equal(lowered, back), "%s:\n%s", shape_text(plan),
                  text);
    plan_free(back);
    free(text);
    plan_free(lowered);
}

static void
has_forwards_that_can_run(const struct plan *plan)
{
    struct plan *forwards = forward_only(plan);
    struct program *program = program_of(forwards);

    ck_assert(!plan_trains(forwards));
    ck_assert_uint_eq(plan_actions(forwards),
                      (size_t)plan->stages * (size_t)plan->mbs);
    program_free(program);
    plan_free(forwards);
}

START_TEST(every_plan_comes_back_from_csv)
{
    each_plan(comes_back);
    each_plan(comes_back_lowered);
}
END_TEST

START_TEST(every_plan_has_forwards_that_can_run)
{
    each_plan(has_forwards_that_can_run);
}
END_TEST

TCase *
ways_case(void)
{
    TCase *tcase = tcase_create("ways");

    tcase_set_timeout(tcase, 60); /* sweeps, also under valgrind */
    tcase_add_test(tcase, every_plan_comes_back_from_csv);
    tcase_add_test(tcase, every_plan_has_forwards_that_can_run);
    return tcase;
}
