/* policy_dualpipe.c -- forwards and backwards overlapped, over two copies of
 * the stages. */
#include "config.h"

#include "policy/dualpipe.h"
#include "policy/policy.h"

static bool
suits_dualpipe(const char *name, int ranks, int mbs, struct cause *cause)
{
    if (mbs >= 2 * ranks && mbs % 2 == 0)
        return true;
    return fail(cause,
                "%s needs an even number of microbatches, two a rank or "
                "more; on %d ranks use %d microbatches, %d or more",
                name, ranks, 2 * ranks, 2 * ranks + 2);
}

/* DeepSeek-V3 technical report (2024), section 3.2.1, in the order of their
 * program: half of the microbatches go down the ranks and half go up, through
 * two copies of the stages. The two ways meet in the middle. A forward of one
 * way and a backward of the other run as one block, so that the communication
 * of one overlaps the computation of the other. */
static void
make_dualpipe(struct plan *plan)
{
    int half = plan->mbs / 2;

    for (int m = half; m < plan->mbs; m++)
        plan->copy_of_mb[m] = 1;
    for (int r = 0; r < plan->ranks; r++) {
        bool below = r >= plan->ranks / 2; /* it begins with the way up */
        int mirrored = plan->ranks - 1 - r;
        struct dualpipe p = {
            .plan = plan,
            .rank = r,
            .depth = plan->ranks / 2,
            .at = below ? mirrored : r,
            .mbs = half,
            .stage = {below ? mirrored : r, below ? r : mirrored},
            .forward = {below ? half : 0, below ? 0 : half},
            .backward = {below ? half : 0, below ? 0 : half},
        };

        dualpipe_lay_out(&p);
    }
}

const struct policy policy_dualpipe = {
    .name = "dualpipe",
    .summary =
        "forwards and backwards overlapped, both ways through the ranks",
    .placement = PLACEMENT_BOTH_WAYS,
    .suits = suits_dualpipe,
    .make = make_dualpipe,
};
