/* timeline.h -- a trace drawn in text, one line a rank.
 *
 *   rank 0  F0 F1 .  .  B0--- .  B1---
 *   rank 1  .  F0 B0--- F1 B1--- .
 *
 * A block is a compute action: kind, microbatch (and, where ranks own several
 * stages and there is room, the stage before it, as in a cell); its length is
 * its time. Dots are idle. If whole ticks do not fit the width, time is scaled
 * and labels that do not fit shrink to the kind's letter. */
#ifndef PIPELAB_REPORT_TIMELINE_H
#define PIPELAB_REPORT_TIMELINE_H

#include "plan/plan.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct timeline_style {
    int width;    /* columns for the whole line */
    bool scaled;  /* never widen ticks to cells: for nanoseconds */
    bool colour;  /* ANSI escapes, a colour a kind */
    bool unicode; /* line-drawing characters, UTF-8 */
};

/* What suits a stream: its terminal's width and colour (NO_COLOR honoured),
 * the locale's character set. 120 columns where there is no terminal. */
struct timeline_style
timeline_style_for(FILE *out);

/* Lanes whose spans all start at 0 or later. */
void
timeline_print(FILE *out, const struct plan *plan, const struct trace *trace,
               const struct timeline_style *style);

/* How far a run has come. */
struct timeline_progress {
    const struct trace *done; /* so far: each lane begins the whole one */
    int64_t now;              /* the trace's time */
    int next[2];              /* ranks that move next; or -1 */
};

/* A whole trace of which only a part is done. The rest is written small; a mark
 * stands before who moves next and beneath what time it is. In colour the rest
 * is faint, too, and the block that comes next reversed.
 *
 *     rank 0 F0 F1 .  .  b0--- b1---
 *   > rank 1 .  F0 f1 b0--- b1--- .
 *                  ^ t=2 */
void
timeline_print_progress(FILE *out, const struct plan *plan,
                        const struct trace *whole,
                        const struct timeline_progress *progress,
                        const struct timeline_style *style);

#endif
