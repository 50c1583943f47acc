/* cores.c -- ranks that share cores: between the bounds that hold for any list
 * scheduling. */
#include "config.h"

#include "runs.h"
#include "plan/plans.h"

/* At a given capacity, for any number of cores. */
static void
cores_law(const struct run *run)
{
    const struct plan *plan = run->lowered;
    int64_t makespan = run->forecast.metrics.makespan;
    int64_t work = run->forecast.metrics.busy;

    if (run->forecast.capacity == 0)
        return;
    for (int cores = 1; cores <= plan->ranks + 1; cores++) {
        int64_t took = forecast_on_cores(&run->program, &run->cost,
                                         run->forecast.capacity, cores);

        if (cores >= plan->ranks)
            ck_assert_msg(took == makespan, "%s: %lld on %d cores, not %lld",
                          run_text(run), (long long)took, cores,
                          (long long)makespan);
        ck_assert_msg(took >= makespan && took * cores >= work &&
                          (took - makespan) * cores <= work,
                      "%s: %lld on %d cores; makespan %lld, work %lld",
                      run_text(run), (long long)took, cores,
                      (long long)makespan, (long long)work);
        if (cores == 1 && run->cost.latency == 0)
            ck_assert_msg(took == work, "%s: %lld on one core, work %lld",
                          run_text(run), (long long)took, (long long)work);
    }
}

static void
cores_at_each_capacity(const struct run *run)
{
    each_capacity(run, cores_law);
}

START_TEST(between_work_and_makespan_for_schedules)
{
    each_schedule(plain_schedules[_i], cores_at_each_capacity);
}
END_TEST

START_TEST(and_for_random_plans)
{
    each_random(cores_at_each_capacity);
}
END_TEST

/* GPipe on two cores: two ranks work all the time but when the first forward,
 * the last stage's last forward and first backward, and the last backward have
 * nothing beside them. */
START_TEST(gpipe_waits_on_two_cores_for_what_has_nothing_beside_it)
{
    for (int ranks = 3; ranks <= MOST_RANKS; ranks++)
        for (int mbs = 2; mbs <= MOST_MBS; mbs++) {
            struct run run;
            int64_t alone = 1 + 1 + 2 + 2;

            run_init(&run, lowered_of("gpipe", ranks, mbs), "F=1,B=2", NULL, 0,
                     CAPACITY_AUTO);
            ck_assert_int_ge(
                forecast_on_cores(&run.program, &run.cost, mbs, 2),
                alone + (run.forecast.metrics.busy - alone + 1) / 2);
            run_fini(&run);
        }
}
END_TEST

START_TEST(four_ranks_of_gpipe_take_51_ticks_on_two_cores)
{
    struct run run;

    run_init(&run, lowered_of("gpipe", 4, 8), "F=1,B=2", NULL, 0,
             CAPACITY_AUTO);
    ck_assert_int_eq(forecast_on_cores(&run.program, &run.cost, 8, 1), 96);
    ck_assert_int_eq(forecast_on_cores(&run.program, &run.cost, 8, 2), 51);
    ck_assert_int_eq(forecast_on_cores(&run.program, &run.cost, 8, 4), 33);
    run_fini(&run);
}
END_TEST

TCase *
cores_case(void)
{
    TCase *tcase = tcase_create("cores");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, between_work_and_makespan_for_schedules, 0, 3);
    tcase_add_test(tcase, and_for_random_plans);
    tcase_add_test(tcase,
                   gpipe_waits_on_two_cores_for_what_has_nothing_beside_it);
    tcase_add_test(tcase, four_ranks_of_gpipe_take_51_ticks_on_two_cores);
    return tcase;
}
