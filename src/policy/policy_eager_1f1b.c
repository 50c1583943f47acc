/* policy_eager_1f1b.c -- 1F1B with a warm-up twice as long. */
#include "config.h"

#include "policy/policy.h"

/* 1F1B with twice the warm-up: 2(P-r)-1 forwards before rank r's first
 * backward. It holds up to 2P-1 activations instead of P. In return the next
 * input is there before it is needed, even where a message takes time. The
 * name is from Zhuang et al., "On optimizing the communication of model
 * parallelism" (MLSys 2023). */
static void
make_eager_1f1b(struct plan *plan)
{
    for (int r = 0; r < plan->ranks; r++) {
        int warmup = 2 * (plan->ranks - r) - 1;

        if (warmup > plan->mbs)
            warmup = plan->mbs;
        for (int m = 0; m < warmup; m++)
            plan_add(plan, r, action_of(ACTION_FORWARD, r, m));
        for (int m = 0; m < plan->mbs; m++) {
            plan_add(plan, r, action_of(ACTION_FULL_BACKWARD, r, m));
            if (warmup + m < plan->mbs)
                plan_add(plan, r, action_of(ACTION_FORWARD, r, warmup + m));
        }
    }
}

const struct policy policy_eager_1f1b = {
    .name = "eager-1f1b",
    .summary = "1F1B that runs ahead twice as far",
    .placement = PLACEMENT_ONE,
    .make = make_eager_1f1b,
};
