/* clocks.h -- compares predicted with measured time: the nanoseconds of a
 * tick, and the largest differences. */
#ifndef PIPELAB_REPORT_CLOCKS_H
#define PIPELAB_REPORT_CLOCKS_H

#include "trace/trace.h"

#include <stdio.h>

/* Nanoseconds a tick: measured over predicted time of all computations of one
 * step. 0 if nothing was predicted to take time. */
double
clocks_tick_ns(const struct trace *virtual, const struct trace *wall);

/* Prints the three largest differences between measured and predicted time of
 * one kind of action, or of waiting, on one rank; the largest first. Both
 * traces are of one step of the same plan. */
void
clocks_print(FILE *out, const struct trace *virtual, const struct trace *wall);

#endif
