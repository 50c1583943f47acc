/* schedule.c -- schedules by name. */
#include "config.h"

#include "search/schedule.h"

#include "cases.h"

#include <stdio.h>
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

/* Names of PyTorch's classes, as get_schedule_class() takes them too, and of
 * the papers. */
START_TEST(other_names_find_the_same_schedule)
{
    static const char *const names[][2] = {
        {"1F1B", "1f1b"},
        {"Schedule1F1B", "1f1b"},
        {"GPipe", "gpipe"},
        {"ScheduleGPipe", "gpipe"},
        {"Interleaved1F1B", "interleaved-1f1b"},
        {"ScheduleInterleaved1F1B", "interleaved-1f1b"},
        {"LoopedBFS", "looped-bfs"},
        {"ScheduleLoopedBFS", "looped-bfs"},
        {"InterleavedZeroBubble", "zb1p"},
        {"ScheduleInterleavedZeroBubble", "zb1p"},
        {"zb-h1", "zb1p"},
        {"ZB-H1", "zb1p"},
        {"ZB-H2", "zb-h2"},
        {"zb_h2", "zb-h2"},
        {"ZBVZeroBubble", "zbv"},
        {"ScheduleZBVZeroBubble", "zbv"},
        {"ZB-V", "zbv"},
        {"V-Half", "v-half"},
        {"V-Min", "v-min"},
        {"DualPipeV", "dualpipev"},
        {"scheduledualpipev", "dualpipev"},
        {"Combined 1F1B", "combined-1f1b"},
        {"Hanayo", "hanayo"},
        {"PipeDream-Flush", "1f1b"},
        {"Eager 1F1B", "eager-1f1b"},
        {"NAIVE", "naive"},
        {"Greedy", "greedy"},
    };
    struct cause cause;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct policy *found = schedule_find(names[i][0], &cause);

        ck_assert_msg(found != NULL, "%s", names[i][0]);
        ck_assert_str_eq(found->name, names[i][1]);
    }
}
END_TEST

/* No name leads to two. */
START_TEST(the_schedules_share_no_name)
{
    for (int i = 0; schedule_at(i); i++)
        for (int j = 0; schedule_at(j); j++) {
            const char *also = schedule_at(j)->also;

            ck_assert_int_eq(
                policy_is_named(schedule_at(i), schedule_at(j)->name), i == j);
            while (also && *also) {
                char name[32];
                size_t length = strcspn(also, " ");

                snprintf(name, sizeof name, "%.*s", (int)length, also);
                ck_assert_int_eq(policy_is_named(schedule_at(i), name),
                                 i == j);
                also += length + strspn(also + length, " ");
            }
        }
}
END_TEST

START_TEST(unknown_name_lists_the_known_ones)
{
    struct cause cause = {.text = ""};

    ck_assert_ptr_null(schedule_plan("2f2b", 2, 2, 2, &cause));
    ck_assert_ptr_nonnull(strstr(cause.text, "2f2b"));
    for (int i = 0; schedule_at(i); i++)
        ck_assert_ptr_nonnull(strstr(cause.text, schedule_at(i)->name));
    ck_assert_ptr_null(schedule_find("", &cause));
    ck_assert_ptr_null(schedule_find("schedule", &cause));
    ck_assert_ptr_null(schedule_find("1f1b1", &cause));
}
END_TEST

START_TEST(bad_shape_is_refused_before_a_plan_is_made)
{
    struct cause cause = {.text = ""};

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
    tcase_add_test(tcase, other_names_find_the_same_schedule);
    tcase_add_test(tcase, the_schedules_share_no_name);
    tcase_add_test(tcase, unknown_name_lists_the_known_ones);
    tcase_add_test(tcase, bad_shape_is_refused_before_a_plan_is_made);
    return tcase;
}
