/* policy_looped_bfs.c -- GPipe over several stages a rank, a stage at a time.
 * */
#include "config.h"

#include "policy/policy.h"

/* Lamy-Poirier, "Breadth-first pipeline parallelism" (MLSys 2023): GPipe over
 * V stages a rank, one stage after the other. It has the bubble of interleaved
 * 1F1B and keeps all activations alive. A rank stays on one stage for many
 * actions, which is good for sharded weights. The backwards run in descending
 * order of the microbatches, as those of torch.distributed.pipelining do. */
static void
make_looped_bfs(struct plan *plan)
{
    for (int s = 0; s < plan->stages; s++)
        for (int m = 0; m < plan->mbs; m++)
            plan_add(plan, plan->rank_of_stage[s],
                     action_of(ACTION_FORWARD, s, m));
    for (int s = plan->stages - 1; s >= 0; s--)
        for (int m = plan->mbs - 1; m >= 0; m--)
            plan_add(plan, plan->rank_of_stage[s],
                     action_of(ACTION_FULL_BACKWARD, s, m));
}

const struct policy policy_looped_bfs = {
    .name = "looped-bfs",
    .also = "breadth-first BFS",
    .summary = "GPipe over several stages a rank, a stage at a time",
    .placement = PLACEMENT_LOOPED,
    .make = make_looped_bfs,
};
