/* metrics.h -- the figures of a trace.
 *
 *   bubble fraction  1 - sum busy / (P * makespan): all idle time, what GPipe
 *                    and Megatron count
 *   span bubble      the largest share of idle inside one rank's own first
 *                    start to last end: what the zero-bubble papers count
 *   bubble ratio     idle / busy */
#ifndef PIPELAB_TRACE_METRICS_H
#define PIPELAB_TRACE_METRICS_H

#include "trace/trace.h"

#include <stdint.h>

struct rank_metrics {
    int64_t busy;              /* sum of compute durations, STEP too */
    int64_t first;             /* start of the first compute action */
    int64_t last;              /* end of the last */
    int64_t end;               /* end of its last span, a transfer's too */
    int64_t parts[SPAN_PARTS]; /* sums over its spans */
    int64_t live; /* millionths of activations, after the last span added */
    int64_t most; /* the most alive at the same time */
    double peak_activations; /* the same as a number of activations */
};

struct metrics {
    int ranks;
    struct footprint_rule rule; /* of what is in flight */
    struct time_unit unit;      /* of virtual time; all zero: ticks */
    struct rank_metrics *rank;  /* ranks */
    int64_t messages;           /* SENDs */
    int64_t busy;               /* of all ranks */
    int64_t makespan;           /* 0 .. end of the last compute action */
    double bubble_fraction;
    double span_bubble;
    double bubble_ratio;
};

/* Call metrics_init(), metrics_add() for each span, in list order within a
 * rank, then metrics_finish(). */
void
metrics_init(struct metrics *metrics, int ranks, struct footprint_rule rule);
void
metrics_add(struct metrics *metrics, int rank, const struct span *span);
void
metrics_finish(struct metrics *metrics);
void
metrics_fini(struct metrics *metrics);

/* From a rank's last span to the makespan: it has nothing left to do. In
 * virtual time, where all ranks start at 0, busy, the waits and this make the
 * makespan. */
int64_t
metrics_at_end(const struct metrics *metrics, int rank);

/* Does all three for a trace. */
void
metrics_of(struct metrics *metrics, const struct trace *trace);

#endif
