/* clocks.h -- predicted beside measured: how long a tick turned out to be, and
 * where the two clocks part. */
#ifndef PIPELAB_REPORT_CLOCKS_H
#define PIPELAB_REPORT_CLOCKS_H

#include "trace/trace.h"

#include <stdio.h>

/* Nanoseconds a tick: measured over predicted time of all computations of one
 * step. 0 if nothing was predicted to take time. */
double
clocks_tick_ns(const struct trace *virtual, const struct trace *wall);

/* The three ranks and kinds of action, or waiting, whose measured time is
 * furthest from its prediction, the largest difference first. Both traces are
 * of one step of the same plan. */
void
clocks_print(FILE *out, const struct trace *virtual,
             const struct trace *wall);

#endif
