/* dualpipe.h -- the order of DualPipe's actions on one rank, which has two
 * chunks: its own stage of the way down a V and that of the way up, or its
 * stages of two copies that go through the ranks in opposite directions.
 *
 * DeepSeek-V3 technical report (2024), section 3.2.1. Each forward of one chunk
 * runs with a backward of the other as one block, after a warm-up that is the
 * longer the farther a rank is from where the ways meet. */
#ifndef PIPELAB_POLICY_DUALPIPE_H
#define PIPELAB_POLICY_DUALPIPE_H

#include "plan/plan.h"

#include <stdbool.h>
#include <stddef.h>

/* The caller sets what is set once, and each chunk's first microbatch in
 * forward and backward. */
struct dualpipe {
    struct plan *plan;
    int rank;
    int depth;    /* ranks from the beginning of a way to where they meet */
    int at;       /* which of them this rank is, 0 .. depth-1 */
    int mbs;      /* of each chunk, 2 x depth or more */
    int stage[2]; /* of each chunk; 0 is the one that this rank begins with */
    int forward[2];
    int backward[2]; /* whole or input gradient */
    size_t owed; /* input gradients whose W was added, of the rank's list */
    bool split;  /* the backwards from here on are split */
};

/* Adds the rank's whole list to the plan. */
void
dualpipe_lay_out(struct dualpipe *p);

#endif
