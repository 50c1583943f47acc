/* meet.c -- every schedule's transfers, placed for links without slots. */
#include "config.h"

#include "plan/lower.h"

#include "cases.h"
#include "plan/csv.h"
#include "plan/plans.h"
#include "plan/walk.h"
#include "search/schedule.h"
#include "suite.h"

#include <stdlib.h>

/* As written and read again, the plan gets through without a slot. */
static void
expect_runs_without_slots(const struct plan *plan)
{
    struct plan *placed = lower_to_meet(plan);
    char *text = csv_text(placed);
    struct plan *again = lowered_drawn(text);
    struct cause cause = {.text = ""};
    struct program *program = program_make(again, &cause);

    ck_assert_msg(program != NULL, "%s: %s", shape_text(plan), cause.text);
    ck_assert_msg(walk_completes(program->lowered, 0, NULL), "%s",
                  shape_text(plan));
    ck_assert_msg(plan_equal(again, placed), "%s", shape_text(plan));
    program_free(program);
    plan_free(again);
    free(text);
    plan_free(placed);
}

START_TEST(every_schedule_runs_without_slots)
{
    const char *name = schedule_at(_i)->name;
    int plans = 0;

    for (int ranks = 1; ranks <= 5; ranks++)
        for (int chunks = 1; chunks <= 3; chunks++)
            for (int mbs = 1; mbs <= 11; mbs += stride()) {
                struct cause cause;
                struct plan *plan =
                    schedule_plan(name, ranks, ranks * chunks, mbs, &cause);

                if (!plan)
                    continue;
                expect_runs_without_slots(plan);
                plan_free(plan);
                plans++;
            }
    ck_assert_int_gt(plans, 5 / stride());
}
END_TEST

TCase *
meet_case(void)
{
    TCase *tcase = tcase_create("meet");
    int schedules = 0;

    while (schedule_at(schedules))
        schedules++;
    tcase_set_timeout(tcase, 60); /* a search for each shape of greedy's */
    tcase_add_loop_test(tcase, every_schedule_runs_without_slots, 0,
                        schedules);
    return tcase;
}
