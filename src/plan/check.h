/* check.h -- proves that a plan is complete, ordered, matched and free of
 * deadlock, or says where it is not.
 *
 * complete   each (stage, microbatch) has one F and, unless the plan is
 *            forward only, one B or one I and one W; transfers where stages
 *            live on different ranks
 * ordered    F(s) after F(s-1); B or I after its F and after B or I(s+1); W
 *            after its I; STEP after the stage's last weight gradient
 * matched    on each link, message n received is message n sent
 * runnable   some link capacity lets every rank reach its end */
#ifndef PIPELAB_PLAN_CHECK_H
#define PIPELAB_PLAN_CHECK_H

#include "plan/plan.h"

#include <stdbool.h>
#include <stdint.h>

struct check {
    struct plan *lowered;   /* the plan lowered, or a copy; owned */
    int smallest_capacity;  /* of all links, that is free of deadlock */
    int64_t messages;       /* in one step */
    int *peak_activations;  /* ranks: the most (stage, microbatch) whose F has
                             * started and whose B or W has not ended */
    int unordered_stage;    /* first stage whose weight gradients do not run in
                             * ascending microbatch order, or -1: such a plan
                             * equals the reference only within rounding */
};

/* Checks a compute-only or a lowered plan; errors name rank, position (see
 * plan_position()) and cell in that plan. On success release with check_fini();
 * after a failure there is nothing in check. */
bool
check_plan(struct check *check, const struct plan *plan, struct cause *cause);
void
check_fini(struct check *check);

/* Bytes that checking takes beside the plan, most of which the lowered plan
 * keeps. What has the right shape may be counted, whether or not it is
 * valid. */
size_t
check_bytes(const struct plan *plan);

/* Of peak_activations, the most. */
int
check_largest_peak(const struct check *check);

/* Whether a lowered, valid plan gets through with links of a capacity (see
 * WALK_UNBOUNDED). If not, position[ranks], unless NULL, receives where each
 * rank is stuck. */
bool
check_capacity(const struct plan *lowered, int capacity, size_t position[]);

#endif
