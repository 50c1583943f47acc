/* levels.c -- the longest path from each action to the end, held against what
 * the simulation makes of the plan where nothing is in the way but the plan. */
#include "config.h"

#include "runs.h"
#include "plan/level.h"
#include "plan/plans.h"

/* From no action is it further than from its start to the end of the run, and
 * the run is as long as the longest path through it. */
static void
level_law(const struct run *run)
{
    int64_t makespan = run->forecast.metrics.makespan;
    int64_t **levels = level_new(run->lowered, &run->cost);
    int64_t longest = 0;

    for (int r = 0; r < run->lowered->ranks; r++) {
        const struct lane *lane = &run->forecast.trace.lanes[r];

        for (size_t i = 0; i < lane->count; i++) {
            int64_t level = levels[r][i];
            int64_t own = cost_of(&run->cost, 0, &lane->spans[i].action);

            ck_assert_msg(level >= own &&
                              lane->spans[i].start + level <= makespan,
                          "%s: rank %d, action %zu: level %lld", run_text(run),
                          r, i, (long long)level);
            longest = level > longest ? level : longest;
        }
    }
    ck_assert_msg(longest == makespan, "%s: longest path %lld, makespan %lld",
                  run_text(run), (long long)longest, (long long)makespan);
    level_free(levels, run->lowered);
}

START_TEST(no_level_exceeds_what_is_left_and_the_longest_is_the_makespan)
{
    each_schedule(plain_schedules[_i], level_law);
}
END_TEST

START_TEST(so_it_is_for_random_plans)
{
    each_random(level_law);
}
END_TEST

TCase *
levels_case(void)
{
    TCase *tcase = tcase_create("levels");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(
        tcase, no_level_exceeds_what_is_left_and_the_longest_is_the_makespan,
        0, 3);
    tcase_add_test(tcase, so_it_is_for_random_plans);
    return tcase;
}
