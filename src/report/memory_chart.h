/* memory_chart.h -- what a picture or a trace needs to show the bytes of ranks
 * over time: what stays through a step, and on it the activations. */
#ifndef PIPELAB_REPORT_MEMORY_CHART_H
#define PIPELAB_REPORT_MEMORY_CHART_H

#include "plan/footprint.h"
#include "report/summary.h"

/* Of one plan; all is borrowed. */
struct memory_chart {
    const struct footprint *stages;     /* of a microbatch, on each stage */
    const struct memory_summary *ranks; /* what each holds */
    int64_t most;                       /* that one may hold; 0: any number */
};

/* Weights, gradients, optimizer state and links' slots of a rank. */
static inline int64_t
memory_chart_fixed(const struct memory_chart *chart, int rank)
{
    const struct memory_summary *memory = &chart->ranks[rank];

    return footprint_total(memory) - memory->bytes[MEMORY_ACTIVATIONS];
}

#endif
