/* chrome.h -- a trace as Chrome trace events, which ui.perfetto.dev and
 * chrome://tracing open.
 *
 *   [ {"ph":"M", ...}     process and thread names, sort order
 *     {"ph":"X", ...}     a slice: one span, named by its cell
 *     {"ph":"s", ...}     a flow leaves the SEND ...
 *     {"ph":"f", ...}     ... and ends in its RECV
 *     {"ph":"C", ...}     live activations of a rank; its bytes
 *
 * One process a clock, one thread a rank; threads are numbered from 1, since 0
 * means "no thread" to the viewers. Each event is one line and is flushed, so
 * that the viewers can open a file that was never closed.
 * Format: "Trace Event Format", Google, sections "JSON Array Format" and
 * "Flow Events". */
#ifndef PIPELAB_REPORT_CHROME_H
#define PIPELAB_REPORT_CHROME_H

#include "plan/plan.h"
#include "report/memory_chart.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct chrome {
    FILE *out;     /* borrowed */
    bool begun;    /* an event has been written */
    int64_t flows; /* messages drawn so far */
};

void
chrome_open(struct chrome *chrome, FILE *out);

/* Names a process (a clock, numbered from 1) and its ranks' threads. */
void
chrome_clock(struct chrome *chrome, int clock, const char *name, int ranks);

/* Converts a trace's time to the viewers' microseconds. */
struct chrome_time {
    double us;    /* microseconds of one unit of the trace */
    double start; /* time 0 of the trace, in microseconds */
};

/* The bytes of a rank over time, as counters: what stays through a step, the
 * activations and, if there is one, the limit. */
void
chrome_memory(struct chrome *chrome, int clock,
              const struct memory_chart *chart, const struct trace *trace,
              struct chrome_time time);

/* The spans of one step. */
void
chrome_add(struct chrome *chrome, int clock, const struct plan *plan,
           const struct trace *trace, struct chrome_time time);

/* Ends the array. The caller checks the stream for errors. */
void
chrome_close(struct chrome *chrome);

#endif
