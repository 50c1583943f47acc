/* kept.c -- keeps the wall spans of a run's latest steps. */
#include "config.h"

#include "runtime/kept.h"

#include "base/memory.h"

#include <stdlib.h>

void
kept_init(struct kept *kept, const struct plan *plan)
{
    kept->count = kept_steps(plan_actions(plan));
    kept->steps = memory_new((size_t)kept->count, sizeof *kept->steps);
    for (int i = 0; i < kept->count; i++)
        trace_init(&kept->steps[i].wall, plan, 1);
}

void
kept_fini(struct kept *kept)
{
    for (int i = 0; i < kept->count; i++)
        trace_fini(&kept->steps[i].wall);
    free(kept->steps);
}

struct kept_step *
kept_at(const struct kept *kept, int step)
{
    return &kept->steps[step % kept->count];
}

/* Spans hold clock readings; moves them to where the step began. */
static void
settle(struct kept_step *step)
{
    struct trace *wall = &step->wall;
    int64_t start = INT64_MAX;
    int64_t end = 1; /* were the clock ever so coarse */

    for (int r = 0; r < wall->ranks; r++)
        if (wall->lanes[r].count > 0 && wall->lanes[r].spans[0].start < start)
            start = wall->lanes[r].spans[0].start;
    for (int r = 0; r < wall->ranks; r++)
        for (size_t i = 0; i < wall->lanes[r].count; i++) {
            struct span *span = &wall->lanes[r].spans[i];

            span->start -= start;
            span->end -= start;
            if (span->end > end)
                end = span->end;
        }
    step->start_ns = start;
    step->ns = end - trace_begin(wall);
}

void
kept_settle(struct kept *kept, int first, int end)
{
    if (first < end - kept->count)
        first = end - kept->count;
    for (int step = first; step < end; step++)
        settle(kept_at(kept, step));
}

const struct kept_step *
kept_median(const struct kept *kept, int *of)
{
    const struct kept_step *median = NULL;
    int settled = 0;

    for (int i = 0; i < kept->count; i++)
        settled += kept->steps[i].ns > 0;
    for (int i = 0; i < kept->count && !median; i++) {
        const struct kept_step *step = &kept->steps[i];
        int shorter = 0;
        int as_short = 0;

        for (int j = 0; j < kept->count; j++) {
            shorter += kept->steps[j].ns > 0 && kept->steps[j].ns < step->ns;
            as_short += kept->steps[j].ns == step->ns;
        }
        if (step->ns > 0 && shorter <= settled / 2 &&
            settled / 2 < shorter + as_short)
            median = step;
    }
    *of = settled;
    return median;
}
