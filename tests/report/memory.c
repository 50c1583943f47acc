#include "config.h"

#include "drawn.h"
#include "report/chrome.h"
#include "report/svg.h"
#include "base/machine.h"
#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RANKS = 3, MBS = 5 };

/* A plan, some stages larger than others, and what stays. */
struct charted {
    struct drawn drawn;
    struct footprint stages[RANKS];
    struct memory_summary ranks[RANKS];
    struct memory_chart chart;
};

static void
charted_init(struct charted *charted, int64_t most)
{
    int64_t peaks[RANKS];

    *charted = (struct charted){.chart = {.most = most}};
    drawn_init(&charted->drawn, "1f1b", RANKS, MBS);
    for (int r = 0; r < RANKS; r++)
        charted->stages[r] = (struct footprint){.stash = 1000 * (r + 1)};
    footprint_peaks(charted->drawn.plan, charted->stages, peaks);
    for (int r = 0; r < RANKS; r++) {
        charted->ranks[r].bytes[MEMORY_WEIGHTS] = 500;
        charted->ranks[r].bytes[MEMORY_LINKS] = 100 * r;
        charted->ranks[r].bytes[MEMORY_ACTIVATIONS] = peaks[r];
    }
    charted->chart.stages = charted->stages;
    charted->chart.ranks = charted->ranks;
}

static char *
picture_of(const struct charted *charted)
{
    struct svg_style style = {.unit = "ticks"};
    struct svg_panel panel = {.title = "1f1b",
                              .plan = charted->drawn.plan,
                              .trace = &charted->drawn.trace,
                              .metrics = &charted->drawn.metrics,
                              .scale = 1.0,
                              .memory = &charted->chart};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    svg_write(out, &panel, 1, &style);
    fclose(out);
    return text;
}

/* From the base of the path that begins at text to its highest point. */
static double
height_of_path(const char *text)
{
    const char *end = strstr(text, "/>");
    const char *at = strstr(text, "d=\"M80 ");
    double base = strtod(at + 7, NULL);
    double height = 0.0;

    for (; (at = strchr(at, 'V')) != NULL && at < end; at++)
        height = fmax(height, base - strtod(at + 1, NULL));
    return height;
}

/* The n-th path of a class. */
static const char *
path_of(const char *text, const char *class, int n)
{
    for (; n >= 0; n--, text++)
        text = strstr(text, class);
    return text;
}

static int64_t
fullest(const struct charted *charted)
{
    int64_t most = 0;

    for (int r = 0; r < RANKS; r++)
        if (footprint_total(&charted->ranks[r]) > most)
            most = footprint_total(&charted->ranks[r]);
    return most;
}

START_TEST(the_strips_of_bytes_are_as_high_as_the_peaks)
{
    struct charted charted;
    char size[TEXT_SIZE_MAX];
    char *text;
    double full;

    charted_init(&charted, 0);
    text = picture_of(&charted);
    full = 30.0 / (double)fullest(&charted);
    for (int r = 0; r < RANKS; r++) {
        int64_t total = footprint_total(&charted.ranks[r]);
        const char *path = path_of(text, "<path class=\"memory\"", r);

        ck_assert(fabs(height_of_path(path) - full * (double)total) < 0.2);
        ck_assert(strstr(text, text_size((size_t)total, size)) != NULL);
    }
    ck_assert_int_eq(occurrences(text, "class=\"fixed\""), RANKS);
    ck_assert_int_eq(occurrences(text, "class=\"limit\""), 0);
    ck_assert_int_eq(occurrences(text, "class=\"over\""), 0);
    ck_assert(strstr(text, "the limit") == NULL);
    free(text);
    drawn_fini(&charted.drawn);
}
END_TEST

START_TEST(what_is_over_the_limit_is_drawn_above_it)
{
    struct charted charted;
    char *text;
    double full;
    int over = 0;

    charted_init(&charted, 3600);
    text = picture_of(&charted);
    full = 30.0 / (double)fullest(&charted);
    ck_assert_int_eq(occurrences(text, "class=\"limit\""), RANKS);
    for (int r = 0; r < RANKS; r++) {
        int64_t above = footprint_total(&charted.ranks[r]) - 3600;
        const char *path = path_of(text, "<path class=\"over\"", r);

        above = above > 0 ? above : 0;
        over += above > 0;
        ck_assert(fabs(height_of_path(path) - full * (double)above) < 0.2);
    }
    ck_assert(over > 0 && over < RANKS);
    ck_assert_int_eq(occurrences(text, "class=\"small beyond\""), over);
    free(text);
    drawn_fini(&charted.drawn);
}
END_TEST

START_TEST(a_limit_far_above_is_written)
{
    struct charted charted;
    char *text;

    charted_init(&charted, 1 << 20);
    text = picture_of(&charted);
    ck_assert_int_eq(occurrences(text, "class=\"limit\""), 0);
    ck_assert(strstr(text, "the limit, 1.0 MiB, is far above") != NULL);
    free(text);
    drawn_fini(&charted.drawn);
}
END_TEST

START_TEST(counters_of_bytes_rise_to_the_peaks_and_end_at_what_stays)
{
    struct charted charted;
    struct chrome chrome;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    charted_init(&charted, 4000);
    chrome_open(&chrome, out);
    chrome_memory(&chrome, 1, &charted.chart, &charted.drawn.trace,
                  (struct chrome_time){.us = 1.0});
    chrome_close(&chrome);
    fclose(out);
    for (int r = 0; r < RANKS; r++) {
        const char *key = "\"activations\": ";
        const char *at = text;
        char name[32];
        long long peak = 0, last = -1;

        snprintf(name, sizeof name, "bytes, rank %d", r);
        while ((at = strstr(at, name)) != NULL) {
            at = strstr(at, "\"fixed\": ");
            ck_assert_int_eq(strtoll(at + 9, NULL, 10), 500 + 100 * r);
            at = strstr(at, key);
            last = strtoll(at + strlen(key), NULL, 10);
            peak = last > peak ? last : peak;
        }
        ck_assert_int_eq(peak, charted.ranks[r].bytes[MEMORY_ACTIVATIONS]);
        ck_assert_int_eq(last, 0);
    }
    ck_assert_int_eq(occurrences(text, "{\"limit\": 4000}"), 2);
    free(text);
    drawn_fini(&charted.drawn);
}
END_TEST

TCase *
memory_case(void)
{
    TCase *tcase = tcase_create("memory");

    tcase_add_test(tcase, the_strips_of_bytes_are_as_high_as_the_peaks);
    tcase_add_test(tcase, what_is_over_the_limit_is_drawn_above_it);
    tcase_add_test(tcase, a_limit_far_above_is_written);
    tcase_add_test(tcase,
                   counters_of_bytes_rise_to_the_peaks_and_end_at_what_stays);
    return tcase;
}
