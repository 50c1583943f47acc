/* gather.h -- brings to process 0 what the ranks of others did. */
#ifndef PIPELAB_RUNTIME_GATHER_H
#define PIPELAB_RUNTIME_GATHER_H

#include "runtime/run.h"

/* After the ranks were joined, with run->steps agreed on, before their spans
 * are settled: process 0 receives the times and spans of all ranks, in its own
 * wall time. Every process calls it. Does nothing without a world. */
void
gather_run(struct run *run);

#endif
