/* bench_links.h -- how long a message takes around a ring of ranks: ping-pong
 * when there are two. */
#ifndef PIPELAB_BENCH_BENCH_LINKS_H
#define PIPELAB_BENCH_BENCH_LINKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bench_ring {
    int ranks;        /* >= 2; rank r sends to r+1, the last to rank 0 */
    const int *cores; /* ranks: what each is bound to */
    size_t floats;    /* that a message carries */
    bool patient;     /* of the channels: see channel.h */
    int rounds;
};

/* Sends a message around again and again; ns[rounds] receives how long each
 * round took. */
void
bench_ring_run(const struct bench_ring *ring, int64_t ns[]);

/* Sorts ns[count] and returns the value that a share of them stays below:
 * 0.5 for the median. */
int64_t
bench_quantile(int64_t ns[], int count, double share);

#endif
