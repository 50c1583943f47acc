/* capacity.c -- what the number of slots does to a run, up to stopping it. */
#include "config.h"

#include "base/memory.h"
#include "runs.h"
#include "plan/walk.h"
#include "plan/plans.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- auto ---- */

/* The fewest slots, at least 2, that change no span. */
static void
auto_law(const struct run *widest)
{
    int capacity = widest->forecast.capacity;
    struct run same;
    struct run wide;
    struct run tight;

    ck_assert_msg(capacity >= 2, "%s", run_text(widest));
    run_again(&same, widest, capacity);
    run_again(&wide, widest, widest->lowered->mbs + 5);
    ck_assert_msg(spans_equal(&same.forecast.trace, &widest->forecast.trace) &&
                      spans_equal(&same.forecast.trace, &wide.forecast.trace),
                  "%s", run_text(widest));
    ck_assert_int_eq(same.forecast.metrics.makespan,
                     widest->forecast.metrics.makespan);
    run_fini(&same);
    run_fini(&wide);
    if (capacity == 2)
        return;
    run_again(&tight, widest, capacity - 1);
    ck_assert_msg(!spans_equal(&tight.forecast.trace, &widest->forecast.trace),
                  "%s: one slot fewer would do", run_text(widest));
    run_fini(&tight);
}

START_TEST(auto_capacity_is_the_least_that_never_blocks)
{
    each_schedule(plain_schedules[_i], auto_law);
}
END_TEST

START_TEST(auto_capacity_is_the_least_for_random_plans)
{
    each_random(auto_law);
}
END_TEST

START_TEST(auto_capacity_of_a_slow_second_stage_is_this)
{
    static const int expected[] = {2, 2, 2, 2, 3, 4, 4, 5};
    char csv[2][64] = {"", ""};

    for (int mbs = 1; mbs <= 8; mbs++) {
        char both[128];
        struct run run;

        for (int s = 0; s < 2; s++)
            snprintf(csv[s] + strlen(csv[s]), 8, "%dF%d,", s, mbs - 1);
        snprintf(both, sizeof both, "%s\n%s\n", csv[0], csv[1]);
        run_init(&run, lowered_drawn(both), NULL, "1,3", 0, CAPACITY_AUTO);
        ck_assert_msg(run.forecast.capacity == expected[mbs - 1], "%s",
                      run_text(&run));
        run_fini(&run);
    }
}
END_TEST

/* ---- more and less ---- */

static int64_t last_makespan;

static void
not_longer(const struct run *run)
{
    ck_assert_msg(run->forecast.metrics.makespan <= last_makespan,
                  "%s: %lld after %lld", run_text(run),
                  (long long)run->forecast.metrics.makespan,
                  (long long)last_makespan);
    last_makespan = run->forecast.metrics.makespan;
}

static void
monotone_law(const struct run *widest)
{
    last_makespan = INT64_MAX;
    each_capacity(widest, not_longer);
}

START_TEST(more_capacity_never_makes_a_run_longer)
{
    each_schedule(plain_schedules[_i], monotone_law);
}
END_TEST

START_TEST(more_capacity_never_makes_a_random_run_longer)
{
    each_random(monotone_law);
}
END_TEST

/* ---- what sim tells besides ---- */

static void
metrics_law(const struct run *run)
{
    const struct metrics *sims = &run->forecast.metrics;
    struct metrics metrics;
    struct forecast bare;

    metrics_of(&metrics, &run->forecast.trace);
    ck_assert_mem_eq(sims->rank, metrics.rank,
                     (size_t)metrics.ranks * sizeof *metrics.rank);
    ck_assert_msg(sims->makespan == metrics.makespan &&
                      sims->messages == metrics.messages,
                  "%s", run_text(run));
    forecast_make(&bare, &run->program, &run->cost, CAPACITY_AUTO,
                  FORECAST_FIGURES);
    ck_assert_mem_eq(bare.metrics.rank, metrics.rank,
                     (size_t)metrics.ranks * sizeof *metrics.rank);
    ck_assert_int_eq(bare.capacity, run->forecast.capacity);
    ck_assert_int_eq(bare.metrics.makespan, metrics.makespan);
    forecast_fini(&bare);
    metrics_fini(&metrics);
}

START_TEST(metrics_are_those_of_the_trace_with_or_without_one)
{
    each_random(metrics_law);
}
END_TEST

START_TEST(deadlock_is_reported_with_positions)
{
    struct run run;

    run_init(&run, lowered_of("1f1b", 2, 2), NULL, NULL, 0, 0);
    ck_assert(!run.forecast.complete);
    ck_assert_int_eq(run.forecast.capacity, 0);
    ck_assert_uint_eq(run.forecast.position[0], 3); /* before 0SEND_F1 */
    ck_assert_uint_eq(run.forecast.position[1], 3); /* before 1SEND_B0 */
    ck_assert_uint_eq(run.forecast.trace.lanes[0].count, 3);
    ck_assert_uint_eq(run.forecast.trace.lanes[1].count, 3);
    ck_assert_int_eq(run.forecast.metrics.messages, 1);
    ck_assert_int_eq(run.forecast.metrics.makespan, 4); /* the end of 1B0 */
    run_fini(&run);
}
END_TEST

/* Whether and where a run stops depends on the capacity, not on the costs. */
static void
deadlock_law(const struct run *widest)
{
    struct plan *lowered = widest->lowered;
    size_t *position = memory_new((size_t)lowered->ranks, sizeof *position);

    for (int k = 0; k <= 3; k++) {
        struct run run;

        run_again(&run, widest, k);
        ck_assert_msg(walk_completes(lowered, k, position) ==
                          run.forecast.complete,
                      "%s", run_text(&run));
        for (int r = 0; r < lowered->ranks; r++)
            ck_assert_msg(run.forecast.position[r] == position[r] &&
                              run.forecast.trace.lanes[r].count == position[r],
                          "%s: rank %d", run_text(&run), r);
        run_fini(&run);
    }
    free(position);
}

START_TEST(runs_stop_where_the_check_says)
{
    each_schedule("1f1b", deadlock_law);
    each_random(deadlock_law);
}
END_TEST

TCase *
capacity_case(void)
{
    TCase *tcase = tcase_create("capacity");

    tcase_set_timeout(tcase, 60); /* sweeps, also under valgrind */
    tcase_add_loop_test(tcase, auto_capacity_is_the_least_that_never_blocks, 0,
                        3);
    tcase_add_test(tcase, auto_capacity_is_the_least_for_random_plans);
    tcase_add_test(tcase, auto_capacity_of_a_slow_second_stage_is_this);
    tcase_add_loop_test(tcase, more_capacity_never_makes_a_run_longer, 0, 3);
    tcase_add_test(tcase, more_capacity_never_makes_a_random_run_longer);
    tcase_add_test(tcase, metrics_are_those_of_the_trace_with_or_without_one);
    tcase_add_test(tcase, deadlock_is_reported_with_positions);
    tcase_add_test(tcase, runs_stop_where_the_check_says);
    return tcase;
}
