/* bench_round_trips.h -- what a message costs on this machine: round trips of
 * several sizes, between cores and on one, beside the bare copies. */
#ifndef PIPELAB_BENCH_BENCH_ROUND_TRIPS_H
#define PIPELAB_BENCH_BENCH_ROUND_TRIPS_H

#include "base/json.h"

/* Measures all cases, the longer the larger repeat is, each twice: with
 * channels that wait as ranks do, and with the condition variable alone. Prints
 * medians and 99th percentiles: a table on stdout or, if json is not NULL,
 * members of its open object. */
void
bench_round_trips(int repeat, struct json *json);

#endif
