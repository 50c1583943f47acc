/* slots.h -- where the tensors of microbatches in flight live: like registers,
 * given out by a linear scan over the rank's list before anything runs.
 *
 * Which microbatches are alive at once depends on the plan alone, so memory is
 * exactly what the schedule needs (M stashes for GPipe, P-r for 1F1B) and
 * nothing is allocated later. */
#ifndef PIPELAB_PLAN_SLOTS_H
#define PIPELAB_PLAN_SLOTS_H

#include "plan/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a slot holds and from which action to which it is alive. */
enum slot_kind {
    SLOT_STASH,       /* activations: RECV_F or F .. B or W */
    SLOT_GRAD_OUTPUT, /* gradient of the output: RECV_B .. B or I */
    SLOT_GRAD_INPUT,  /* gradient of the input: B or I .. SEND_B, or the
                       * backward of the stage below on the same rank */
    SLOT_KEPT,        /* gradients of the layers: I .. W */
    SLOT_KINDS
};

struct slots {
    int count;  /* slots needed */
    int *of_mb; /* mbs: the slot of a microbatch, or -1 if it needs none */
};

/* Which actions touch the slots of which stage. It is made by one pass over a
 * lowered, valid plan, so that a rank with many stages does not go through its
 * whole list for each of them. */
struct slot_index {
    const struct plan *plan; /* borrowed */
    size_t *end;             /* stages: the entries of stage s are those from
                              * end[s-1] to end[s]-1 */
    uint32_t *at;            /* 2 x place in the rank's list, + 1 for the
                              * second part of an overlap */
};
struct slot_index *
slots_index_new(const struct plan *plan);
/* Accepts NULL. */
void
slots_index_free(struct slot_index *index);

/* The slots of one kind for one stage. */
void
slots_assign(struct slots *slots, const struct slot_index *index, int stage,
             enum slot_kind kind);
void
slots_fini(struct slots *slots);

/* Whether a microbatch holds such a slot once its rank has done the first
 * `done` actions of its list. */
bool
slots_held(const struct plan *plan, int stage, enum slot_kind kind, int mb,
           size_t done);

#endif
