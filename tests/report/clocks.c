#include "config.h"

#include "report/clocks.h"

#include "drawn.h"

#include <stdlib.h>
#include <string.h>

/* A measured trace: as predicted at 1000 ns a tick, but rank 1's B twice as
 * long. */
static void
stretch(struct trace *wall, const struct drawn *drawn)
{
    trace_init(wall, drawn->plan, 1);
    for (int r = 0; r < drawn->trace.ranks; r++)
        for (size_t i = 0; i < drawn->trace.lanes[r].count; i++) {
            struct span span = drawn->trace.lanes[r].spans[i];
            int64_t length = (span.end - span.start) * 1000;

            if (r == 1 && span.action.kind == ACTION_FULL_BACKWARD)
                length *= 2;
            span.start *= 1000;
            span.end = span.start + length;
            span.parts[SPAN_COMPUTE] =
                action_is_transfer(&span.action) ? 0 : length;
            trace_add(wall, r, &span);
        }
}

START_TEST(a_tick_is_as_long_as_computing_took)
{
    struct drawn drawn;
    struct trace wall;

    drawn_init(&drawn, "gpipe", 2, 4);
    stretch(&wall, &drawn);
    /* 2 x 4 x (1+2) ticks; rank 1's four B took 8 us more. */
    ck_assert_double_eq_tol(clocks_tick_ns(&drawn.trace, &wall),
                            1000.0 * (24 + 8) / 24, 1e-9);
    trace_fini(&wall);
    drawn_fini(&drawn);
}
END_TEST

START_TEST(the_worst_is_named_first)
{
    struct drawn drawn;
    struct trace wall;
    char text[1024] = "";
    FILE *out = fmemopen(text, sizeof text, "w");

    drawn_init(&drawn, "gpipe", 2, 4);
    stretch(&wall, &drawn);
    clocks_print(out, &drawn.trace, &wall);
    fclose(out);
    ck_assert_msg(strstr(text, "predicted time:\n"
                               "  rank 1, B: 0.016 ms, "
                               "predicted 0.011, +0.005\n"),
                  "%s", text);
    trace_fini(&wall);
    drawn_fini(&drawn);
}
END_TEST

TCase *
clocks_case(void)
{
    TCase *tcase = tcase_create("clocks");

    tcase_add_test(tcase, a_tick_is_as_long_as_computing_took);
    tcase_add_test(tcase, the_worst_is_named_first);
    return tcase;
}
