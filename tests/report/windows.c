/* windows.c -- a timeline that does not fit is cut: no line is wider than it
 * may be, and every computation is shown with its microbatch's number. */
#include "config.h"

#include "drawn.h"
#include "report/timeline.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *
drawing_of(const struct drawn *drawn, const struct timeline_style *style)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    timeline_print(out, drawn->plan, &drawn->trace, style);
    fclose(out);
    return text;
}

/* Whether a rank's lines have the label as a word of its own. */
static bool
shows(const char *drawing, int rank, const char *label)
{
    char lead[32];
    size_t length = strlen(label);

    snprintf(lead, sizeof lead, "rank %d ", rank);
    for (const char *line = drawing; (line = strstr(line, lead)) != NULL;) {
        const char *end = strchr(line, '\n');

        line += strlen(lead);
        for (const char *at = line; (at = strstr(at, label)) && at < end; at++)
            if (!strchr("0123456789", at[length]) || at[length] == '\0')
                return true;
        line = end;
    }
    return false;
}

static void
expect_all(const struct drawn *drawn, const struct timeline_style *style,
           const char *what)
{
    char *drawing = drawing_of(drawn, style);
    char *rest = drawing;

    for (int r = 0; r < drawn->trace.ranks; r++)
        for (size_t i = 0; i < drawn->trace.lanes[r].count; i++) {
            const struct action *action =
                &drawn->trace.lanes[r].spans[i].action;
            char label[32];

            if (action_class((enum action_kind)action->kind) !=
                ACTION_CLASS_COMPUTE)
                continue;
            snprintf(label, sizeof label, "%s%d",
                     action_kind_text((enum action_kind)action->kind),
                     action->mb);
            ck_assert_msg(shows(drawing, r, label), "%s: rank %d, %s\n%s",
                          what, r, label, drawing);
        }
    for (char *line; (line = strsep(&rest, "\n")) != NULL;)
        ck_assert_msg((int)strlen(line) <= style->width, "%s: %s", what, line);
    free(drawing);
}

static const char *const windows_costs[] = {"F=1,B=2", "F=2,B=3,I=2,W=1",
                                            "F=100,B=201", "F=7,B=11,STEP=1"};

/* _i: which costs. */
START_TEST(every_cell_keeps_its_number_up_to_8_by_64)
{
    static const char *const schedules[] = {"naive", "gpipe", "1f1b"};
    static const int widths[] = {80, 100};

    for (int s = 0; s < 3; s++)
        for (int ranks = 1; ranks <= 8; ranks *= 2)
            for (int mbs = 1; mbs <= 64; mbs *= 4)
                for (int w = 0; w < 2; w++) {
                    struct timeline_style style = {.width = widths[w]};
                    struct drawn drawn;
                    char what[96];

                    snprintf(what, sizeof what, "%s, %d x %d at %d, %s",
                             schedules[s], ranks, mbs, widths[w],
                             windows_costs[_i]);
                    drawn_init_at(&drawn, schedules[s], ranks, mbs,
                                  windows_costs[_i]);
                    expect_all(&drawn, &style, what);
                    drawn_fini(&drawn);
                }
}
END_TEST

/* As a clock might see it: some blocks are shorter than their label, and a rank
 * that begins early waits first. */
static void
distort(struct trace *trace)
{
    const int64_t late = 1000000;

    for (int r = 0; r < trace->ranks; r++)
        for (size_t i = 0; i < trace->lanes[r].count; i++) {
            struct span *span = &trace->lanes[r].spans[i];

            if (i % 3 == 0 && span->end > span->start)
                span->end = span->start + 1;
            span->start +=
                i > 0 || !action_is_transfer(&span->action) ? late : 0;
            span->end += late;
        }
}

START_TEST(so_it_does_in_measured_time_from_the_first_computation_on)
{
    for (int ranks = 1; ranks <= 8; ranks *= 2)
        for (int mbs = 1; mbs <= 64; mbs *= 4) {
            struct timeline_style style = {.width = 80, .scaled = true};
            struct drawn drawn;
            char *drawing;

            drawn_init_at(&drawn, "1f1b", ranks, mbs, "F=5000,B=9000");
            distort(&drawn.trace);
            expect_all(&drawn, &style, "measured");
            drawing = drawing_of(&drawn, &style);
            ck_assert_msg(strstr(drawing, "rank 0 F0") != NULL, "%s", drawing);
            free(drawing);
            drawn_fini(&drawn);
        }
}
END_TEST

TCase *
windows_case(void)
{
    TCase *tcase = tcase_create("windows");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, every_cell_keeps_its_number_up_to_8_by_64, 0,
                        4);
    tcase_add_test(tcase,
                   so_it_does_in_measured_time_from_the_first_computation_on);
    return tcase;
}
