/* policy_interleaved_1f1b.c -- 1F1B over several stages a rank. */
#include "config.h"

#include "policy/looped.h"
#include "policy/policy.h"

/* Narayanan et al., Megatron-LM (SC 2021), section 2.2: 1F1B over V stages a
 * rank. A stage is V times shorter, and so is the filling of the pipe: the
 * bubble is (P-1)/(VM+P-1). The cost is V times the messages and the
 * activations of a longer warm-up. */
static void
make_interleaved_1f1b(struct plan *plan)
{
    int group = looped_group(plan);
    int chunks = looped_chunks(plan);
    int total = chunks * plan->mbs;

    for (int r = 0; r < plan->ranks; r++) {
        int warmup = (chunks - 1) * group + 2 * (plan->ranks - 1 - r);

        if (warmup > total)
            warmup = total;
        for (int n = 0; n < total + warmup; n++) {
            if (n < total)
                plan_add(plan, r, looped_forward(plan, r, n));
            if (n >= warmup)
                plan_add(plan, r,
                         looped_backward(plan, ACTION_FULL_BACKWARD, r,
                                         n - warmup));
        }
    }
}

const struct policy policy_interleaved_1f1b = {
    .name = "interleaved-1f1b",
    .also = "interleaved",
    .summary = "1F1B over several stages a rank",
    .placement = PLACEMENT_LOOPED,
    .suits = looped_suits,
    .groups = true,
    .make = make_interleaved_1f1b,
};
