/* bound.h -- what no plan of a placement can be shorter than.
 *
 * The largest of
 *
 *   the way of one microbatch up all stages and back, with its messages;
 *   for each rank: the time until its first input + all its work; or + its
 *     forwards and input gradients + the way from the last of them to the end;
 *   for each rank whose memory is limited: what it takes until that memory has
 *     held every microbatch for as long as its way up and back takes. Two
 *     reasons:
 *       area: sum of size x time <= room x time, less the triangles where the
 *         rank fills its memory, no faster than forward by forward, and
 *         empties it, no faster than W by W;
 *       rounds, of its first stage: forward n starts when what forward n - K
 *         took is free, K those that fit. With q, m = divmod(M - 1, K) and R
 *         from a forward's start until that, the last one starts q R + m F
 *         after the first, or later. With more stages on the rank they need
 *         room, too: see bound_rounds();
 *       nested rounds, of each of its stages: a microbatch there holds what
 *         the stages before took, so that K counts these together;
 *   for each pair of ranks with a bandwidth: all messages on its wire.
 *
 * A step of a rank begins when its last one has ended, so that a period is no
 * less than what is said of a rank, without the ways to and from it.
 *
 * If an overlapped forward and backward have a cost of their own, every
 * forward counts as saving as much as possible. Where actions take no time,
 * only work counts. */
#ifndef PIPELAB_SEARCH_BOUND_H
#define PIPELAB_SEARCH_BOUND_H

#include "search/problem.h"

enum bound_reason { BOUND_WAY, BOUND_WORK, BOUND_MEMORY, BOUND_WIRE };

struct bound {
    int64_t ticks;
    enum bound_reason reason;
    int rank; /* whose work or memory it is, or that sends */
    int peer; /* that receives */
};

struct bound
bound_makespan(const struct problem *problem);

struct bound
bound_period(const struct problem *problem);

/* Of a makespan with any memory, by the shape's placement. */
struct bound
bound_of_shape(const struct plan *shape, const struct cost *cost);

/* "the work of rank 2", ... */
enum { BOUND_TEXT = 64 };
const char *
bound_text(const struct bound *bound, char text[BOUND_TEXT]);

#endif
