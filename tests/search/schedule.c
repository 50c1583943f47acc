/* schedule.c -- schedules by name. */
#include "config.h"

#include "search/schedule.h"

#include "cases.h"

#include <string.h>

START_TEST(every_schedule_is_found_by_its_name)
{
    struct cause cause;
    int policies = 0;
    int count = 0;

    while (policy_at(policies))
        policies++;
    for (; schedule_at(count); count++) {
        const struct policy *schedule = schedule_at(count);

        ck_assert_ptr_eq(schedule_find(schedule->name, &cause), schedule);
        ck_assert_uint_gt(strlen(schedule->summary), 0);
        ck_assert_int_eq(schedule->make != NULL, count < policies);
    }
    ck_assert_int_gt(count, policies);
    ck_assert_ptr_null(schedule_at(count + 1));
}
END_TEST

START_TEST(unknown_name_lists_the_known_ones)
{
    struct cause cause = {""};

    ck_assert_ptr_null(schedule_plan("2f2b", 2, 2, 2, &cause));
    ck_assert_ptr_nonnull(strstr(cause.text, "2f2b"));
    for (int i = 0; schedule_at(i); i++)
        ck_assert_ptr_nonnull(strstr(cause.text, schedule_at(i)->name));
    ck_assert_ptr_null(schedule_find("", &cause));
}
END_TEST

START_TEST(bad_shape_is_refused_before_a_plan_is_made)
{
    struct cause cause = {""};

    ck_assert_ptr_null(schedule_plan("gpipe", 2, 2, 0, &cause));
    ck_assert_ptr_nonnull(strstr(cause.text, "0 microbatches"));
    ck_assert_ptr_null(schedule_plan("gpipe", 2, 4, 2, &cause));
    ck_assert_ptr_nonnull(strstr(cause.text, "4 stages on 2 ranks"));
}
END_TEST

TCase *
schedule_case(void)
{
    TCase *tcase = tcase_create("schedule");

    tcase_add_test(tcase, every_schedule_is_found_by_its_name);
    tcase_add_test(tcase, unknown_name_lists_the_known_ones);
    tcase_add_test(tcase, bad_shape_is_refused_before_a_plan_is_made);
    return tcase;
}
