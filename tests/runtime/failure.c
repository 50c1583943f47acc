#include "config.h"

#include "plans.h"
#include "toy.h"

#include <string.h>

static void
expect_failure(const char *schedule, struct toy_failure failure)
{
    struct fixture_options options = {.capacity = 1, .steps = 3};
    struct fixture f;

    fixture_init(&f, lowered_of(schedule, 3, 4), &options);
    f.toy.failure = failure;
    ck_assert_int_eq(run_steps(f.run, 0, 3), RUN_FAILED);
    ck_assert_msg(strncmp(f.run->cause.text, "toy ", 4) == 0, "%s",
                  f.run->cause.text);
    if (failure.stage >= 0)
        ck_assert_int_eq(f.run->cause.text[4], '0' + failure.stage);
    fixture_fini(&f);
}

/* Wherever an operation fails, all ranks stop and its word is kept. */
START_TEST(a_failure_anywhere_stops_the_run_with_its_cause)
{
    static const enum action_kind kinds[] = {
        ACTION_FORWARD, ACTION_FULL_BACKWARD, ACTION_OPTIMIZER_STEP};

    for (int k = 0; k < 3; k++)
        for (int stage = 0; stage < 3; stage++)
            for (int step = 0; step < 3; step++)
                for (int mb = 0; mb < (k == 2 ? 1 : 4); mb++)
                    expect_failure(plain_schedules[_i],
                                   (struct toy_failure){(int)kinds[k], stage,
                                                        mb, step});
}
END_TEST

START_TEST(of_failures_everywhere_one_is_kept)
{
    for (int repeat = 0; repeat < 50; repeat++)
        expect_failure("1f1b",
                       (struct toy_failure){ACTION_FULL_BACKWARD, -1, -1, -1});
}
END_TEST

TCase *
failure_case(void)
{
    TCase *tcase = tcase_create("failure");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase,
                        a_failure_anywhere_stops_the_run_with_its_cause, 0, 3);
    tcase_add_test(tcase, of_failures_everywhere_one_is_kept);
    return tcase;
}
