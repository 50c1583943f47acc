/* virtual.c -- what a run on threads leaves in virtual time is what sim says,
 * whatever the system does; and every float arrives where it should. */
#include "config.h"

#include "plans.h"
#include "plan/lower.h"
#include "policy/policy.h"
#include "suite.h"
#include "toy.h"
#include "plan/place.h"

#include <stdlib.h>

static const struct {
    const char *costs;
    const char *factors;
} costs[] = {
    {NULL, NULL},
    {"F=3,B=5,STEP=2", "1213"},
    {"F=2,B=3,I=2,W=1,STEP=1,OVERLAP=4", "21"},
};

static const int latencies[] = {0, 1, 5};

static const int capacities[] = {0, 1, 2, 3, CAPACITY_AUTO};

enum {
    COSTS = sizeof costs / sizeof *costs,
    SETTINGS = COSTS * (sizeof latencies / sizeof *latencies),
    CAPACITIES = sizeof capacities / sizeof *capacities,
    STEPS = 3
};

/* A setting is a pair of costs and a latency. */
static void
expect_equal(struct plan *lowered, int setting, int capacity, bool bind)
{
    struct fixture_options options = {
        .costs = costs[setting % COSTS].costs,
        .factors = costs[setting % COSTS].factors,
        .latency = latencies[setting / COSTS % 3],
        .capacity = capacity,
        .steps = STEPS,
        .recompute = setting % 2,
        .barrier = setting / 2 % 2,
        .bind = bind,
    };
    struct fixture f;

    fixture_init(&f, lowered, &options);
    if (f.forecast.complete)
        fixture_expect_run(&f, STEPS);
    else
        fixture_expect_deadlock(&f, STEPS);
    fixture_fini(&f);
}

/* _i: a schedule. Every shape meets every capacity, bound and not; the
 * settings take turns. */
START_TEST(runs_of_every_schedule_leave_the_trace_that_sim_predicts)
{
    int setting = 0;

    for (int ranks = 1; ranks <= 6; ranks++)
        for (int mbs = 1; mbs <= 9; mbs += stride())
            for (int k = 0; k < CAPACITIES; k++) {
                expect_equal(lowered_of(plain_schedules[_i], ranks, mbs),
                             setting++ % SETTINGS, capacities[k], true);
                expect_equal(lowered_of(plain_schedules[_i], ranks, mbs),
                             setting++ % SETTINGS, capacities[k], false);
            }
}
END_TEST

/* Three costs, three latencies, five capacities, twice, on one shape. */
START_TEST(so_do_runs_under_all_settings)
{
    for (int s = 0; s < SETTINGS; s++)
        for (int k = s % stride(); k < CAPACITIES; k += stride()) {
            expect_equal(lowered_of(plain_schedules[_i], 3, 5), s,
                         capacities[k], true);
            expect_equal(lowered_of(plain_schedules[_i], 3, 5), s,
                         capacities[k], false);
        }
}
END_TEST

START_TEST(so_do_runs_of_schedules_with_several_stages_a_rank)
{
    for (int i = 0; policy_at(i); i++)
        for (int ranks = 1; ranks <= 4; ranks++)
            for (int chunks = 1; chunks <= 3; chunks++)
                for (int mbs = ranks; mbs <= 8; mbs += ranks) {
                    struct cause cause;
                    struct plan *plan;

                    if (!policy_suits(policy_at(i), ranks, chunks * ranks, mbs,
                                      &cause))
                        continue;
                    plan =
                        policy_plan(policy_at(i), ranks, chunks * ranks, mbs);
                    for (int k = mbs % stride(); k < CAPACITIES; k += stride())
                        expect_equal(lower(plan), mbs % SETTINGS,
                                     capacities[k], k % 2 == 0);
                    plan_free(plan);
                }
}
END_TEST

START_TEST(so_do_runs_of_plans_from_files)
{
    for (int i = 0; drawn_plans[i]; i++)
        for (int s = 0; s < SETTINGS; s++)
            for (int k = s % stride(); k < CAPACITIES; k += stride())
                expect_equal(lowered_drawn(drawn_plans[i]), s, capacities[k],
                             (s + k) % 2);
}
END_TEST

/* What shards parameters is no work on threads. */
START_TEST(so_do_runs_of_sharded_plans)
{
    static const char sharded[] =
        "0UNSHARD,0F0,0F1,0RESHARD,0UNSHARD,0B0,0B1,0REDUCE_GRAD\n"
        "1F0,1B0,1F1,1B1,1REDUCE_GRAD,1RESHARD\n";

    for (int k = 0; k < CAPACITIES; k++)
        expect_equal(lowered_drawn(sharded), k % SETTINGS, capacities[k],
                     k % 2);
}
END_TEST

START_TEST(so_do_runs_of_random_plans)
{
    for (unsigned seed = 0; seed < 80; seed += (unsigned)stride())
        for (int k = 0; k < CAPACITIES; k++) {
            struct plan *plan = plan_random(seed);
            char *text = csv_text(plan);

            expect_equal(lowered_drawn(text), (int)seed % SETTINGS,
                         capacities[k], seed % 2);
            free(text);
            plan_free(plan);
        }
}
END_TEST

START_TEST(many_more_ranks_than_cores_run)
{
    struct fixture_options options = {
        .capacity = CAPACITY_AUTO, .steps = 2, .bind = true};
    struct fixture f;

    fixture_init(&f, lowered_of("1f1b", 32, 256), &options);
    fixture_expect_run(&f, 2);
    fixture_fini(&f);
    options.capacity = 1;
    fixture_init(&f, lowered_of("1f1b", 32, 64), &options);
    fixture_expect_run(&f, 2);
    fixture_fini(&f);
}
END_TEST

START_TEST(links_hold_no_more_messages_than_a_step_has)
{
    struct fixture_options options = {
        .capacity = 1 << 20, .steps = STEPS, .bind = true};
    struct fixture f;

    fixture_init(&f, lowered_of(plain_schedules[_i], 3, 5), &options);
    fixture_expect_run(&f, STEPS);
    for (int i = 0; i < plan_links(f.run->options.plan); i++)
        ck_assert_int_eq(f.run->channels[i].held, 5);
    fixture_fini(&f);
}
END_TEST

TCase *
virtual_case(void)
{
    TCase *tcase = tcase_create("virtual time");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(
        tcase, runs_of_every_schedule_leave_the_trace_that_sim_predicts, 0, 3);
    tcase_add_loop_test(tcase, so_do_runs_under_all_settings, 0, 3);
    tcase_add_test(tcase, so_do_runs_of_schedules_with_several_stages_a_rank);
    tcase_add_test(tcase, so_do_runs_of_plans_from_files);
    tcase_add_test(tcase, so_do_runs_of_sharded_plans);
    tcase_add_test(tcase, so_do_runs_of_random_plans);
    tcase_add_test(tcase, many_more_ranks_than_cores_run);
    tcase_add_loop_test(tcase, links_hold_no_more_messages_than_a_step_has, 0,
                        3);
    return tcase;
}
