/* papers.c -- what the papers promise of their schedules, held exactly over a
 * sweep of shapes. */
#include "config.h"

#include "search/schedule.h"

#include "base/memory.h"
#include "cases.h"
#include "plan/lower.h"
#include "sim/runs.h"

#include <stdlib.h>
#include <string.h>

static struct run *
simulated(const char *schedule, int ranks, int chunks, int mbs,
          const char *costs, int64_t latency)
{
    struct run *run = memory_new(1, sizeof *run);
    struct cause cause;
    struct plan *plan =
        schedule_plan(schedule, ranks, chunks * ranks, mbs, &cause);

    ck_assert_msg(plan != NULL, "%s", cause.text);
    run_init(run, lower(plan), costs, NULL, latency, CAPACITY_AUTO);
    plan_free(plan);
    return run;
}

static void
done(struct run *run)
{
    run_fini(run);
    free(run);
}

static int
peak_of(const struct run *run)
{
    double peak = 0.0;

    for (int r = 0; r < run->lowered->ranks; r++)
        if (run->forecast.metrics.rank[r].peak_activations > peak)
            peak = run->forecast.metrics.rank[r].peak_activations;
    return (int)peak;
}

static int64_t
makespan_of(const char *schedule, int ranks, int chunks, int mbs,
            const char *costs, int64_t latency)
{
    struct run *run = simulated(schedule, ranks, chunks, mbs, costs, latency);
    int64_t makespan = run->forecast.metrics.makespan;

    done(run);
    return makespan;
}

/* What every rank idles, from the beginning to the makespan. */
static void
expect_idle(const struct run *run, int64_t idle)
{
    for (int r = 0; r < run->lowered->ranks; r++)
        ck_assert_msg(run->forecast.metrics.makespan -
                              run->forecast.metrics.rank[r].busy ==
                          idle,
                      "%s rank %d: idle %lld, not %lld", run_text(run), r,
                      (long long)(run->forecast.metrics.makespan -
                                  run->forecast.metrics.rank[r].busy),
                      (long long)idle);
}

static bool
suits(const char *schedule, int ranks, int chunks, int mbs)
{
    struct cause cause;

    return policy_suits(policy_find(schedule), ranks, chunks * ranks, mbs,
                        &cause);
}

/* Bubble (P-1)/(VM+P-1): of VM+P-1 times F and B a rank idles P-1. */
static void
expect_divided_bubble(const char *schedule, int ranks, int chunks, int mbs)
{
    static const struct {
        const char *costs;
        int work;
    } times[] = {{"F=1,B=2", 3}, {"F=3,B=2", 5}};

    if (!suits(schedule, ranks, chunks, mbs))
        return;
    for (size_t t = 0; t < sizeof times / sizeof *times; t++) {
        struct run *run =
            simulated(schedule, ranks, chunks, mbs, times[t].costs, 0);
        double bubble =
            (double)(ranks - 1) / (double)(chunks * mbs + ranks - 1);

        expect_idle(run, times[t].work * (ranks - 1));
        ck_assert_double_eq_tol(run->forecast.metrics.bubble_fraction, bubble,
                                1e-12);
        done(run);
    }
}

START_TEST(interleaving_divides_the_bubble_by_the_stages_of_a_rank)
{
    for (int ranks = 1; ranks <= 6; ranks++)
        for (int chunks = 1; chunks <= 4; chunks++)
            for (int mbs = ranks; mbs <= 3 * ranks; mbs++) {
                expect_divided_bubble("interleaved-1f1b", ranks, chunks, mbs);
                expect_divided_bubble("looped-bfs", ranks, chunks, mbs);
            }
}
END_TEST

/* A round of fewer microbatches than ranks does not fill the pipe. */
START_TEST(interleaving_needs_a_microbatch_a_rank)
{
    for (int ranks = 2; ranks <= 6; ranks++)
        for (int chunks = 1; chunks <= 4; chunks++)
            for (int mbs = 1; mbs < ranks; mbs++) {
                int64_t least = 3 * (chunks * mbs + ranks - 1);
                int64_t makespan = makespan_of("interleaved-1f1b", ranks,
                                               chunks, mbs, NULL, 0);

                if (chunks == 1)
                    ck_assert_int_eq(makespan, least);
                else
                    ck_assert_int_gt(makespan, least);
            }
}
END_TEST

/* Idle (P-1)(2 F&B - F - B) on rank 0, F&B the block, from M = 2P on. */
START_TEST(combined_1f1b_is_idle_as_long_as_its_blocks_say)
{
    static const struct {
        const char *costs;
        int work;
        int overlap;
    } times[] = {{"F=1,B=2", 3, 3},
                 {"F=1,B=2,OVERLAP=2", 3, 2},
                 {"F=3,B=5,OVERLAP=6", 8, 6}};

    for (size_t t = 0; t < sizeof times / sizeof *times; t++)
        for (int ranks = 1; ranks <= 6; ranks++)
            for (int chunks = 1; chunks <= 4; chunks++)
                for (int n = 2; n <= 4; n++) {
                    struct run *run = simulated("combined-1f1b", ranks, chunks,
                                                n * ranks, times[t].costs, 0);
                    const struct metrics *metrics = &run->forecast.metrics;

                    ck_assert_int_eq(
                        metrics->makespan - metrics->rank[0].busy,
                        (ranks - 1) * (2 * times[t].overlap - times[t].work));
                    done(run);
                }
}
END_TEST

/* At M = P, with one wave and with two; messages between ranks. */
START_TEST(hanayo_fills_and_drains_a_wave_once)
{
    for (int ranks = 1; ranks <= 8; ranks++)
        for (int waves = 1; waves <= 2; waves++) {
            struct run *run =
                simulated("hanayo", ranks, 2 * waves, ranks, NULL, 0);
            int64_t idle = run->forecast.metrics.makespan - 6 * waves * ranks;

            ck_assert_int_ge(idle, 4 * (ranks - 1));
            ck_assert_int_le(idle, 4 * (ranks - 1) + (waves == 2 ? 2 : 0));
            ck_assert_int_eq(run->forecast.metrics.messages,
                             2 * ranks * 2 * waves * (ranks - 1));
            done(run);
        }
}
END_TEST

/* Eager 1F1B runs further ahead, not faster... */
START_TEST(eager_1f1b_holds_twice_the_activations)
{
    for (int ranks = 1; ranks <= 6; ranks++)
        for (int mbs = 1; mbs <= 12; mbs++) {
            struct run *run = simulated("eager-1f1b", ranks, 1, mbs, NULL, 0);

            for (int r = 0; r < ranks; r++) {
                int ahead = 2 * (ranks - r) - 1;

                ck_assert_double_eq(
                    run->forecast.metrics.rank[r].peak_activations,
                    ahead < mbs ? ahead : mbs);
            }
            expect_idle(run, 3 * (ranks - 1));
            done(run);
        }
}
END_TEST

/* ...unless messages take time. */
START_TEST(eager_1f1b_hides_latency)
{
    for (int ranks = 2; ranks <= 6; ranks++)
        for (int mbs = ranks + 1; mbs <= 12; mbs++)
            for (int latency = 1; latency <= 5; latency++)
                ck_assert_int_lt(
                    makespan_of("eager-1f1b", ranks, 1, mbs, NULL, latency),
                    makespan_of("1f1b", ranks, 1, mbs, NULL, latency));
}
END_TEST

/* Idle (P-1)(F+I-W) a rank while W <= min(F, I), and so it is with several
 * stages a rank. */
START_TEST(zb_h1_is_idle_for_the_forward_and_input_gradient_less_the_weight)
{
    static const struct {
        const char *costs;
        int f;
        int i;
        int w;
    } times[] = {{"F=1,I=1,W=1", 1, 1, 1}, {"F=3,I=4,W=2", 3, 4, 2},
                 {"F=5,I=5,W=0", 5, 5, 0}, {"F=2,I=5,W=2", 2, 5, 2},
                 {"F=4,I=3,W=3", 4, 3, 3}, {"F=7,I=2,W=1", 7, 2, 1}};

    for (size_t t = 0; t < sizeof times / sizeof *times; t++)
        for (int ranks = 1; ranks <= 6; ranks++)
            for (int chunks = 1; chunks <= 3; chunks++)
                for (int mbs = ranks; mbs <= 3 * ranks; mbs++) {
                    struct run *run;

                    if (!suits("zb1p", ranks, chunks, mbs))
                        continue;
                    run = simulated("zb1p", ranks, chunks, mbs, times[t].costs,
                                    0);
                    expect_idle(run,
                                (int64_t)(ranks - 1) *
                                    (times[t].f + times[t].i - times[t].w));
                    done(run);
                }
}
END_TEST

/* Every rank holds what 1F1B holds on its first. */
START_TEST(zb_h1_holds_no_more_than_1f1b)
{
    for (int ranks = 1; ranks <= 6; ranks++)
        for (int mbs = 1; mbs <= 12; mbs++) {
            struct run *run;

            if (!suits("zb1p", ranks, 1, mbs))
                continue;
            run = simulated("zb1p", ranks, 1, mbs, NULL, 0);
            ck_assert_int_eq(peak_of(run), mbs < ranks ? mbs : ranks);
            done(run);
        }
}
END_TEST

START_TEST(zb_h2_is_never_idle_within_a_rank)
{
    for (int ranks = 1; ranks <= 7; ranks++)
        for (int mbs = 2 * ranks - 1; mbs <= 20; mbs++) {
            struct run *run = simulated("zb-h2", ranks, 1, mbs, NULL, 0);

            ck_assert_int_eq(run->forecast.metrics.makespan,
                             3 * mbs + ranks - 1);
            ck_assert(run->forecast.metrics.span_bubble == 0.0);
            ck_assert_int_eq(peak_of(run), 2 * ranks - 1);
            done(run);
        }
}
END_TEST

START_TEST(zbv_is_never_idle_within_a_rank_for_2p_chunks)
{
    for (int ranks = 1; ranks <= 7; ranks++)
        for (int mbs = 2 * ranks - 1; mbs <= 20; mbs++) {
            struct run *run = simulated("zbv", ranks, 2, mbs, NULL, 0);

            ck_assert_msg(run->forecast.metrics.makespan ==
                              6 * mbs + ranks - 1,
                          "%s: %lld", run_text(run),
                          (long long)run->forecast.metrics.makespan);
            ck_assert(run->forecast.metrics.span_bubble == 0.0);
            ck_assert_int_eq(peak_of(run), 2 * ranks);
            done(run);
        }
}
END_TEST

/* In microbatches, of two chunks each: (P+2)/2 and (P+4)/3. */
START_TEST(v_half_and_v_min_hold_a_half_and_a_third)
{
    for (int ranks = 1; ranks <= 16; ranks++)
        for (int mbs = 1; mbs <= 4 * ranks; mbs += 3) {
            struct run *half = simulated("v-half", ranks, 2, mbs, NULL, 0);
            struct run *min = simulated("v-min", ranks, 2, mbs, NULL, 0);

            ck_assert_msg(peak_of(half) <= ranks + 2, "%s: %d", run_text(half),
                          peak_of(half));
            ck_assert_msg(3 * peak_of(min) <= 2 * (ranks + 4), "%s: %d",
                          run_text(min), peak_of(min));
            done(half);
            done(min);
        }
}
END_TEST

/* At most a half and two thirds of 1F1B's 6(P-1) in chunks, from the first
 * start to the last end; v-half from M = P on. */
START_TEST(v_half_and_v_min_idle_a_half_and_two_thirds_of_1f1b)
{
    for (int ranks = 1; ranks <= 16; ranks++)
        for (int mbs = 1; mbs <= 3 * ranks; mbs += 1 + mbs / 5) {
            int64_t half = makespan_of("v-half", ranks, 2, mbs, NULL, 0);
            int64_t min = makespan_of("v-min", ranks, 2, mbs, NULL, 0);

            ck_assert_msg(mbs < ranks || half - 6 * mbs <= 3 * (ranks - 1),
                          "v-half P=%d M=%d: %lld", ranks, mbs,
                          (long long)half);
            ck_assert_msg(min - 6 * mbs <= 4 * (ranks - 1),
                          "v-min P=%d M=%d: %lld", ranks, mbs, (long long)min);
        }
    ck_assert_int_eq(makespan_of("v-half", 5, 2, 2, NULL, 0), 6 * 2 + 13);
}
END_TEST

/* Idle (P/2-1)(F&B + B - 3W) on the ranks in the middle, F = I >= W; P+1
 * activations at the most. */
START_TEST(dualpipe_is_idle_as_its_authors_say)
{
    static const struct {
        const char *costs;
        int b;
        int w;
        int overlap;
    } times[] = {{"F=1,B=2,I=1,W=1", 2, 1, 3},
                 {"F=2,B=4,I=2,W=2,OVERLAP=5", 4, 2, 5},
                 {"F=4,B=7,I=4,W=3,OVERLAP=7", 7, 3, 7}};

    for (size_t t = 0; t < sizeof times / sizeof *times; t++)
        for (int ranks = 2; ranks <= 8; ranks += 2)
            for (int mbs = 2 * ranks; mbs <= 4 * ranks; mbs += 2) {
                struct run *run =
                    simulated("dualpipe", ranks, 1, mbs, times[t].costs, 0);
                const struct metrics *metrics = &run->forecast.metrics;

                ck_assert_int_eq(
                    metrics->makespan - metrics->rank[ranks / 2].busy,
                    (ranks / 2 - 1) *
                        (times[t].overlap + times[t].b - 3 * times[t].w));
                ck_assert_int_eq(peak_of(run), ranks + 1);
                done(run);
            }
}
END_TEST

/* P-2 slots with F and B a slot each; at most P activations, P/2 + 1 at least.
 */
START_TEST(chimera_idles_two_slots_less_than_ranks)
{
    for (int ranks = 2; ranks <= 8; ranks += 2)
        for (int mbs = ranks; mbs <= 4 * ranks; mbs += ranks) {
            struct run *run =
                simulated("chimera", ranks, 1, mbs, "F=1,B=1", 0);

            ck_assert_int_eq(run->forecast.metrics.makespan,
                             2 * mbs + ranks - 2);
            for (int r = 0; r < ranks; r++) {
                double peak = run->forecast.metrics.rank[r].peak_activations;

                ck_assert_double_le(peak, ranks);
                ck_assert_double_ge(peak, ranks / 2 + 1);
            }
            done(run);
        }
}
END_TEST

/* Idle (P-1)(F&B + B - 3W) on the last rank, with F&B the overlapped block and
 * F = I >= W; 2P+1 activations at the most. */
START_TEST(dualpipev_is_idle_as_its_authors_say)
{
    static const struct {
        const char *costs;
        int b;
        int w;
        int overlap;
    } times[] = {{"F=1,B=2,I=1,W=1", 2, 1, 3},
                 {"F=2,B=4,I=2,W=2,OVERLAP=5", 4, 2, 5},
                 {"F=3,B=5,I=3,W=2", 5, 2, 8},
                 {"F=4,B=5,I=4,W=1,OVERLAP=5", 5, 1, 5},
                 {"F=4,B=7,I=4,W=3,OVERLAP=7", 7, 3, 7}};

    for (size_t t = 0; t < sizeof times / sizeof *times; t++)
        for (int ranks = 1; ranks <= 6; ranks++)
            for (int mbs = 2 * ranks; mbs <= 4 * ranks; mbs++) {
                struct run *run =
                    simulated("dualpipev", ranks, 2, mbs, times[t].costs, 0);
                const struct rank_metrics *last =
                    &run->forecast.metrics.rank[ranks - 1];
                int64_t idle =
                    (int64_t)(ranks - 1) *
                    (times[t].overlap + times[t].b - 3 * times[t].w);

                ck_assert_msg(
                    run->forecast.metrics.makespan - last->busy == idle,
                    "%s %s: idle %lld, not %lld", run_text(run),
                    times[t].costs,
                    (long long)(run->forecast.metrics.makespan - last->busy),
                    (long long)idle);
                ck_assert_int_eq(peak_of(run), 2 * ranks + 1);
                done(run);
            }
}
END_TEST

START_TEST(shapes_that_do_not_fit_are_refused_with_the_reason)
{
    static const struct {
        const char *schedule;
        int ranks;
        int stages;
        int mbs;
        const char *says;
    } shapes[] = {
        {"zb-h2", 2, 4, 4, "one stage on each rank"},
        {"interleaved-1f1b", 2, 5, 4, "5 stages do not divide"},
        {"interleaved-1f1b", 2, 4, 5, "use a multiple of 2"},
        {"zb1p", 3, 6, 7, "use a multiple of 3"},
        {"eager-1f1b", 2, 4, 4, "use 4 ranks"},
        {"looped-bfs", 2, 5, 4, "use a multiple of 2 stages"},
        {"greedy", 3, 7, 4, "use a multiple of 3 stages"},
        {"zbv", 3, 3, 4, "use 6 stages"},
        {"zbv", 8, 8, 4, "use 4 ranks or 16 stages"},
        {"v-half", 2, 8, 4, "use 4 ranks or 4 stages"},
        {"v-min", 3, 9, 4, "use 6 stages"},
        {"dualpipev", 3, 6, 5, "6 microbatches"},
    };

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct cause cause;

        ck_assert(!schedule_plan(shapes[i].schedule, shapes[i].ranks,
                                 shapes[i].stages, shapes[i].mbs, &cause));
        ck_assert_msg(strstr(cause.text, shapes[i].says) != NULL, "%s",
                      cause.text);
    }
}
END_TEST

TCase *
papers_case(void)
{
    TCase *tcase = tcase_create("papers");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase,
                   interleaving_divides_the_bubble_by_the_stages_of_a_rank);
    tcase_add_test(tcase, interleaving_needs_a_microbatch_a_rank);
    tcase_add_test(tcase, combined_1f1b_is_idle_as_long_as_its_blocks_say);
    tcase_add_test(tcase, hanayo_fills_and_drains_a_wave_once);
    tcase_add_test(tcase, eager_1f1b_holds_twice_the_activations);
    tcase_add_test(tcase, eager_1f1b_hides_latency);
    tcase_add_test(
        tcase,
        zb_h1_is_idle_for_the_forward_and_input_gradient_less_the_weight);
    tcase_add_test(tcase, zb_h1_holds_no_more_than_1f1b);
    tcase_add_test(tcase, zb_h2_is_never_idle_within_a_rank);
    tcase_add_test(tcase, zbv_is_never_idle_within_a_rank_for_2p_chunks);
    tcase_add_test(tcase, v_half_and_v_min_hold_a_half_and_a_third);
    tcase_add_test(tcase, v_half_and_v_min_idle_a_half_and_two_thirds_of_1f1b);
    tcase_add_test(tcase, shapes_that_do_not_fit_are_refused_with_the_reason);
    tcase_add_test(tcase, dualpipev_is_idle_as_its_authors_say);
    tcase_add_test(tcase, dualpipe_is_idle_as_its_authors_say);
    tcase_add_test(tcase, chimera_idles_two_slots_less_than_ranks);
    return tcase;
}
