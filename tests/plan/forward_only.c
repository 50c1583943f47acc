#include "config.h"

#include "plan/forward_only.h"

#include "cases.h"
#include "plans.h"
#include "plan/program.h"
#include "plan/lower.h"

#include <stdlib.h>

enum { RANDOM_PLANS = 200 };

START_TEST(forwards_stay_in_their_order)
{
    struct plan *plan =
        plan_drawn("0F0,0F1,0F2,0B0,0B1,0B2\n"
                   "1F0,1I0,(1F1;1I1)OVERLAP_F_B,1W0,1F2,1W1,1B2\n");
    struct plan *forwards = forward_only(plan);
    char *text = plan_text(forwards);

    ck_assert_str_eq(text, "rank 0: 0F0 0F1 0F2\n"
                           "rank 1: 1F0 1F1 1F2\n");
    free(text);
    plan_free(forwards);
    plan_free(plan);
}
END_TEST

/* What is left of a valid plan is one, with nothing but forwards, and it makes
 * no difference whether the rest goes before or after lowering. */
static void
expect_forwards(const struct plan *plan)
{
    struct plan *forwards = forward_only(plan);
    struct plan *all = lower(plan);
    struct plan *lowered = lower(forwards);
    struct plan *stripped = forward_only(all);
    struct program *program;

    program = program_of(forwards);
    ck_assert_uint_eq(plan_actions(forwards),
                      (size_t)plan->stages * (size_t)plan->mbs);
    ck_assert_msg(plan_equal(lowered, stripped), "%s", shape_text(plan));
    program_free(program);
    plan_free(stripped);
    plan_free(lowered);
    plan_free(all);
    plan_free(forwards);
}

START_TEST(any_plan_that_can_run_has_forwards_that_can)
{
    for (unsigned seed = 0; seed < RANDOM_PLANS; seed++) {
        struct plan *plan = plan_random(seed);

        expect_forwards(plan);
        plan_free(plan);
    }
}
END_TEST

TCase *
forward_only_case(void)
{
    TCase *tcase = tcase_create("forward only");

    tcase_set_timeout(tcase, 60); /* sweeps, also under valgrind */
    tcase_add_test(tcase, forwards_stay_in_their_order);
    tcase_add_test(tcase, any_plan_that_can_run_has_forwards_that_can);
    return tcase;
}
