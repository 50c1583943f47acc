/* slots.h -- where the tensors of microbatches in flight live: like registers,
 * given out by a linear scan over the rank's list before anything runs.
 *
 * Which microbatches are alive at once depends on the plan alone, so memory is
 * exactly what the schedule needs (M stashes for GPipe, P-r for 1F1B) and
 * nothing is allocated later. */
#ifndef PIPELAB_SCHEDULE_SLOTS_H
#define PIPELAB_SCHEDULE_SLOTS_H

#include "schedule/plan.h"

#include <stdbool.h>
#include <stddef.h>

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

/* The slots of one kind for one stage of a lowered, valid plan. */
void
slots_assign(struct slots *slots, const struct plan *plan, int stage,
             enum slot_kind kind);
void
slots_fini(struct slots *slots);

/* Whether a microbatch holds such a slot once its rank has done the first
 * `done` actions of its list. */
bool
slots_held(const struct plan *plan, int stage, enum slot_kind kind, int mb,
           size_t done);

#endif
