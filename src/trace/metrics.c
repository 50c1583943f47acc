/* metrics.c -- computes makespan, bubbles and peaks from spans. */
#include "config.h"

#include "trace/metrics.h"

#include "base/memory.h"

#include <stdlib.h>

void
metrics_init(struct metrics *metrics, int ranks, struct footprint_rule rule)
{
    *metrics = (struct metrics){.ranks = ranks, .rule = rule};
    metrics->rank = memory_new((size_t)ranks, sizeof *metrics->rank);
    for (int r = 0; r < ranks; r++)
        metrics->rank[r].first = -1;
}

void
metrics_fini(struct metrics *metrics)
{
    free(metrics->rank);
    metrics->rank = NULL;
}

void
metrics_add(struct metrics *metrics, int rank, const struct span *span)
{
    struct rank_metrics *mine = &metrics->rank[rank];
    const struct action *action = &span->action;

    for (int p = 0; p < SPAN_PARTS; p++)
        mine->parts[p] += span->parts[p];
    mine->end = span->end;
    if (action_is_transfer(action)) {
        metrics->messages +=
            action_class((enum action_kind)action->kind) == ACTION_CLASS_SEND;
    } else {
        mine->live += footprint_taken(&metrics->rule, action);
        if (mine->live > mine->most)
            mine->most = mine->live;
        mine->live -= footprint_freed(&metrics->rule, action);
    }
    /* The STEP of a stage with two copies waits for this, though it be free. */
    if (action->kind == ACTION_RECV_G && span->end > metrics->makespan)
        metrics->makespan = span->end;
    /* An action without length, such as a free STEP behind a blocked SEND,
     * does not stretch the run. */
    if (action_is_transfer(action) || span->end == span->start)
        return;
    mine->busy += span->end - span->start;
    if (mine->first < 0)
        mine->first = span->start;
    mine->last = span->end;
}

void
metrics_finish(struct metrics *metrics)
{
    double busy;
    double area;

    for (int r = 0; r < metrics->ranks; r++) {
        struct rank_metrics *rank = &metrics->rank[r];
        int64_t span = rank->last - rank->first;

        rank->peak_activations = (double)rank->most / ACTIVATION_ONE;
        metrics->busy += rank->busy;
        if (rank->last > metrics->makespan)
            metrics->makespan = rank->last;
        if (rank->busy > 0 &&
            1.0 - (double)rank->busy / (double)span > metrics->span_bubble)
            metrics->span_bubble = 1.0 - (double)rank->busy / (double)span;
    }
    area = (double)metrics->ranks * (double)metrics->makespan;
    busy = (double)metrics->busy;
    if (busy > 0.0) {
        metrics->bubble_fraction = (area - busy) / area;
        metrics->bubble_ratio = (area - busy) / busy;
    }
}

/* A plan whose last computations take no time may end later than its
 * makespan. */
int64_t
metrics_at_end(const struct metrics *metrics, int rank)
{
    int64_t end = metrics->rank[rank].end;

    return end < metrics->makespan ? metrics->makespan - end : 0;
}

void
metrics_of(struct metrics *metrics, const struct trace *trace)
{
    metrics_init(metrics, trace->ranks, trace->rule);
    metrics->unit = trace->unit;
    for (int r = 0; r < trace->ranks; r++)
        for (size_t i = 0; i < trace->lanes[r].count; i++)
            metrics_add(metrics, r, &trace->lanes[r].spans[i]);
    metrics_finish(metrics);
}
