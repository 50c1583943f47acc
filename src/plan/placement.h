/* placement.h -- which rank owns which stages.
 *
 *              P = 2                           rank 0     rank 1
 *   looped:   r, r+P, ...              S = 4    0 2        1 3
 *   V:        r, 2P-1-r                S = 4    0 3        1 2
 *   wave:     r, 2P-1-r, 2P+r, ...     S = 8    0 3 4 7    1 2 5 6
 *
 * A wave is one V after the other: down the ranks, up, and down again, so that
 * no message ever goes from the last rank to the first. PLACEMENT_ONE, one
 * stage a rank, is looped with S = P. PLACEMENT_BOTH_WAYS has two copies of
 * each stage (see plan.h): one down the ranks, with S = P, and one up; P is
 * even, so that no rank has both copies of a stage. */
#ifndef PIPELAB_PLAN_PLACEMENT_H
#define PIPELAB_PLAN_PLACEMENT_H

#include "plan/plan.h"

enum placement {
    PLACEMENT_ONE,
    PLACEMENT_LOOPED,
    PLACEMENT_V,
    PLACEMENT_WAVE,
    PLACEMENT_BOTH_WAYS
};

/* The rank that owns stage. PLACEMENT_ONE needs S = P, LOOPED S a multiple of
 * P, V S = 2P, WAVE S a multiple of 2P, BOTH_WAYS S = P, and is of copy 0. */
int
placement_rank(enum placement placement, int ranks, int stage);

/* The fewest stages that each rank can own. */
int
placement_chunks(enum placement placement);

/* A plan of empty lists with its stages placed; the caller frees it. With two
 * copies all microbatches go through copy 0 until the caller says otherwise. */
struct plan *
placement_plan(enum placement placement, const char *name, int ranks,
               int stages, int mbs);

#endif
