/* ranks.h -- runs what a student wrote for one rank on several, a thread each,
 * with links between them.
 *
 * A deadlock is found without a timeout: when every rank that has not ended
 * waits, and none has got what it waits for, none can ever go on. Then every
 * call returns at once, so that all threads end, and the result says in words
 * which rank waits for what. */
#ifndef PIPELAB_LABS_RANKS_H
#define PIPELAB_LABS_RANKS_H

#include "grader.h"

/* What one rank does; context is the caller's. */
typedef void
rank_function(struct rank *rank, void *context);

struct ranks_result {
    int64_t sent;    /* tensors, over all links */
    char wrong[400]; /* what went wrong first; empty if nothing did */
};

/* Runs the function on that many ranks, with links of that many slots from each
 * to each other. */
struct ranks_result
ranks_run(int ranks, int slots, rank_function *function, void *context);

#endif
