/* placement.h -- which rank owns which stages.
 *
 *              P = 2, S = 4      rank 0    rank 1
 *   looped:   r, r+P, ...         0 2       1 3
 *   V:        r, 2P-1-r           0 3       1 2
 *
 * PLACEMENT_ONE, one stage a rank, is looped with S = P. */
#ifndef PIPELAB_PLAN_PLACEMENT_H
#define PIPELAB_PLAN_PLACEMENT_H

#include "plan/plan.h"

enum placement { PLACEMENT_ONE, PLACEMENT_LOOPED, PLACEMENT_V };

/* The rank that owns stage. PLACEMENT_ONE needs S = P, LOOPED S a multiple of
 * P, V S = 2P. */
int
placement_rank(enum placement placement, int ranks, int stage);

/* A plan of empty lists with its stages placed; the caller frees it. */
struct plan *
placement_plan(enum placement placement, const char *name, int ranks,
               int stages, int mbs);

#endif
