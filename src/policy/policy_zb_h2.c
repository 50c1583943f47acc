/* policy_zb_h2.c -- ZB-H2: a longer warm-up, and no idle time inside a rank.
 * */
#include "config.h"

#include "policy/policy.h"

/* Qi et al., "Zero bubble pipeline parallelism" (ICLR 2024), section 2.2: rank
 * r runs 2(P-r)-1 forwards ahead, so that the pipe is full before the first
 * gradient comes back. It delays 2r weight gradients and runs them while the
 * pipe drains. With F = I = W no rank is idle between its first action and its
 * last, but every rank holds 2P-1 activations. */
static void
make_zb_h2(struct plan *plan)
{
    for (int r = 0; r < plan->ranks; r++) {
        int warmup = 2 * (plan->ranks - r) - 1;
        int weights = 0;

        if (warmup > plan->mbs)
            warmup = plan->mbs;
        for (int m = 0; m < warmup; m++)
            plan_add(plan, r, action_of(ACTION_FORWARD, r, m));
        for (int m = 0; m < plan->mbs; m++) {
            plan_add(plan, r, action_of(ACTION_BACKWARD_INPUT, r, m));
            if (m >= 2 * r)
                plan_add(plan, r,
                         action_of(ACTION_BACKWARD_WEIGHT, r, weights++));
            if (warmup + m < plan->mbs)
                plan_add(plan, r, action_of(ACTION_FORWARD, r, warmup + m));
        }
        while (weights < plan->mbs)
            plan_add(plan, r, action_of(ACTION_BACKWARD_WEIGHT, r, weights++));
    }
}

const struct policy policy_zb_h2 = {
    .name = "zb-h2",
    .summary = "no idle time inside a rank, for twice the activations",
    .placement = PLACEMENT_ONE,
    .make = make_zb_h2,
};
