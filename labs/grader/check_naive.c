#include "config.h"

#include "schedules.h"

START_TEST(it_runs)
{
    struct plan *plan = made(exercise_naive, 4, 3);

    must_run(plan);
    plan_free(plan);
}
END_TEST

START_TEST(it_runs_at_every_shape)
{
    must_run_at_every_shape(exercise_naive);
}
END_TEST

START_TEST(it_keeps_one_microbatch)
{
    struct plan *plan = made(exercise_naive, 4, 3);

    must_keep_at_most(plan, (int[]){1, 1, 1, 1});
    plan_free(plan);
}
END_TEST

START_TEST(one_rank_works_at_a_time)
{
    struct plan *plan = made(exercise_naive, 4, 3);

    must_take(plan, 4 * 3 * (1 + 2));
    plan_free(plan);
}
END_TEST

const struct claim claims[] = {
    {"a complete plan in order", 4, &it_runs},
    {"for every number of ranks and microbatches", 2, &it_runs_at_every_shape},
    {"a rank keeps one microbatch", 2, &it_keeps_one_microbatch},
    {"one rank works at a time", 2, &one_rank_works_at_a_time},
    {NULL, 0, NULL},
};
