/* policy_zb1p.c -- ZB-H1: weight gradients fill the draining pipe. */
#include "config.h"

#include "policy/looped.h"
#include "policy/policy.h"

/* Qi et al., "Zero bubble pipeline parallelism" (ICLR 2024), section 2.1:
 * ZB-H1, and over V stages a rank what PyTorch calls interleaved zero bubble.
 * The backward is split. I runs at once, since the next rank waits for it. No
 * rank waits for W, so rank r runs it r rounds later, where it fills the
 * draining pipe. Activations live until their W: with one stage a rank, every
 * rank holds P of them, as many as the first rank of 1F1B. */
static void
make_zb1p(struct plan *plan)
{
    int group = looped_group(plan);
    int chunks = looped_chunks(plan);
    int total = chunks * plan->mbs;

    for (int r = 0; r < plan->ranks; r++) {
        int warmup = (chunks - 1) * group + plan->ranks - 1 - r;
        int weights = 0;

        if (warmup > total)
            warmup = total;
        for (int n = 0; n < total + warmup; n++) {
            if (n < total)
                plan_add(plan, r, looped_forward(plan, r, n));
            if (n >= warmup)
                plan_add(plan, r,
                         looped_backward(plan, ACTION_BACKWARD_INPUT, r,
                                         n - warmup));
            if (n >= warmup + r)
                plan_add(plan, r,
                         looped_backward(plan, ACTION_BACKWARD_WEIGHT, r,
                                         weights++));
        }
        while (weights < total)
            plan_add(
                plan, r,
                looped_backward(plan, ACTION_BACKWARD_WEIGHT, r, weights++));
    }
}

const struct policy policy_zb1p = {
    .name = "zb1p",
    .also = "ZB-H1 InterleavedZeroBubble",
    .summary = "ZB-H1, interleaved if there are several stages a rank",
    .placement = PLACEMENT_LOOPED,
    .suits = looped_suits,
    .make = make_zb1p,
};
