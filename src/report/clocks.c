/* clocks.c -- compares measured with predicted time, rank by rank. */
#include "config.h"

#include "report/clocks.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

enum { SHOWN = 3 };

/* A kind of action on a rank, over one step. */
struct part {
    int rank;
    enum action_kind kind; /* ACTION_KINDS: transfers and waiting */
    double ticks;
    double ns;
};

/* ranks x (ACTION_KINDS + 1) sums. */
static struct part *
sum_parts(const struct trace *virtual, const struct trace *wall)
{
    size_t kinds = ACTION_KINDS + 1;
    struct part *parts =
        memory_new((size_t)wall->ranks * kinds, sizeof *parts);

    for (int r = 0; r < wall->ranks; r++) {
        struct part *mine = parts + (size_t)r * kinds;

        for (int k = 0; k <= ACTION_KINDS; k++)
            mine[k] = (struct part){.rank = r, .kind = (enum action_kind)k};
        for (size_t i = 0; i < wall->lanes[r].count; i++) {
            const struct span *v = &virtual->lanes[r].spans[i];
            const struct span *w = &wall->lanes[r].spans[i];
            struct part *part =
                &mine[action_is_transfer(&w->action) ? ACTION_KINDS
                                                     : w->action.kind];

            part->ticks += (double)(v->end - v->start);
            part->ns += (double)(w->end - w->start);
        }
    }
    return parts;
}

double
clocks_tick_ns(const struct trace *virtual, const struct trace *wall)
{
    double ticks = 0.0;
    double ns = 0.0;

    for (int r = 0; r < wall->ranks; r++)
        for (size_t i = 0; i < wall->lanes[r].count; i++) {
            const struct span *v = &virtual->lanes[r].spans[i];
            const struct span *w = &wall->lanes[r].spans[i];

            if (action_is_transfer(&w->action) || v->end == v->start)
                continue;
            ticks += (double)(v->end - v->start);
            ns += (double)span_computed(w);
        }
    return ticks > 0.0 ? ns / ticks : 0.0;
}

static void
clocks_print_part(FILE *out, const struct part *part, double tick_ns)
{
    double predicted = part->ticks * tick_ns * 1e-6;
    double measured = part->ns * 1e-6;

    fprintf(out, "  rank %d, %s: %.3f ms, predicted %.3f, %+.3f\n", part->rank,
            part->kind == ACTION_KINDS ? "transfers and waiting"
                                       : action_kind_text(part->kind),
            measured, predicted, measured - predicted);
}

void
clocks_print(FILE *out, const struct trace *virtual, const struct trace *wall)
{
    double tick_ns = clocks_tick_ns(virtual, wall);
    struct part *parts = sum_parts(virtual, wall);
    size_t count = (size_t)wall->ranks * (ACTION_KINDS + 1);

    fprintf(out,
            "a tick took %.4g %s of computing\n"
            "largest differences between measured and predicted time:\n",
            tick_ns < 1e3 ? tick_ns : tick_ns * 1e-3,
            tick_ns < 1e3 ? "ns" : "us");
    for (int n = 0; n < SHOWN; n++) {
        size_t worst = 0;

        for (size_t i = 1; i < count; i++)
            if (fabs(parts[i].ns - parts[i].ticks * tick_ns) >
                fabs(parts[worst].ns - parts[worst].ticks * tick_ns))
                worst = i;
        clocks_print_part(out, &parts[worst], tick_ns);
        parts[worst].ns = parts[worst].ticks * tick_ns;
    }
    free(parts);
}
