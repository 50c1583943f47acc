/* footprint.h -- what the ranks of a plan hold: microbatches in flight, their
 * bytes, and the bytes that stay through a step.
 *
 * Activations are counted in units of a_F, what one microbatch keeps on a stage
 * after its F. Its I frees all of it but a_W, which its W needs and frees. The
 * zero-bubble papers count so; for their transformers a_W / a_F is
 * 32h / (34h + 5as) (Qi et al., ICLR 2024, table 1).
 *
 *   F ............... B          a_F until the end of B
 *   F ........ I ........ W      a_F until the end of I, then a_W
 *
 * Where nothing is said of it, a_W is a_F: all of it stays until the W. */
#ifndef PIPELAB_PLAN_FOOTPRINT_H
#define PIPELAB_PLAN_FOOTPRINT_H

#include "plan/plan.h"

#include <stdbool.h>
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
    bool timed;      /* it is known when activations are at their peak: */
    int64_t peak_at; /* the first such time in a step, in ticks */
};

/* What a stage takes through a whole step, in bytes. */
struct stage_bytes {
    int64_t parameters; /* its gradients take as many */
    int64_t optimizer;
    int64_t output; /* a message to the next stage, or back to it */
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
 *   F ............... B          stash; during F also forward, during B backward
 *   F ........ I ........ W      stash; during I also input; then owed */
struct footprint {
    int64_t stash;    /* activations, from the start of its F to the end of its
                       * B or I */
    int64_t forward;  /* besides, during its F */
    int64_t backward; /* besides, during its B */
    int64_t input;    /* besides, during its I */
    int64_t owed;     /* from the end of its I to the end of its W */
};

/* How what is in flight is counted: in bytes of the stages, or, where stages is
 * NULL, in millionths of an activation. */
enum { ACTIVATION_ONE = 1000000 };
struct footprint_rule {
    bool trains;        /* see plan_trains(); else an F frees what it takes */
    int freed_by_input; /* of an activation, in millionths: 1 - a_W / a_F */
    const struct footprint *stages; /* borrowed */
};
struct footprint_rule
footprint_rule(const struct plan *plan, const struct footprint stages[]);

/* plan->freed_by_input for a_W / a_F, from 0 to 1. */
int
footprint_freed_by_input(double weight_activations);

/* What an action takes when it starts, and what it frees when it ends. */
int64_t
footprint_taken(const struct footprint_rule *rule,
                const struct action *action);
int64_t
footprint_freed(const struct footprint_rule *rule,
                const struct action *action);

/* "4", or "3.41" where it is no whole number. */
enum { FOOTPRINT_TEXT = 32 };
const char *
footprint_text(double activations, char text[FOOTPRINT_TEXT]);

/* The most activations in flight at the same time on each rank, by the rule of
 * the plan; they depend on the order of its list alone. peaks[plan->ranks] */
void
footprint_activations(const struct plan *plan, double peaks[]);

/* The same as the rule counts with stages[plan->stages] or NULL. */
void
footprint_peaks(const struct plan *plan, const struct footprint stages[],
                int64_t peaks[]);

/* Fills the bytes of each rank: memory[plan->ranks], all zero. Links have this
 * many slots, and at least one. */
void
footprint_memory(const struct plan *plan, const struct stage_bytes kept[],
                 const struct footprint stages[], int capacity,
                 struct memory_summary memory[]);

/* All that a rank holds. */
int64_t
footprint_total(const struct memory_summary *memory);

/* What is in flight on a rank once it has done the first `done` actions of its
 * list. */
int64_t
footprint_after(const struct plan *plan, const struct footprint stages[],
                int rank, size_t done);

#endif
