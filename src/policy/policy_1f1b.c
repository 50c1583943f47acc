/* policy_1f1b.c -- warm-up, one forward and one backward in turn, cool-down.
 * */
#include "config.h"

#include "policy/policy.h"

/* PipeDream-Flush: Narayanan et al., "Memory-efficient pipeline-parallel DNN
 * training" (ICML 2021), section 3.2. Rank r runs P-1-r forwards ahead, then
 * one forward and one backward in turn, then the backwards that are left. Same
 * bubble as GPipe, but rank r never holds more than P-r microbatches. */
static void
make_1f1b(struct plan *plan)
{
    for (int r = 0; r < plan->ranks; r++) {
        int warmup = plan->ranks - 1 - r;

        if (warmup > plan->mbs)
            warmup = plan->mbs;
        for (int m = 0; m < warmup; m++)
            plan_add(plan, r, action_of(ACTION_FORWARD, r, m));
        for (int m = warmup; m < plan->mbs; m++) {
            plan_add(plan, r, action_of(ACTION_FORWARD, r, m));
            plan_add(plan, r, action_of(ACTION_FULL_BACKWARD, r, m - warmup));
        }
        for (int m = plan->mbs - warmup; m < plan->mbs; m++)
            plan_add(plan, r, action_of(ACTION_FULL_BACKWARD, r, m));
    }
}

const struct policy policy_1f1b = {
    .name = "1f1b",
    .also = "PipeDream-Flush DAPPLE",
    .summary = "warm-up, then one forward one backward, then cool-down",
    .placement = PLACEMENT_ONE,
    .make = make_1f1b,
};
