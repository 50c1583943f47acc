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
    MEMORY_LINKS,       /* slots of the links that come in */
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

/* Bytes that one microbatch takes on a stage. In a plan that does not train,
 * its stash is there during its F alone.
 *
 *   F ............... B          stash; during B also backward
 *   F ........ I ........ W      stash; during I also input; then owed */
struct footprint {
    int64_t stash;    /* activations, from the start of its F to the end of its
                       * B or I */
    int64_t backward; /* besides, during its B */
    int64_t input;    /* besides, during its I */
    int64_t owed;     /* from the end of its I to the end of its W */
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
