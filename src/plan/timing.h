/* timing.h -- what the virtual time of a lowered plan follows from. A forecast
 * (sim) finds it out, a run (runtime) keeps to it. */
#ifndef PIPELAB_PLAN_TIMING_H
#define PIPELAB_PLAN_TIMING_H

#include "plan/cost.h"

#include <stdbool.h>
#include <stddef.h>

/* One turn of a run in lockstep. */
struct turn {
    int rank;    /* does one action */
    int partner; /* capacity 0: the rank that it meets does one too; else -1 */
};

/* All pointers are borrowed. */
struct timing {
    const struct cost *cost;
    int capacity;             /* slots of every link, >= 0 */
    const struct turn *turns; /* their order in lockstep, or NULL */
    size_t turn_count;
    bool complete; /* the turns are a whole step; else they end in a
                    * deadlock */
};

#endif
