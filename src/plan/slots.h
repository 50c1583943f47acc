/* slots.h -- assigns memory slots to the microbatches in flight, by a linear
 * scan over the rank's list before the run, as a compiler assigns registers.
 *
 * Which microbatches are alive at the same time depends on the plan alone. So
 * the memory is exactly what the schedule needs (M stashes for GPipe, P-r for
 * 1F1B), and nothing is allocated during the run. */
#ifndef PIPELAB_PLAN_SLOTS_H
#define PIPELAB_PLAN_SLOTS_H

#include "plan/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a slot holds: from its first action .. to its last. */
enum slot_kind {
    SLOT_STASH,       /* activations: RECV_F or F .. B or W */
    SLOT_GRAD_OUTPUT, /* gradient of the output: RECV_B .. B or I */
    SLOT_GRAD_INPUT,  /* gradient of the input: B or I .. SEND_B, or the
                       * backward of the stage below on the same rank */
    SLOT_KEPT,        /* gradients of the layers: I .. W */
    SLOT_OUTPUT, /* of a stage that recomputes, the output: F .. SEND_F, or
                       * the forward of the stage above on the same rank */
    SLOT_KINDS
};

struct slots {
    int count;  /* slots needed */
    int *of_mb; /* mbs: the slot of a microbatch, or -1 if it needs none */
};

/* The actions that use the slots of each place, found by one pass over a
 * lowered, valid plan. Without it, a rank with many stages would scan its
 * whole list for each of them. */
struct slot_index {
    const struct plan *plan; /* borrowed */
    size_t *end;             /* places: place p has the entries at[end[p-1]] ..
                              * at[end[p]-1] */
    uint32_t *at;            /* an entry: 2 x index in the rank's list, + 1 for
                              * the second part of an overlap */
};
struct slot_index *
slots_index_new(const struct plan *plan);
/* Accepts NULL. */
void
slots_index_free(struct slot_index *index);

/* The slots of one kind for one place; see plan.h. */
void
slots_assign(struct slots *slots, const struct slot_index *index, int place,
             enum slot_kind kind);
void
slots_fini(struct slots *slots);

/* Whether a microbatch holds a slot of this kind after the rank has done the
 * first `done` actions of its list. */
bool
slots_held(const struct plan *plan, int stage, enum slot_kind kind, int mb,
           size_t done);

#endif
