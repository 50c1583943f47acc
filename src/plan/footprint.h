/* footprint.h -- a plan's microbatches in flight: how many, and the memory that
 * they need. */
#ifndef PIPELAB_PLAN_FOOTPRINT_H
#define PIPELAB_PLAN_FOOTPRINT_H

#include "plan/plan.h"

#include <stddef.h>
#include <stdint.h>

/* Bytes that one microbatch takes on a stage. */
struct footprint {
    int64_t stash; /* activations: from its F to its B or W, or for its F only
                    * in a plan that does not train */
    int64_t kept;  /* gradients of the layers: from its I to its W */
};

/* The most bytes in flight at once on each rank, which the order of its list
 * alone decides. stages[plan->stages], peaks[plan->ranks]. With stages NULL, here
 * and below, not bytes but live activations, in (stage, microbatch) pairs. */
void
footprint_peaks(const struct plan *plan, const struct footprint stages[],
                int64_t peaks[]);

/* The bytes in flight on a rank once it has done the first `done` actions of
 * its list. */
int64_t
footprint_after(const struct plan *plan, const struct footprint stages[],
                int rank, size_t done);

#endif
