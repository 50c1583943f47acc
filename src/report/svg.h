/* svg.h -- timelines as the papers draw them, as an SVG 1.1 picture.
 *
 *   title: the schedule, its shape and its figures
 *     rank 0 |F0|F1|F2|F3|      |  B0 |F4|  B1 | ...
 *            memory strip: live activations or bytes over time
 *     rank 1 ...
 *   axis in the trace's unit, legend
 *
 * Several panels share one time axis and one scale of memory. Each kind has a
 * colour (Okabe and Ito's palette, safe for the colour-blind) and a letter, so
 * that a grey print can be read. Within limits, the picture is wide enough for
 * labels on the shortest kind of block. */
#ifndef PIPELAB_REPORT_SVG_H
#define PIPELAB_REPORT_SVG_H

#include "plan/plan.h"
#include "report/memory_chart.h"
#include "trace/metrics.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stdio.h>

/* One timeline. */
struct svg_panel {
    const char *title;
    const char *note; /* beside the title, or NULL */
    const struct plan *plan;
    const struct trace *trace;
    const struct metrics *metrics;     /* of the trace: the figures */
    double scale;                      /* units of the axis per unit of the
                                    * trace */
    int64_t begin;                     /* time of the trace at the left edge */
    const struct memory_chart *memory; /* bytes beneath the lanes, of all
                                        * panels or of none; or NULL */
};

struct svg_style {
    const char *unit;          /* of the axis: "ticks", "ms" */
    bool arrows;               /* draw messages */
    const struct curve *curve; /* below all panels, or NULL; see curve.h */
};

/* Writes a picture with one panel below the other. */
void
svg_write(FILE *out, const struct svg_panel panels[], int count,
          const struct svg_style *style);

#endif
