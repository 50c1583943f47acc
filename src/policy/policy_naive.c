/* policy_naive.c -- one microbatch at a time. */
#include "config.h"

#include "policy/policy.h"

/* Each microbatch goes all the way up and back before the next one starts, so
 * at any time one rank of P works: the bubble is 1 - 1/P. */
static void
make_naive(struct plan *plan)
{
    for (int r = 0; r < plan->ranks; r++)
        for (int m = 0; m < plan->mbs; m++) {
            plan_add(plan, r, action_of(ACTION_FORWARD, r, m));
            plan_add(plan, r, action_of(ACTION_FULL_BACKWARD, r, m));
        }
}

const struct policy policy_naive = {
    .name = "naive",
    .summary = "one microbatch at a time: one rank works, the others wait",
    .placement = PLACEMENT_ONE,
    .make = make_naive,
};
