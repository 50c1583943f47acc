#include "config.h"

#include "report/svg.h"

#include "drawn.h"

#include <stdlib.h>
#include <string.h>

static char *
picture(const struct drawn *drawn, const char *title, int panels, bool arrows)
{
    struct svg_panel panel[2];
    struct svg_style style = {.unit = "ticks", .arrows = arrows};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    for (int p = 0; p < 2; p++)
        panel[p] = (struct svg_panel){.title = title,
                                      .plan = drawn->plan,
                                      .trace = &drawn->trace,
                                      .metrics = &drawn->metrics,
                                      .scale = 1.0 + p};
    svg_write(out, panel, panels, &style);
    fclose(out);
    return text;
}

/* Every element is closed, in order; enough of XML for what we write. */
static void
expect_well_formed(const char *text)
{
    const char *stack[16];
    size_t lengths[16];
    int depth = 0;

    while ((text = strchr(text, '<')) != NULL) {
        const char *end = strchr(text, '>');
        size_t name = strcspn(text + 1, " >/");

        ck_assert(end != NULL);
        if (text[1] == '/') {
            ck_assert_int_gt(depth--, 0);
            ck_assert(strncmp(stack[depth], text + 2, lengths[depth]) == 0);
        } else if (end[-1] != '/') {
            ck_assert_int_lt(depth, 16);
            stack[depth] = text + 1;
            lengths[depth++] = name;
        }
        text = end;
    }
    ck_assert_int_eq(depth, 0);
}

START_TEST(every_computation_is_a_block_with_its_cell_and_label)
{
    struct drawn drawn;
    char figures[96];
    char *text;

    drawn_init(&drawn, "1f1b", 2, 3);
    text = picture(&drawn, "1f1b", 1, false);
    expect_well_formed(text);
    ck_assert_int_eq(occurrences(text, "<title>"), 2 * 3 * 2);
    ck_assert_int_eq(occurrences(text, "<title>1B2</title>"), 1);
    ck_assert_int_eq(occurrences(text, ">B2</text>"), 2);
    snprintf(figures, sizeof figures,
             ">2 ranks, 2 stages, 3 microbatches: makespan %lld ticks, ",
             (long long)drawn.metrics.makespan);
    ck_assert_int_eq(occurrences(text, figures), 1);
    ck_assert_int_eq(occurrences(text, ">rank 1</text>"), 1);
    ck_assert_int_eq(occurrences(text, "class=\"message\""), 0);
    free(text);
    drawn_fini(&drawn);
}
END_TEST

START_TEST(the_legend_names_the_kinds_that_occur_and_no_others)
{
    struct drawn drawn;
    char *text;

    drawn_init(&drawn, "gpipe", 2, 3);
    text = picture(&drawn, "gpipe", 1, false);
    ck_assert(strstr(text, "F forward") && strstr(text, "B backward"));
    ck_assert(!strstr(text, "W weight") && !strstr(text, "S optimizer"));
    free(text);
    drawn_fini(&drawn);
}
END_TEST

START_TEST(arrows_are_one_line_a_message)
{
    struct drawn drawn;
    char *text;

    drawn_init(&drawn, "gpipe", 3, 5);
    text = picture(&drawn, "gpipe", 1, true);
    expect_well_formed(text);
    ck_assert_int_eq(occurrences(text, "class=\"message\""), 2 * 2 * 5);
    ck_assert_int_eq(occurrences(text, "marker-end=\"url(#head0)\""), 2 * 5);
    ck_assert(strstr(text, "activations sent") &&
              strstr(text, "gradients sent"));
    free(text);
    drawn_fini(&drawn);
}
END_TEST

START_TEST(panels_share_one_axis)
{
    struct drawn drawn;
    char *text;

    drawn_init(&drawn, "gpipe", 2, 2);
    text = picture(&drawn, "gpipe", 2, false);
    expect_well_formed(text);
    ck_assert_int_eq(occurrences(text, "0 ticks"), 2);
    /* The second panel's ticks are twice as long, so its blocks are too. */
    ck_assert_int_eq(occurrences(text, ">rank 0</text>"), 2);
    ck_assert_int_eq(occurrences(text, "2 at full height"), 1);
    free(text);
    drawn_fini(&drawn);
}
END_TEST

START_TEST(a_title_cannot_break_the_picture)
{
    struct drawn drawn;
    char *text;

    drawn_init(&drawn, "gpipe", 2, 2);
    text = picture(&drawn, "<script>&\"\001\xff", 1, false);
    expect_well_formed(text);
    ck_assert(strstr(text, "&lt;script&gt;&amp;&quot;??") != NULL);
    free(text);
    drawn_fini(&drawn);
}
END_TEST

/* The number in NAME="..." on a line. */
static double
attribute(const char *line, const char *name)
{
    const char *at = strstr(line, name);

    ck_assert(at != NULL);
    return strtod(at + strlen(name) + 2, NULL);
}

static const int rank_counts[] = {2, 3, 8, 16, 17, 33, 64};

/* Nothing is drawn outside the page. */
START_TEST(from_2_to_64_ranks_everything_lies_on_the_page)
{
    struct drawn drawn;
    char *text;
    const char *line;
    double width;
    double height;

    drawn_init(&drawn, "1f1b", rank_counts[_i], 2 * rank_counts[_i]);
    text = picture(&drawn, "1f1b", 1, true);
    expect_well_formed(text);
    /* Line by line: a search through all the text, each time, is slow under
     * the sanitizers. */
    line = strtok(text, "\n");
    width = attribute(line, "width");
    height = attribute(line, "height");
    while ((line = strtok(NULL, "\n")) != NULL)
        if (strncmp(line, "<rect x=", 8) == 0) {
            double x = attribute(line, " x");
            double y = attribute(line, " y");
            double w = attribute(line, " width");
            double h = attribute(line, " height");

            ck_assert(x >= 0 && y >= 0 && w > 0 && h > 0);
            ck_assert(x + w <= width && y + h <= height);
        }
    free(text);
    drawn_fini(&drawn);
}
END_TEST

/* Appends the text of a <text> line, which lies within a block. */
static void
collect_label(char *label, size_t size, const char *line, double left,
              double right)
{
    const char *text = strchr(line, '>') + 1;
    size_t length = strcspn(text, "<");
    double letter = 0.65 * (strstr(line, "class=\"on\"") ? 9 : 11);
    double half = letter * (double)length / 2;
    double x = attribute(line, " x");

    ck_assert_msg(x - half >= left - 0.01 && x + half <= right + 0.01, "%s",
                  line);
    ck_assert_uint_lt(strlen(label) + length, size);
    strncat(label, text, length);
}

/* A block, then its label on one line or two. */
START_TEST(from_2_to_64_ranks_every_block_has_kind_and_microbatch)
{
    int ranks = rank_counts[_i];
    struct drawn drawn;
    int labels = 0;
    char cell[64] = "";
    char label[64] = "";
    double left = 0;
    double right = 0;
    char *text;
    char *line;

    drawn_init(&drawn, "1f1b", ranks, ranks < 32 ? 2 * ranks : 64);
    text = picture(&drawn, "1f1b", 1, false);
    for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        const char *title = strstr(line, "<title>");

        if (strncmp(line, "<text x=", 8) == 0 ||
            strncmp(line, "<text class=\"on\"", 16) == 0) {
            collect_label(label, sizeof label, line, left, right);
            continue;
        }
        if (*cell) {
            /* The cell without its stage. */
            ck_assert_str_eq(label, cell + strspn(cell, "0123456789"));
            labels++;
        }
        cell[0] = label[0] = '\0';
        if (title) {
            sscanf(title + 7, "%63[^<]", cell);
            left = attribute(line, " x");
            right = left + attribute(line, " width");
        }
    }
    ck_assert_int_eq(labels, ranks * drawn.plan->mbs * 2);
    free(text);
    drawn_fini(&drawn);
}
END_TEST

TCase *
svg_case(void)
{
    TCase *tcase = tcase_create("svg");

    tcase_add_test(tcase,
                   every_computation_is_a_block_with_its_cell_and_label);
    tcase_add_test(tcase, the_legend_names_the_kinds_that_occur_and_no_others);
    tcase_add_test(tcase, arrows_are_one_line_a_message);
    tcase_add_test(tcase, panels_share_one_axis);
    tcase_add_test(tcase, a_title_cannot_break_the_picture);
    tcase_add_loop_test(tcase, from_2_to_64_ranks_everything_lies_on_the_page,
                        0, sizeof rank_counts / sizeof *rank_counts);
    tcase_add_loop_test(tcase,
                        from_2_to_64_ranks_every_block_has_kind_and_microbatch,
                        0, sizeof rank_counts / sizeof *rank_counts);
    return tcase;
}
