/* check_report.c -- what the reports say of a trace. */
#include "config.h"

#include "drawn.h"
#include "base/json.h"
#include "report/summary.h"
#include "report/timeline.h"
#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- a trace by hand: two ranks, GPipe, two microbatches ---- */

struct fixture {
    struct plan *plan;
    struct trace trace;
};

static void
span_add(struct fixture *f, int rank, enum action_kind kind, int stage, int mb,
         int64_t start, int64_t end)
{
    struct span span = {
        .action = action_of(kind, stage, mb), .start = start, .end = end};

    span.parts[SPAN_COMPUTE] = end - start;
    trace_add(&f->trace, rank, &span);
}

static void
fixture_init(struct fixture *f, int64_t tick)
{
    f->plan = plan_new("drawn", 2, 2, 2);
    f->plan->rank_of_stage[1] = 1;
    for (int r = 0; r < 2; r++)
        for (int i = 0; i < 5; i++)
            plan_add(f->plan, r, action_of(ACTION_FORWARD, r, 0));
    trace_init(&f->trace, f->plan, 1);
    for (int m = 0; m < 2; m++) {
        span_add(f, 0, ACTION_FORWARD, 0, m, m * tick, (m + 1) * tick);
        span_add(f, 1, ACTION_FORWARD, 1, m, (m + 1) * tick, (m + 2) * tick);
    }
    for (int m = 0; m < 2; m++) {
        span_add(f, 1, ACTION_FULL_BACKWARD, 1, m, (3 + 2 * m) * tick,
                 (5 + 2 * m) * tick);
        span_add(f, 0, ACTION_FULL_BACKWARD, 0, m, (5 + 2 * m) * tick,
                 (7 + 2 * m) * tick);
    }
}

static void
fixture_fini(struct fixture *f)
{
    trace_fini(&f->trace);
    plan_free(f->plan);
}

static void
expect_timeline(const struct fixture *f, struct timeline_style style,
                const char *want)
{
    char text[4096] = "";
    FILE *out = fmemopen(text, sizeof text, "w");

    timeline_print(out, f->plan, &f->trace, &style);
    fclose(out);
    ck_assert_str_eq(text, want);
}

START_TEST(a_timeline_shows_a_block_as_long_as_its_action)
{
    struct fixture f;

    fixture_init(&f, 1);
    expect_timeline(&f, (struct timeline_style){.width = 80},
                    "rank 0 F0 F1 .  .  .  B0--- B1---\n"
                    "rank 1 .  F0 F1 B0--- B1--- .  .\n");
    fixture_fini(&f);
}
END_TEST

START_TEST(ticks_count_in_what_they_have_in_common)
{
    struct fixture f;

    fixture_init(&f, 1000);
    expect_timeline(&f, (struct timeline_style){.width = 80},
                    "rank 0 F0 F1 .  .  .  B0--- B1---\n"
                    "rank 1 .  F0 F1 B0--- B1--- .  .\n");
    fixture_fini(&f);
}
END_TEST

START_TEST(in_less_width_the_gaps_go_first_and_then_windows_are_cut)
{
    struct fixture f;

    fixture_init(&f, 1);
    expect_timeline(&f, (struct timeline_style){.width = 7 + 20},
                    "rank 0 F0F1. . . B0--B1--\n"
                    "rank 1 . F0F1B0--B1--. .\n");
    expect_timeline(&f, (struct timeline_style){.width = 7 + 13},
                    "       t=0\n"
                    "rank 0 F0 F1 .  .\n"
                    "rank 1 .  F0 F1 B0-\n"
                    "       t=4\n"
                    "rank 0 .  B0--- B1-\n"
                    "rank 1 B0 B1--- .\n"
                    "       t=8\n"
                    "rank 0 B1\n"
                    "rank 1 .\n");
    fixture_fini(&f);
}
END_TEST

START_TEST(unicode_and_colour_are_as_the_style_says)
{
    struct fixture f;

    fixture_init(&f, 1);
    expect_timeline(&f, (struct timeline_style){.width = 80, .unicode = true},
                    "rank 0 F0 F1 ·  ·  ·  B0─── B1───\n"
                    "rank 1 ·  F0 F1 B0─── B1─── ·  ·\n");
    fixture_fini(&f);
    fixture_init(&f, 1);
    f.trace.lanes[0].count = 1;
    f.trace.lanes[1].count = 0;
    expect_timeline(&f, (struct timeline_style){.width = 80, .colour = true},
                    "rank 0 \033[30;48;5;74mF0\033[0m\n"
                    "rank 1 .\n");
    fixture_fini(&f);
}
END_TEST

START_TEST(stages_are_named_where_ranks_own_several)
{
    struct plan *plan = plan_new("looped", 1, 2, 1);
    struct fixture f = {.plan = plan};

    for (int i = 0; i < 4; i++)
        plan_add(plan, 0, action_of(ACTION_FORWARD, 0, 0));
    trace_init(&f.trace, plan, 1);
    span_add(&f, 0, ACTION_FORWARD, 0, 0, 0, 1);
    span_add(&f, 0, ACTION_FORWARD, 1, 0, 1, 2);
    span_add(&f, 0, ACTION_BACKWARD_INPUT, 1, 0, 2, 3);
    span_add(&f, 0, ACTION_BACKWARD_WEIGHT, 1, 0, 3, 4);
    expect_timeline(&f, (struct timeline_style){.width = 80},
                    "rank 0 0F0 1F0 1I0 1W0\n");
    fixture_fini(&f);
}
END_TEST

/* ---- JSON ---- */

static void
write_value(FILE *out)
{
    struct json json = {.out = out};

    json_open(&json, NULL, '{');
    json_text(&json, "text", "a \"b\"\\\n\001");
    json_open(&json, "list", '[');
    json_int(&json, NULL, -7);
    json_number(&json, NULL, 0.1);
    json_number(&json, NULL, 1.0 / 3.0);
    json_number(&json, NULL, NAN);
    json_number(&json, NULL, -INFINITY);
    json_close(&json, ']');
    json_open(&json, "empty", '{');
    json_close(&json, '}');
    json_bool(&json, "yes", true);
    json_close(&json, '}');
}

START_TEST(json_escapes_and_separates)
{
    char text[512] = "";
    FILE *out = fmemopen(text, sizeof text, "w");

    write_value(out);
    fclose(out);
    ck_assert_str_eq(text,
                     "{\"text\": \"a \\\"b\\\"\\\\\\u000a\\u0001\", "
                     "\"list\": [-7, 0.1, 0.3333333333333333, null, null], "
                     "\"empty\": {}, \"yes\": true}");
}
END_TEST

START_TEST(json_reals_read_back_as_the_same_double)
{
    static const double values[] = {0.1,    2.0 / 3.0,           1e300,
                                    5e-324, 123456789.123456789, -0.0};

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char text[64] = "";
        FILE *out = fmemopen(text, sizeof text, "w");
        struct json json = {.out = out};

        json_number(&json, NULL, values[i]);
        fclose(out);
        ck_assert(strtod(text, NULL) == values[i]);
    }
}
END_TEST

/* ---- summaries ---- */

START_TEST(the_virtual_summary_gives_each_rank_and_the_bubbles)
{
    struct fixture f;
    struct metrics metrics;
    char text[2048] = "";
    FILE *out = fmemopen(text, sizeof text, "w");

    fixture_init(&f, 1);
    metrics_of(&metrics, &f.trace);
    summary_virtual(out, &metrics);
    fclose(out);
    ck_assert_msg(strstr(text, "makespan 9 ticks"), "%s", text);
    ck_assert_msg(strstr(text, "bubble 33.3%"), "%s", text);
    ck_assert_msg(strstr(text, "rank 0            6"), "%s", text);
    metrics_fini(&metrics);
    fixture_fini(&f);
}
END_TEST

static void
wall_text(struct wall_summary *wall, char *text, size_t size)
{
    FILE *out = fmemopen(text, size, "w");

    summary_wall(out, wall);
    fclose(out);
}

START_TEST(the_wall_summary_says_when_ranks_share_cores)
{
    const int64_t parts[4][SPAN_PARTS] = {{4000000, 0, 0, 0, 2000000}};
    struct wall_summary wall = {
        .ranks = 4,
        .cores = 2,
        .bound = true,
        .steps = 2,
        .step_ns = 3000000,
        .parts = parts,
    };
    char text[2048] = "";

    wall_text(&wall, text, sizeof text);
    ck_assert_msg(strstr(text, "step 3.000 ms; 4 ranks share 2 cores"), "%s",
                  text);
    ck_assert_msg(strstr(text, "rank 0      2.000"), "%s", text);
    ck_assert_msg(!strstr(text, "not bound"), "%s", text);
    wall.cores = 4;
    wall.bound = false;
    wall_text(&wall, text, sizeof text);
    ck_assert_msg(!strstr(text, "share"), "%s", text);
    ck_assert_msg(strstr(text, "not bound"), "%s", text);
}
END_TEST

START_TEST(the_memory_summary_is_in_kib_and_in_json_in_bytes)
{
    const struct memory_summary memory[] = {
        {.bytes = {1024, 1024, 2048, 1536}}};
    const struct memory_now now = {.live = 1, .peak = 3, .bytes = 512};
    char text[1024] = "";
    FILE *out = fmemopen(text, sizeof text, "w");
    struct json json = {.out = out};

    summary_memory(out, memory, NULL, 1);
    summary_memory(out, memory, &now, 1);
    summary_json_memory(&json, memory, 1, (struct time_unit){0});
    fclose(out);
    ck_assert_str_eq(text,
                     "memory        weights    gradients    optimizer"
                     "   peak activations   (KiB)\n"
                     "rank 0            1.0          1.0          2.0"
                     "                1.5\n"
                     "memory      weights  gradients  optimizer"
                     " peak activations  now (KiB)  in flight\n"
                     "rank 0          1.0        1.0        2.0"
                     "              1.5        0.5  1 of 3\n"
                     "\"weight_bytes\": [1024], \"gradient_bytes\": [1024], "
                     "\"optimizer_bytes\": [2048], \"peak_bytes\": [1536]");
}
END_TEST

START_TEST(spans_in_json_name_kind_stage_and_microbatch)
{
    struct fixture f;
    char text[4096] = "";
    FILE *out = fmemopen(text, sizeof text, "w");
    struct json json = {.out = out};

    fixture_init(&f, 1);
    f.trace.lanes[0].count = 1;
    f.trace.lanes[1].count = 0;
    json_open(&json, NULL, '{');
    summary_json_spans(&json, &f.trace);
    json_close(&json, '}');
    fclose(out);
    ck_assert_str_eq(text,
                     "{\"spans\": [{\"rank\": 0, \"kind\": \"F\", \"stage\": "
                     "0, \"microbatch\": 0, \"start\": 0, \"end\": 1}]}");
    fixture_fini(&f);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("report");
    TCase *timeline = tcase_create("timeline");
    TCase *json = tcase_create("json");
    TCase *summary = tcase_create("summary");

    tcase_add_test(timeline, a_timeline_shows_a_block_as_long_as_its_action);
    tcase_add_test(timeline, ticks_count_in_what_they_have_in_common);
    tcase_add_test(timeline,
                   in_less_width_the_gaps_go_first_and_then_windows_are_cut);
    tcase_add_test(timeline, unicode_and_colour_are_as_the_style_says);
    tcase_add_test(timeline, stages_are_named_where_ranks_own_several);
    suite_add_tcase(suite, timeline);
    suite_add_tcase(suite, windows_case());
    tcase_add_test(json, json_escapes_and_separates);
    tcase_add_test(json, json_reals_read_back_as_the_same_double);
    suite_add_tcase(suite, json);
    tcase_add_test(summary,
                   the_virtual_summary_gives_each_rank_and_the_bubbles);
    tcase_add_test(summary, the_wall_summary_says_when_ranks_share_cores);
    tcase_add_test(summary, the_memory_summary_is_in_kib_and_in_json_in_bytes);
    tcase_add_test(summary, spans_in_json_name_kind_stage_and_microbatch);
    suite_add_tcase(suite, summary);
    suite_add_tcase(suite, chrome_case());
    suite_add_tcase(suite, svg_case());
    suite_add_tcase(suite, memory_case());
    suite_add_tcase(suite, clocks_case());
    return suite_main(suite);
}
