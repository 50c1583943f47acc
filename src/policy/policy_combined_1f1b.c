/* policy_combined_1f1b.c -- interleaved 1F1B whose forwards and backwards run
 * as one block. */
#include "config.h"

#include "policy/looped.h"
#include "policy/policy.h"

/* Megatron-Core's schedule where --overlap-moe-expert-parallel-comm is on
 * (combined_1f1b.py and get_pp_rank_microbatches() of schedules.py):
 * interleaved 1F1B with one more forward in the warm-up, so that the forward
 * and the backward of a round need nothing from each other. They run as one
 * block, in which the communication of one overlaps the computation of the
 * other. */
static void
make_combined_1f1b(struct plan *plan)
{
    int group = looped_group(plan);
    int chunks = looped_chunks(plan);
    int total = chunks * plan->mbs;

    for (int r = 0; r < plan->ranks; r++) {
        int warmup = (chunks - 1) * group + 2 * (plan->ranks - 1 - r) + 1;

        if (warmup > total)
            warmup = total;
        for (int n = 0; n < warmup; n++)
            plan_add(plan, r, looped_forward(plan, r, n));
        for (int n = 0; n < total; n++) {
            struct action backward =
                looped_backward(plan, ACTION_FULL_BACKWARD, r, n);

            if (warmup + n < total)
                backward = action_overlap(looped_forward(plan, r, warmup + n),
                                          backward);
            plan_add(plan, r, backward);
        }
    }
}

const struct policy policy_combined_1f1b = {
    .name = "combined-1f1b",
    .also = "combined",
    .summary = "interleaved 1F1B with forwards and backwards overlapped",
    .placement = PLACEMENT_LOOPED,
    .suits = looped_suits,
    .groups = true,
    .make = make_combined_1f1b,
};
