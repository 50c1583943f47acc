/* bench_neighbour.h -- measures steps of a shape alone and beside another
 * process that computes on every core. A fair system gives each process half
 * of a core, so the best possible factor is 2. */
#ifndef PIPELAB_BENCH_BENCH_NEIGHBOUR_H
#define PIPELAB_BENCH_BENCH_NEIGHBOUR_H

#include "bench/bench_shape.h"

/* Measures each row of the shape both ways, --repeat times, and shows medians:
 * a table on stdout or, if json is not NULL, elements of its open array. */
void
bench_neighbour(struct bench_shape *shape, struct json *json);

#endif
