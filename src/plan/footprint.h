/* footprint.h -- what the ranks of a plan hold: microbatches in flight, their
 * bytes, and the bytes that stay through a step. */
#ifndef PIPELAB_PLAN_FOOTPRINT_H
#define PIPELAB_PLAN_FOOTPRINT_H

#include "plan/plan.h"

#include <stddef.h>
#include <stdint.h>

/* Bytes that a rank holds, by kind. */
enum memory_kind {
    MEMORY_WEIGHTS,
    MEMORY_GRADIENTS,
    MEMORY_OPTIMIZER,   /* state */
    MEMORY_ACTIVATIONS, /* at their peak, with the gradients between I and W */
    MEMORY_KINDS
};
struct memory_summary {
    int64_t bytes[MEMORY_KINDS];
};

/* What is in flight on a rank at one moment of a step. */
struct memory_now {
    int live;      /* (stage, microbatch) pairs */
    int peak;      /* the most of them in a whole step */
    int64_t bytes; /* of MEMORY_ACTIVATIONS */
};

/* Bytes that one microbatch takes on a stage. */
struct footprint {
    int64_t stash; /* activations: from its F to its B or W; in a plan that
                    * does not train, during its F */
    int64_t kept;  /* gradients of the layers: from its I to its W */
};

/* The most bytes in flight at the same time on each rank; they depend on the
 * order of its list alone. stages[plan->stages], peaks[plan->ranks]. With
 * stages NULL, here and below: live activations, in (stage, microbatch) pairs,
 * instead of bytes. */
void
footprint_peaks(const struct plan *plan, const struct footprint stages[],
                int64_t peaks[]);

/* The bytes in flight on a rank once it has done the first `done` actions of
 * its list. */
int64_t
footprint_after(const struct plan *plan, const struct footprint stages[],
                int rank, size_t done);

#endif
