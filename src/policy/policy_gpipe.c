/* policy_gpipe.c -- all forwards, then all backwards. */
#include "config.h"

#include "policy/policy.h"

/* Huang et al., "GPipe: efficient training of giant neural networks using
 * pipeline parallelism" (NeurIPS 2019), section 2.3. The backwards run in
 * ascending order, as torch.distributed.pipelining's ScheduleGPipe runs them,
 * so that gradients add up in the order of the microbatches. Bubble
 * (P-1)/(M+P-1); all M activations are alive at once. */
static void
make_gpipe(struct plan *plan)
{
    for (int r = 0; r < plan->ranks; r++) {
        for (int m = 0; m < plan->mbs; m++)
            plan_add(plan, r, action_of(ACTION_FORWARD, r, m));
        for (int m = 0; m < plan->mbs; m++)
            plan_add(plan, r, action_of(ACTION_FULL_BACKWARD, r, m));
    }
}

const struct policy policy_gpipe = {
    .name = "gpipe",
    .also = "F-then-B",
    .summary = "all forwards, then all backwards",
    .placement = PLACEMENT_ONE,
    .make = make_gpipe,
};
