/* virtual.c -- what a run on threads leaves in virtual time is what sim says,
 * whatever the system does; and every float arrives where it should. */
#include "config.h"

#include "plans.h"
#include "schedule/lower.h"
#include "schedule/policy.h"
#include "toy.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *costs;
    const char *factors;
    int64_t latency;
} settings[] = {
    {NULL, NULL, 0},
    {"F=3,B=5,STEP=2", "1213", 1},
    {"F=2,B=3,I=2,W=1,STEP=1,OVERLAP=4", "21", 5},
};

enum { SETTINGS = sizeof settings / sizeof *settings, STEPS = 3 };

static const int capacities[] = {0, 1, 2, 3, CAPACITY_AUTO};

enum { CAPACITIES = sizeof capacities / sizeof *capacities };

static void
expect_equal(struct plan *lowered, int setting, int capacity)
{
    struct fixture_options options = {
        .costs = settings[setting].costs,
        .factors = settings[setting].factors,
        .latency = settings[setting].latency,
        .capacity = capacity,
        .steps = STEPS,
        .bind = capacity % 2 == 0,
    };
    struct fixture f;

    fixture_init(&f, lowered, &options);
    if (f.sim.complete)
        fixture_expect_run(&f, STEPS);
    else
        fixture_expect_deadlock(&f, STEPS);
    fixture_fini(&f);
}

/* _i: a schedule. */
START_TEST(runs_of_every_schedule_leave_the_trace_that_sim_predicts)
{
    static const int mbs[] = {1, 2, 3, 5, 8};

    for (int ranks = 1; ranks <= 5; ranks++)
        for (int m = 0; m < 5; m++)
            for (int s = 0; s < SETTINGS; s++)
                for (int k = 0; k < CAPACITIES; k++)
                    expect_equal(
                        lowered_of(plain_schedules[_i], ranks, mbs[m]), s,
                        capacities[k]);
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

                    if (!policy_suits(policy_at(i), ranks, chunks * ranks,
                                      mbs, &cause))
                        continue;
                    plan = policy_plan(policy_at(i)->name, ranks,
                                       chunks * ranks, mbs, &cause);
                    for (int k = 0; k < CAPACITIES; k++)
                        expect_equal(lower(plan), mbs % SETTINGS,
                                     capacities[k]);
                    plan_free(plan);
                }
}
END_TEST

static const char *const files[] = {
    /* split backward, W late */
    "0F0,0F1,0I0,0I1,0W0,0W1\n1F0,1I0,1F1,1I1,1W0,1W1\n",
    /* looped */
    "0F0,0F1,2F0,2F1,2B0,2B1,0B0,0B1\n1F0,1F1,3F0,3F1,3B0,3B1,1B0,1B1\n",
    /* V-shaped */
    "0F0,0F1,3F0,3B0,3F1,3B1,0B0,0B1\n1F0,2F0,1F1,2F1,2B0,1B0,2B1,1B1\n",
    /* overlapped */
    "0F0,0F1,(0F2;0B0)OVERLAP_F_B,0B1,0B2\n1F0,1B0,1F1,1B1,1F2,1B2\n",
    /* backwards in descending order */
    "0F0,0F1,0B1,0B0\n1F0,1F1,1B1,1B0\n",
    /* forward only */
    "0F0,0F1,0F2\n1F0,1F1,1F2\n2F0,2F1,2F2\n",
    /* one rank owns all */
    "0F0,1F0,2F0,2B0,1B0,0B0\n",
};

START_TEST(so_do_runs_of_plans_from_files)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        for (int s = 0; s < SETTINGS; s++)
            for (int k = 0; k < CAPACITIES; k++)
                expect_equal(lowered_drawn(files[i]), s, capacities[k]);
}
END_TEST

START_TEST(so_do_runs_of_random_plans)
{
    for (unsigned seed = 0; seed < 80; seed++)
        for (int k = 0; k < CAPACITIES; k++) {
            struct plan *plan = plan_random(seed);
            char *text = csv_text(plan);

            expect_equal(lowered_drawn(text), (int)seed % SETTINGS,
                         capacities[k]);
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

START_TEST(wall_spans_follow_each_other_and_their_parts_fit)
{
    struct fixture_options options = {
        .capacity = CAPACITY_AUTO, .steps = 2, .bind = true};
    struct fixture f;

    fixture_init(&f, lowered_of("1f1b", 4, 8), &options);
    fixture_expect_run(&f, 2);
    for (int r = 0; r < 4; r++) {
        const struct lane *lane = &f.run->wall.lanes[r];
        int64_t last = 0;

        ck_assert_uint_eq(lane->count, f.lowered->lists[r].count);
        for (size_t i = 0; i < lane->count; i++) {
            const struct span *span = &lane->spans[i];
            int64_t sum = 0;

            for (int p = 0; p < SPAN_PARTS; p++) {
                ck_assert(span->parts[p] >= 0);
                sum += span->parts[p];
            }
            ck_assert(span->start >= last && span->end >= span->start);
            ck_assert(sum <= span->end - span->start);
            last = span->end;
        }
    }
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
    tcase_add_test(tcase,
                   so_do_runs_of_schedules_with_several_stages_a_rank);
    tcase_add_test(tcase, so_do_runs_of_plans_from_files);
    tcase_add_test(tcase, so_do_runs_of_random_plans);
    tcase_add_test(tcase, many_more_ranks_than_cores_run);
    tcase_add_test(tcase, wall_spans_follow_each_other_and_their_parts_fit);
    return tcase;
}
