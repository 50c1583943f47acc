/* trace.c -- keeps spans, a lane a rank. */
#include "config.h"

#include "trace/trace.h"

#include "base/memory.h"

#include <stdlib.h>

void
trace_init(struct trace *trace, const struct plan *plan, int steps)
{
    *trace = (struct trace){.ranks = plan->ranks,
                            .rule = footprint_rule(plan, NULL)};
    trace->lanes = memory_new((size_t)plan->ranks, sizeof *trace->lanes);
    for (int r = 0; r < plan->ranks; r++)
        trace->lanes[r].spans =
            memory_new(memory_times(plan->lists[r].count, (size_t)steps),
                       sizeof(struct span));
}

void
trace_fini(struct trace *trace)
{
    for (int r = 0; r < trace->ranks; r++)
        free(trace->lanes[r].spans);
    free(trace->lanes);
    trace->lanes = NULL;
    trace->ranks = 0;
}

void
trace_add(struct trace *trace, int rank, const struct span *span)
{
    struct lane *lane = &trace->lanes[rank];

    lane->spans[lane->count++] = *span;
}

int64_t
trace_begin(const struct trace *trace)
{
    int64_t begin = INT64_MAX;

    for (int r = 0; r < trace->ranks; r++)
        for (size_t i = 0; i < trace->lanes[r].count; i++) {
            const struct span *span = &trace->lanes[r].spans[i];

            if (!action_is_transfer(&span->action) &&
                span->end > span->start && span->start < begin)
                begin = span->start;
        }
    return begin < INT64_MAX ? begin : 0;
}

int
span_levels(const struct span *span, const struct footprint_rule *rule,
            int64_t *held, struct level levels[2])
{
    int64_t taken = footprint_taken(rule, &span->action);
    int64_t freed = footprint_freed(rule, &span->action);
    int count = 0;

    *held += taken;
    if (taken != 0)
        levels[count++] = (struct level){span->start, *held};
    *held -= freed;
    if (freed != 0)
        levels[count++] = (struct level){span->end, *held};
    return count;
}

const char *
span_part_name(enum span_part part)
{
    static const char *const names[SPAN_PARTS] = {
        [SPAN_COMPUTE] = "compute",       [SPAN_COPY] = "copy",
        [SPAN_WAIT_INPUT] = "wait_input", [SPAN_WAIT_ROOM] = "wait_room",
        [SPAN_OFF_CORE] = "off_core",     [SPAN_RECOMPUTE] = "recomputed",
    };

    return names[part];
}
