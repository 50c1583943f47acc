/* timeline.h -- a trace drawn in text, one line a rank.
 *
 *   rank 0  F0 F1 .  .  B0--- .  B1---
 *   rank 1  .  F0 B0--- F1 B1--- .
 *
 * A block is a compute action; its length is its time. Its label has the kind
 * and the microbatch; where ranks own several stages and there is room, the
 * stage comes first, as in a cell. Dots are idle. If whole ticks do not fit
 * the width, time is scaled, and labels that do not fit become the kind's
 * letter. */
#ifndef PIPELAB_REPORT_TIMELINE_H
#define PIPELAB_REPORT_TIMELINE_H

#include "plan/plan.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct timeline_style {
    int width;    /* columns for the whole line */
    bool scaled;  /* scale time to the width: for nanoseconds */
    bool colour;  /* ANSI escapes, one colour a kind */
    bool unicode; /* line-drawing characters, UTF-8 */
};

/* The style for a stream: width and colour of its terminal, unless NO_COLOR is
 * set, and the locale's character set; 120 columns if it is no terminal. */
struct timeline_style
timeline_style_for(FILE *out);

/* Prints a trace; no span starts before 0. */
void
timeline_print(FILE *out, const struct plan *plan, const struct trace *trace,
               const struct timeline_style *style);

/* How far a run has come. */
struct timeline_progress {
    const struct trace *done; /* the first spans of each lane of whole */
    int64_t now;              /* in the trace's time */
    int next[2];              /* ranks that move next; or -1 */
};

/* Prints a whole trace of which only a part is done. The rest has small
 * letters. A mark stands before each rank that moves next and below the
 * present time. In colour the rest is also faint, and the next block is
 * reversed.
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
