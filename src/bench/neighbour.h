/* neighbour.h -- another process that computes on every core, as a browser or a
 * build may, to measure beside. */
#ifndef PIPELAB_BENCH_NEIGHBOUR_H
#define PIPELAB_BENCH_NEIGHBOUR_H

#include <sys/types.h>

struct neighbour {
    pid_t pid;
    int line; /* the process ends when this is closed, also by our death */
};

/* Starts a process with one thread bound to each core. Returns when all of
 * them compute. No other thread may be running. */
void
neighbour_start(struct neighbour *neighbour);

/* Ends it and waits until it is gone. */
void
neighbour_stop(struct neighbour *neighbour);

#endif
