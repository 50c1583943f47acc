/* check_trace.c -- the figures of traces that are made by hand. */
#include "config.h"

#include "trace/metrics.h"
#include "trace/trace.h"

#include "suite.h"

static const double CLOSE = 1e-12;

/* A span of one part, which fills it. */
struct drawn {
    int rank;
    const char *cell;
    int64_t start;
    int64_t end;
    enum span_part part;
};

static struct span
span_of(const struct drawn *drawn)
{
    struct span span = {.start = drawn->start, .end = drawn->end};

    ck_assert_msg(action_parse(drawn->cell, &span.action), "%s", drawn->cell);
    span.parts[drawn->part] = drawn->end - drawn->start;
    return span;
}

static struct metrics
metrics_drawn(int ranks, const struct drawn spans[], size_t count)
{
    struct metrics metrics;

    metrics_init(&metrics, ranks, (struct footprint_rule){.trains = true});
    for (size_t i = 0; i < count; i++) {
        struct span span = span_of(&spans[i]);

        metrics_add(&metrics, spans[i].rank, &span);
    }
    metrics_finish(&metrics);
    return metrics;
}

#define METRICS(ranks, spans)                                                 \
    metrics_drawn(ranks, spans, sizeof(spans) / sizeof *(spans))

/* Two ranks, two microbatches, F=1, B=2, rank 1's backward split:
 *
 *           0    1    2    3    4    5    6    7    8    9
 *   rank 0 | F0 | F1 |    wait      |   B0    |   B1    |
 *   rank 1 |wait| F0 | I0 | F1 | I1 | W0 | W1 |            */
static const struct drawn pipeline[] = {
    {0, "0F0", 0, 1, SPAN_COMPUTE},
    {0, "0SEND_F0", 1, 1, SPAN_WAIT_ROOM},
    {0, "0F1", 1, 2, SPAN_COMPUTE},
    {0, "0SEND_F1", 2, 2, SPAN_WAIT_ROOM},
    {0, "0RECV_B0", 2, 5, SPAN_WAIT_INPUT},
    {0, "0B0", 5, 7, SPAN_COMPUTE},
    {0, "0RECV_B1", 7, 7, SPAN_WAIT_INPUT},
    {0, "0B1", 7, 9, SPAN_COMPUTE},
    {1, "1RECV_F0", 0, 1, SPAN_WAIT_INPUT},
    {1, "1F0", 1, 2, SPAN_COMPUTE},
    {1, "1I0", 2, 3, SPAN_COMPUTE},
    {1, "1SEND_B0", 3, 3, SPAN_WAIT_ROOM},
    {1, "1RECV_F1", 3, 3, SPAN_WAIT_INPUT},
    {1, "1F1", 3, 4, SPAN_COMPUTE},
    {1, "1I1", 4, 5, SPAN_COMPUTE},
    {1, "1SEND_B1", 5, 5, SPAN_WAIT_ROOM},
    {1, "1W0", 5, 6, SPAN_COMPUTE},
    {1, "1W1", 6, 7, SPAN_COMPUTE},
};

/* ---- whole pictures ---- */

START_TEST(busy_is_the_sum_of_compute_and_makespan_its_last_end)
{
    struct metrics metrics = METRICS(2, pipeline);

    ck_assert_int_eq(metrics.ranks, 2);
    ck_assert_int_eq(metrics.rank[0].busy, 6);
    ck_assert_int_eq(metrics.rank[1].busy, 6);
    ck_assert_int_eq(metrics.rank[0].first, 0);
    ck_assert_int_eq(metrics.rank[0].last, 9);
    ck_assert_int_eq(metrics.rank[1].first, 1);
    ck_assert_int_eq(metrics.rank[1].last, 7);
    ck_assert_int_eq(metrics.makespan, 9);
    metrics_fini(&metrics);
}
END_TEST

START_TEST(three_bubbles_are_three_figures)
{
    struct metrics metrics = METRICS(2, pipeline);

    /* Idle 6 of 18; 3 of rank 0's own 9, none of rank 1's own 6; 6 to 12. */
    ck_assert_double_eq_tol(metrics.bubble_fraction, 6.0 / 18.0, CLOSE);
    ck_assert_double_eq_tol(metrics.span_bubble, 3.0 / 9.0, CLOSE);
    ck_assert_double_eq_tol(metrics.bubble_ratio, 6.0 / 12.0, CLOSE);
    metrics_fini(&metrics);
}
END_TEST

START_TEST(every_send_is_a_message)
{
    struct metrics metrics = METRICS(2, pipeline);

    ck_assert_int_eq(metrics.messages, 4);
    metrics_fini(&metrics);
}
END_TEST

START_TEST(parts_add_up_by_rank)
{
    struct metrics metrics = METRICS(2, pipeline);

    ck_assert_int_eq(metrics.rank[0].parts[SPAN_COMPUTE], 6);
    ck_assert_int_eq(metrics.rank[0].parts[SPAN_WAIT_INPUT], 3);
    ck_assert_int_eq(metrics.rank[0].parts[SPAN_WAIT_ROOM], 0);
    ck_assert_int_eq(metrics.rank[1].parts[SPAN_COMPUTE], 6);
    ck_assert_int_eq(metrics.rank[1].parts[SPAN_WAIT_INPUT], 1);
    metrics_fini(&metrics);
}
END_TEST

START_TEST(activations_end_with_their_backward_or_weight_gradient)
{
    struct metrics metrics = METRICS(2, pipeline);

    ck_assert_double_eq(metrics.rank[0].peak_activations, 2);
    ck_assert_double_eq(metrics.rank[1].peak_activations, 2);
    ck_assert_int_eq(metrics.rank[0].live, 0);
    ck_assert_int_eq(metrics.rank[1].live, 0);
    metrics_fini(&metrics);
}
END_TEST

START_TEST(figures_of_a_trace_are_those_of_its_spans)
{
    struct plan *plan = plan_new("two", 2, 2, 2);
    struct trace trace;
    struct metrics metrics;
    struct metrics added = METRICS(2, pipeline);
    size_t count = sizeof pipeline / sizeof *pipeline;

    for (size_t i = 0; i < count; i++)
        plan_add(plan, pipeline[i].rank, span_of(&pipeline[i]).action);
    trace_init(&trace, plan, 1);
    for (size_t i = 0; i < count; i++) {
        struct span span = span_of(&pipeline[i]);

        trace_add(&trace, pipeline[i].rank, &span);
    }
    metrics_of(&metrics, &trace);
    ck_assert_mem_eq(metrics.rank, added.rank, 2 * sizeof *metrics.rank);
    ck_assert_int_eq(metrics.makespan, added.makespan);
    ck_assert_int_eq(metrics.messages, added.messages);
    ck_assert_double_eq(metrics.bubble_fraction, added.bubble_fraction);
    ck_assert_double_eq(metrics.span_bubble, added.span_bubble);
    ck_assert_double_eq(metrics.bubble_ratio, added.bubble_ratio);
    metrics_fini(&metrics);
    metrics_fini(&added);
    trace_fini(&trace);
    plan_free(plan);
}
END_TEST

/* ---- one figure at a time ---- */

START_TEST(waiting_does_not_stretch_the_run)
{
    static const struct drawn spans[] = {
        {0, "0F0", 0, 4, SPAN_COMPUTE},
        {0, "0SEND_F0", 4, 9, SPAN_WAIT_ROOM},
        {0, "0STEP", 9, 9, SPAN_COMPUTE}, /* takes no time: was never late */
    };
    struct metrics metrics = METRICS(1, spans);

    ck_assert_int_eq(metrics.makespan, 4);
    ck_assert_int_eq(metrics.rank[0].parts[SPAN_WAIT_ROOM], 5);
    ck_assert_double_eq_tol(metrics.bubble_fraction, 0.0, CLOSE);
    metrics_fini(&metrics);
}
END_TEST

START_TEST(step_that_takes_time_is_busy_time)
{
    static const struct drawn spans[] = {
        {0, "0F0", 0, 1, SPAN_COMPUTE},
        {0, "0B0", 1, 3, SPAN_COMPUTE},
        {0, "0STEP", 3, 7, SPAN_COMPUTE},
    };
    struct metrics metrics = METRICS(1, spans);

    ck_assert_int_eq(metrics.rank[0].busy, 7);
    ck_assert_int_eq(metrics.makespan, 7);
    ck_assert_int_eq(metrics.messages, 0);
    metrics_fini(&metrics);
}
END_TEST

START_TEST(span_bubble_is_the_worst_ranks_own)
{
    /* Rank 0 waits 1 of its 4, rank 1 2 of its 5, rank 2 nothing of its 1,
     * late as it is. */
    static const struct drawn spans[] = {
        {0, "0F0", 0, 1, SPAN_COMPUTE},  {0, "0F1", 2, 4, SPAN_COMPUTE},
        {1, "1F0", 3, 5, SPAN_COMPUTE},  {1, "1F1", 7, 8, SPAN_COMPUTE},
        {2, "2F0", 9, 10, SPAN_COMPUTE},
    };
    struct metrics metrics = METRICS(3, spans);

    ck_assert_double_eq_tol(metrics.span_bubble, 2.0 / 5.0, CLOSE);
    ck_assert_double_eq_tol(metrics.bubble_fraction, 23.0 / 30.0, CLOSE);
    ck_assert_double_eq_tol(metrics.bubble_ratio, 23.0 / 7.0, CLOSE);
    metrics_fini(&metrics);
}
END_TEST

START_TEST(rank_without_work_idles_all_the_time)
{
    static const struct drawn spans[] = {{0, "0F0", 0, 6, SPAN_COMPUTE}};
    struct metrics metrics = METRICS(3, spans);

    ck_assert_double_eq_tol(metrics.bubble_fraction, 2.0 / 3.0, CLOSE);
    ck_assert_double_eq_tol(metrics.span_bubble, 0.0, CLOSE);
    ck_assert_double_eq_tol(metrics.bubble_ratio, 2.0, CLOSE);
    ck_assert_double_eq(metrics.rank[2].peak_activations, 0);
    metrics_fini(&metrics);
}
END_TEST

START_TEST(trace_that_takes_no_time_has_no_bubble)
{
    static const struct drawn spans[] = {
        {0, "0F0", 0, 0, SPAN_COMPUTE},
        {0, "0SEND_F0", 0, 5, SPAN_WAIT_ROOM},
    };
    struct metrics metrics = METRICS(2, spans);

    ck_assert_int_eq(metrics.makespan, 0);
    ck_assert_double_eq(metrics.bubble_fraction, 0.0);
    ck_assert_double_eq(metrics.span_bubble, 0.0);
    ck_assert_double_eq(metrics.bubble_ratio, 0.0);
    ck_assert_double_eq(metrics.rank[0].peak_activations, 1);
    metrics_fini(&metrics);
}
END_TEST

START_TEST(overlap_holds_both_activations_while_it_runs)
{
    static const struct drawn spans[] = {
        {0, "0F0", 0, 1, SPAN_COMPUTE},
        {0, "(0F1;0B0)OVERLAP_F_B", 1, 4, SPAN_COMPUTE},
        {0, "(0F2;0I1)OVERLAP_F_B", 4, 6, SPAN_COMPUTE},
        {0, "0B2", 6, 8, SPAN_COMPUTE},
        {0, "0W1", 8, 9, SPAN_COMPUTE},
    };
    struct metrics metrics = METRICS(1, spans);

    ck_assert_double_eq(metrics.rank[0].peak_activations, 2);
    ck_assert_int_eq(metrics.rank[0].live, 0);
    ck_assert_int_eq(metrics.rank[0].busy, 9);
    metrics_fini(&metrics);
}
END_TEST

START_TEST(activations_of_all_stages_of_a_rank_count)
{
    static const struct drawn spans[] = {
        {0, "0F0", 0, 1, SPAN_COMPUTE}, {0, "1F0", 1, 2, SPAN_COMPUTE},
        {0, "2F0", 2, 3, SPAN_COMPUTE}, {0, "2B0", 3, 5, SPAN_COMPUTE},
        {0, "1B0", 5, 7, SPAN_COMPUTE}, {0, "0B0", 7, 9, SPAN_COMPUTE},
    };
    struct metrics metrics = METRICS(1, spans);

    ck_assert_double_eq(metrics.rank[0].peak_activations, 3);
    metrics_fini(&metrics);
}
END_TEST

START_TEST(parts_of_wall_time_are_kept_apart)
{
    struct span compute = {
        .action = action_of(ACTION_FORWARD, 0, 0),
        .start = 100,
        .end = 170,
        .parts = {[SPAN_COMPUTE] = 50, [SPAN_OFF_CORE] = 15}};
    struct span send = {.action = action_of(ACTION_SEND_F, 0, 0),
                        .start = 170,
                        .end = 200,
                        .parts = {[SPAN_COPY] = 10, [SPAN_WAIT_ROOM] = 18}};
    struct metrics metrics;

    metrics_init(&metrics, 1, (struct footprint_rule){.trains = true});
    metrics_add(&metrics, 0, &compute);
    metrics_add(&metrics, 0, &send);
    metrics_finish(&metrics);
    ck_assert_int_eq(metrics.rank[0].parts[SPAN_COMPUTE], 50);
    ck_assert_int_eq(metrics.rank[0].parts[SPAN_OFF_CORE], 15);
    ck_assert_int_eq(metrics.rank[0].parts[SPAN_COPY], 10);
    ck_assert_int_eq(metrics.rank[0].parts[SPAN_WAIT_ROOM], 18);
    ck_assert_int_eq(metrics.rank[0].parts[SPAN_WAIT_INPUT], 0);
    ck_assert_int_eq(metrics.rank[0].busy, 70);
    ck_assert_int_eq(metrics.rank[0].first, 100);
    metrics_fini(&metrics);
}
END_TEST

/* ---- lanes ---- */

START_TEST(lanes_have_room_for_the_whole_plan)
{
    struct plan *plan = plan_new("uneven", 2, 2, 40);
    struct trace trace;

    for (int m = 0; m < 40; m++)
        plan_add(plan, 1, action_of(ACTION_FORWARD, 1, m));
    trace_init(&trace, plan, 1);
    ck_assert_int_eq(trace.ranks, 2);
    for (int m = 0; m < 40; m++) {
        struct span span = {.action = plan->lists[1].at[m], .start = m};

        ck_assert_uint_eq(trace.lanes[1].count, (size_t)m);
        trace_add(&trace, 1, &span);
    }
    ck_assert_uint_eq(trace.lanes[0].count, 0);
    for (int m = 0; m < 40; m++) {
        ck_assert_int_eq(trace.lanes[1].spans[m].action.mb, m);
        ck_assert_int_eq(trace.lanes[1].spans[m].start, m);
    }
    trace_fini(&trace);
    ck_assert_int_eq(trace.ranks, 0);
    plan_free(plan);
}
END_TEST

START_TEST(parts_have_the_names_of_the_report)
{
    static const char *const names[SPAN_PARTS] = {"compute",    "copy",
                                                  "wait_input", "wait_room",
                                                  "off_core",   "recomputed"};

    for (int p = 0; p < SPAN_PARTS; p++)
        ck_assert_str_eq(span_part_name((enum span_part)p), names[p]);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("trace");
    TCase *metrics = tcase_create("metrics");
    TCase *trace = tcase_create("trace");

    tcase_add_test(metrics,
                   busy_is_the_sum_of_compute_and_makespan_its_last_end);
    tcase_add_test(metrics, three_bubbles_are_three_figures);
    tcase_add_test(metrics, every_send_is_a_message);
    tcase_add_test(metrics, parts_add_up_by_rank);
    tcase_add_test(metrics,
                   activations_end_with_their_backward_or_weight_gradient);
    tcase_add_test(metrics, figures_of_a_trace_are_those_of_its_spans);
    tcase_add_test(metrics, waiting_does_not_stretch_the_run);
    tcase_add_test(metrics, step_that_takes_time_is_busy_time);
    tcase_add_test(metrics, span_bubble_is_the_worst_ranks_own);
    tcase_add_test(metrics, rank_without_work_idles_all_the_time);
    tcase_add_test(metrics, trace_that_takes_no_time_has_no_bubble);
    tcase_add_test(metrics, overlap_holds_both_activations_while_it_runs);
    tcase_add_test(metrics, activations_of_all_stages_of_a_rank_count);
    tcase_add_test(metrics, parts_of_wall_time_are_kept_apart);
    tcase_add_test(trace, lanes_have_room_for_the_whole_plan);
    tcase_add_test(trace, parts_have_the_names_of_the_report);
    suite_add_tcase(suite, metrics);
    suite_add_tcase(suite, trace);
    return suite_main(suite);
}
