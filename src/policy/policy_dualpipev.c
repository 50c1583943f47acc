/* policy_dualpipev.c -- forwards and backwards overlapped over V-shaped
 * stages. */
#include "config.h"

#include "base/plural.h"
#include "policy/dualpipe.h"
#include "policy/policy.h"

static bool
suits_dualpipev(const char *name, int ranks, int mbs, struct cause *cause)
{
    if (mbs >= 2 * ranks)
        return true;
    return fail(cause,
                "%s needs two microbatches a rank; on %d rank%s use %d "
                "microbatches or more",
                name, ranks, plural(ranks), 2 * ranks);
}

/* DeepSeek's DualPipeV: DualPipe (DeepSeek-V3 technical report, 2024, section
 * 3.2.1) cut in half, so that no weights are held twice, as Qi et al. describe
 * in "DualPipe could be better without the Dual" (2025), in the order of
 * torch.distributed.pipelining's ScheduleDualPipeV. A forward and a backward
 * of different microbatches run as one block, so that the communication of one
 * overlaps the computation of the other. */
static void
make_dualpipev(struct plan *plan)
{
    for (int r = 0; r < plan->ranks; r++) {
        struct dualpipe p = {.plan = plan,
                             .rank = r,
                             .depth = plan->ranks,
                             .at = r,
                             .mbs = plan->mbs,
                             .stage = {r, plan->stages - 1 - r}};

        dualpipe_lay_out(&p);
    }
}

const struct policy policy_dualpipev = {
    .name = "dualpipev",
    .summary = "forwards and backwards overlapped over V-shaped stages",
    .placement = PLACEMENT_V,
    .suits = suits_dualpipev,
    .make = make_dualpipev,
};
