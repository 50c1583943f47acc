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
    char *text;

    drawn_init(&drawn, "1f1b", 2, 3);
    text = picture(&drawn, "1f1b", 1, false);
    expect_well_formed(text);
    ck_assert_int_eq(occurrences(text, "<title>"), 2 * 3 * 2);
    ck_assert_int_eq(occurrences(text, "<title>1B2</title>"), 1);
    ck_assert_int_eq(occurrences(text, ">B2</text>"), 2);
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

TCase *
svg_case(void)
{
    TCase *tcase = tcase_create("svg");

    tcase_add_test(tcase,
                   every_computation_is_a_block_with_its_cell_and_label);
    tcase_add_test(tcase,
                   the_legend_names_the_kinds_that_occur_and_no_others);
    tcase_add_test(tcase, arrows_are_one_line_a_message);
    tcase_add_test(tcase, panels_share_one_axis);
    tcase_add_test(tcase, a_title_cannot_break_the_picture);
    tcase_add_loop_test(tcase,
                        from_2_to_64_ranks_everything_lies_on_the_page, 0,
                        sizeof rank_counts / sizeof *rank_counts);
    return tcase;
}
