/* closed.c -- the closed forms of makespan, bubbles and peaks, in integers
 * where they can be. */
#include "config.h"

#include "runs.h"
#include "plan/plans.h"

#include <stdio.h>
#include <string.h>

static const double CLOSE = 1e-12;

/* Of one forward and one backward, equal on all stages. */
static const struct {
    int forward;
    int backward;
} costs[] = {{1, 1}, {1, 2}, {3, 5}, {2, 1}, {7, 3}};

enum { COSTS = sizeof costs / sizeof *costs };

/* Runs a schedule under costs number c with unbounded links. */
static void
run_schedule(struct run *run, const char *schedule, int ranks, int mbs, int c,
             int64_t latency)
{
    char text[48];

    snprintf(text, sizeof text, "F=%d,B=%d", costs[c].forward,
             costs[c].backward);
    run_init(run, lowered_of(schedule, ranks, mbs), text, NULL, latency,
             CAPACITY_AUTO);
    ck_assert_msg(run->forecast.complete, "%s", run_text(run));
}

/* A law for one run of P ranks and M microbatches that each cost `work`. */
typedef void
law(const struct run *run, int64_t ranks, int64_t mbs, int64_t work);

static void
each_run(const char *schedule, law *holds)
{
    for (int c = 0; c < COSTS; c++)
        for (int ranks = 1; ranks <= MOST_RANKS; ranks++)
            for (int mbs = 1; mbs <= MOST_MBS; mbs++) {
                struct run run;

                run_schedule(&run, schedule, ranks, mbs, c, 0);
                holds(&run, ranks, mbs, costs[c].forward + costs[c].backward);
                run_fini(&run);
            }
}

/* The idle share of all ranks' time is exactly part / whole. */
static void
expect_bubble(const struct run *run, int64_t part, int64_t whole)
{
    const struct metrics *metrics = &run->forecast.metrics;
    int64_t area = metrics->ranks * metrics->makespan;
    int64_t busy = 0;
    double bubble = (double)part / (double)whole;

    for (int r = 0; r < metrics->ranks; r++)
        busy += metrics->rank[r].busy;
    ck_assert_msg((area - busy) * whole == area * part,
                  "%s: %lld of %lld idle", run_text(run),
                  (long long)(area - busy), (long long)area);
    ck_assert_double_eq_tol(metrics->bubble_fraction, bubble, CLOSE);
    /* Rank 0 starts first and ends last: its own idle share is no less. */
    ck_assert_double_eq_tol(metrics->span_bubble, bubble, CLOSE);
    ck_assert_double_eq_tol(metrics->bubble_ratio,
                            (double)part / (double)(whole - part), CLOSE);
}

static void
expect_makespan(const struct run *run, int64_t makespan)
{
    ck_assert_msg(run->forecast.metrics.makespan == makespan,
                  "%s: makespan %lld, not %lld", run_text(run),
                  (long long)run->forecast.metrics.makespan,
                  (long long)makespan);
}

static void
naive_law(const struct run *run, int64_t ranks, int64_t mbs, int64_t work)
{
    expect_makespan(run, mbs * ranks * work);
    expect_bubble(run, ranks - 1, ranks);
}

START_TEST(naive_idles_all_but_one_rank)
{
    each_run("naive", naive_law);
}
END_TEST

static void
fill_and_drain_law(const struct run *run, int64_t ranks, int64_t mbs,
                   int64_t work)
{
    expect_makespan(run, (mbs + ranks - 1) * work);
    expect_bubble(run, ranks - 1, mbs + ranks - 1);
}

START_TEST(gpipe_idles_while_it_fills_and_drains)
{
    each_run("gpipe", fill_and_drain_law);
}
END_TEST

START_TEST(one_f_one_b_idles_as_long_as_gpipe)
{
    each_run("1f1b", fill_and_drain_law);
}
END_TEST

static int
expected_peak(const struct plan *plan, int rank)
{
    int left = plan->ranks - rank;

    if (strcmp(plan->name, "naive") == 0)
        return 1;
    if (strcmp(plan->name, "gpipe") == 0)
        return plan->mbs;
    return left < plan->mbs ? left : plan->mbs;
}

static void
count_law(const struct run *run, int64_t ranks, int64_t mbs, int64_t work)
{
    const struct metrics *metrics = &run->forecast.metrics;

    ck_assert_msg(metrics->messages == 2 * (ranks - 1) * mbs, "%s",
                  run_text(run));
    for (int r = 0; r < ranks; r++) {
        ck_assert_msg(metrics->rank[r].busy == mbs * work, "%s rank %d",
                      run_text(run), r);
        ck_assert_msg(metrics->rank[r].peak_activations ==
                          expected_peak(run->lowered, r),
                      "%s rank %d: peak %g", run_text(run), r,
                      metrics->rank[r].peak_activations);
    }
}

START_TEST(peaks_messages_and_work_do_not_depend_on_costs)
{
    each_run(plain_schedules[_i], count_law);
}
END_TEST

START_TEST(one_rank_has_no_bubble)
{
    struct run run;

    run_schedule(&run, plain_schedules[_i], 1, 5, 1, 100);
    expect_makespan(&run, 15);
    expect_bubble(&run, 0, 1);
    run_fini(&run);
}
END_TEST

START_TEST(naive_pays_every_latency)
{
    for (int ranks = 1; ranks <= MOST_RANKS; ranks++)
        for (int mbs = 1; mbs <= MOST_MBS; mbs++) {
            struct run run;

            run_schedule(&run, "naive", ranks, mbs, 1, 7);
            expect_makespan(&run, mbs * (ranks * 3 + 2 * (ranks - 1) * 7));
            run_fini(&run);
        }
}
END_TEST

START_TEST(gpipe_pays_latency_once_a_link)
{
    for (int ranks = 1; ranks <= MOST_RANKS; ranks++)
        for (int mbs = 1; mbs <= MOST_MBS; mbs++) {
            struct run run;

            run_schedule(&run, "gpipe", ranks, mbs, 1, 7);
            expect_makespan(&run, (mbs + ranks - 1) * 3 + 2 * (ranks - 1) * 7);
            run_fini(&run);
        }
}
END_TEST

/* Once through all stages, then at the pace of the slowest. */
START_TEST(slowest_stage_sets_the_pace_of_gpipe)
{
    for (int mbs = 1; mbs <= MOST_MBS; mbs++) {
        struct run run;

        run_init(&run, lowered_of("gpipe", 4, mbs), NULL, "1,3,2,1", 0,
                 CAPACITY_AUTO);
        expect_makespan(&run, (7 + (mbs - 1) * 3) * (1 + 2));
        run_fini(&run);
    }
}
END_TEST

START_TEST(step_that_takes_time_comes_on_top)
{
    struct run run;

    run_init(&run, lowered_of("gpipe", 3, 4), "STEP=5", NULL, 0,
             CAPACITY_AUTO);
    expect_makespan(&run, (4 + 3 - 1) * 3 + 5);
    ck_assert_int_eq(run.forecast.metrics.rank[2].busy, 4 * 3 + 5);
    run_fini(&run);
}
END_TEST

TCase *
closed_case(void)
{
    TCase *tcase = tcase_create("closed forms");

    tcase_set_timeout(tcase, 60); /* sweeps, also under valgrind */
    tcase_add_test(tcase, naive_idles_all_but_one_rank);
    tcase_add_test(tcase, gpipe_idles_while_it_fills_and_drains);
    tcase_add_test(tcase, one_f_one_b_idles_as_long_as_gpipe);
    tcase_add_loop_test(tcase, peaks_messages_and_work_do_not_depend_on_costs,
                        0, 3);
    tcase_add_loop_test(tcase, one_rank_has_no_bubble, 0, 3);
    tcase_add_test(tcase, naive_pays_every_latency);
    tcase_add_test(tcase, gpipe_pays_latency_once_a_link);
    tcase_add_test(tcase, slowest_stage_sets_the_pace_of_gpipe);
    tcase_add_test(tcase, step_that_takes_time_comes_on_top);
    return tcase;
}
