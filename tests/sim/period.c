/* period.c -- the period is how much later each further step ends. */
#include "config.h"

#include "plan/plans.h"
#include "plan/walker.h"
#include "runs.h"
#include "sim/period.h"

#include <stdlib.h>

/* After so many steps every pattern of the small plans here repeats, after at
 * most LONGEST steps. */
enum { STEPS = 150, LONGEST = 24 };

/* ends[k] grows by the period, in the mean over some number of steps. */
static void
expect_growth(const int64_t ends[], int last, struct period period,
              const char *what)
{
    bool repeats = false;

    for (int n = 1; n <= LONGEST && !repeats; n++)
        repeats =
            (ends[last] - ends[last - n]) * period.steps == n * period.ticks &&
            (ends[last - 1] - ends[last - 1 - n]) * period.steps ==
                n * period.ticks;
    ck_assert_msg(repeats, "%s: period %lld/%lld, but %lld, %lld, %lld", what,
                  (long long)period.ticks, (long long)period.steps,
                  (long long)ends[last - 2], (long long)ends[last - 1],
                  (long long)ends[last]);
}

static void
later_steps_end_a_period_later(const struct run *run)
{
    int64_t ends[STEPS] = {0};
    struct walker *walker =
        walker_new(run->lowered, &run->cost, run->forecast.capacity);

    for (int k = 0; k < STEPS; k++) {
        ends[k] = k ? ends[k - 1] : 0;
        ck_assert(walker_step(walker, walk_latest, &ends[k]));
    }
    walker_free(walker);
    expect_growth(ends, STEPS - 1,
                  period_of(run->lowered, &run->cost, run->forecast.capacity),
                  run_text(run));
}

/* The steps of a plan as the microbatches of one. */
static struct plan *
in_a_row(const struct plan *lowered, int steps)
{
    struct plan *row =
        plan_new("row", lowered->ranks, lowered->stages, lowered->mbs * steps);

    for (int s = 0; s < lowered->stages; s++)
        row->rank_of_stage[s] = lowered->rank_of_stage[s];
    row->lowered = true;
    for (int k = 0; k < steps; k++)
        for (int r = 0; r < lowered->ranks; r++)
            for (size_t i = 0; i < lowered->lists[r].count; i++) {
                struct action action = lowered->lists[r].at[i];

                if (action.kind == ACTION_OPTIMIZER_STEP)
                    continue;
                action.mb += k * lowered->mbs;
                action.pair_mb += k * lowered->mbs;
                plan_add(row, r, action);
            }
    return row;
}

enum { COPIES = 60 };

/* Without STEPs a training is one long step. */
static void
a_row_of_copies_grows_by_it(const struct run *run)
{
    int64_t ends[COPIES] = {0};

    if (cost_of(&run->cost, 0,
                &(struct action){.kind = ACTION_OPTIMIZER_STEP}))
        return;
    for (int k = COPIES - LONGEST - 2; k < COPIES; k++) {
        struct plan *row = in_a_row(run->lowered, k + 1);
        struct walk walk;

        walk_run(&walk, row, &run->cost, run->forecast.capacity, walk_latest,
                 &ends[k]);
        ck_assert(walk.complete);
        walk_fini(&walk);
        plan_free(row);
    }
    expect_growth(ends, COPIES - 1,
                  period_of(run->lowered, &run->cost, run->forecast.capacity),
                  run_text(run));
}

/* _i: a schedule. */
START_TEST(each_step_of_a_schedule_costs_one_period)
{
    each_schedule(plain_schedules[_i], later_steps_end_a_period_later);
}
END_TEST

static void
at_each_capacity(const struct run *run)
{
    each_capacity(run, later_steps_end_a_period_later);
}

START_TEST(each_step_of_random_plans_does_at_each_capacity)
{
    each_random(at_each_capacity);
}
END_TEST

START_TEST(so_does_each_copy_of_a_random_plan)
{
    each_random(a_row_of_copies_grows_by_it);
}
END_TEST

/* Five slots, eight messages a step: five messages every 40 ticks. */
START_TEST(a_step_need_not_fill_a_ring_a_whole_number_of_times)
{
    struct run run;
    struct period period;

    run_init(&run,
             lowered_drawn("0F0,0F1,0F2,0F3,0F4,0F5,0F6,0F7\n"
                           "1F0,1F1,1F2,1F3,1F4,1F5,1F6,1F7\n"),
             NULL, NULL, 40, 5);
    period = period_of(run.lowered, &run.cost, 5);
    ck_assert_int_eq(period.ticks, 64);
    ck_assert_int_eq(period.steps, 1);
    later_steps_end_a_period_later(&run);
    run_fini(&run);
}
END_TEST

/* ---- what one step shows ---- */

static bool
is_shown(const struct run *run)
{
    struct walker *walker =
        walker_new_step(run->lowered, &run->cost, WALK_UNBOUNDED);
    struct period period;
    bool shown;

    ck_assert(walker_step(walker, NULL, NULL));
    shown = period_shown(walker, &period);
    walker_free(walker);
    return shown;
}

static void
expect_shown(const struct run *run)
{
    if (run->lowered->mbs > 2 * run->lowered->ranks)
        ck_assert_msg(is_shown(run), "%s", run_text(run));
}

/* Else large plans are walked again and again. _i: a schedule. */
START_TEST(one_step_shows_the_period_of_a_schedule)
{
    each_schedule(plain_schedules[_i], expect_shown);
}
END_TEST

static int shown[2]; /* not, and shown */

static void
count_shown(const struct run *run)
{
    shown[is_shown(run)]++;
}

/* The tests above hold both ways to the same growth. */
START_TEST(one_step_shows_some_periods_of_random_plans_but_not_all)
{
    shown[0] = shown[1] = 0;
    each_random(count_shown);
    ck_assert_int_gt(shown[0], 10);
    ck_assert_int_gt(shown[1], 10);
}
END_TEST

/* ---- ranks that meet ---- */

static double
period_with(const struct run *run, bool barrier)
{
    struct cost cost = run->cost;

    cost.barrier = barrier;
    return period_ticks(
        period_of(run->lowered, &cost, run->forecast.capacity));
}

/* Number of plans that a barrier makes slower. */
static int slower;

static void
a_barrier_never_helps(const struct run *run)
{
    struct run met = *run;
    double with = period_with(run, true);
    double without = period_with(run, false);

    ck_assert_msg(with >= without, "%s: %g < %g", run_text(run), with,
                  without);
    slower += with > without;
    met.cost.barrier = true;
    later_steps_end_a_period_later(&met);
}

START_TEST(with_a_barrier_a_step_costs_one_period_and_no_less)
{
    slower = 0;
    each_random(a_barrier_never_helps);
    ck_assert_int_gt(slower, 10);
}
END_TEST

/* Each rank works for 9 ticks without a pause; rank 1 begins a tick later. */
START_TEST(a_barrier_adds_the_idle_time_between_steps)
{
    struct run run;

    run_init(&run,
             lowered_drawn("0F0,0F1,0F2,0I0,0W0,0I1,0W1,0I2,0W2\n"
                           "1F0,1I0,1F1,1I1,1F2,1I2,1W0,1W1,1W2\n"),
             NULL, NULL, 0, CAPACITY_AUTO);
    ck_assert_int_eq(run.forecast.metrics.makespan, 10);
    ck_assert_double_eq(period_with(&run, false), 9);
    ck_assert_double_eq(period_with(&run, true), 10);
    run_fini(&run);
}
END_TEST

TCase *
period_case(void)
{
    TCase *tcase = tcase_create("period");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, each_step_of_a_schedule_costs_one_period, 0, 3);
    tcase_add_test(tcase, each_step_of_random_plans_does_at_each_capacity);
    tcase_add_test(tcase, so_does_each_copy_of_a_random_plan);
    tcase_add_test(tcase, a_step_need_not_fill_a_ring_a_whole_number_of_times);
    tcase_add_loop_test(tcase, one_step_shows_the_period_of_a_schedule, 0, 3);
    tcase_add_test(tcase,
                   one_step_shows_some_periods_of_random_plans_but_not_all);
    tcase_add_test(tcase, a_barrier_adds_the_idle_time_between_steps);
    tcase_add_test(tcase, with_a_barrier_a_step_costs_one_period_and_no_less);
    return tcase;
}
