/* policy_chimera.c -- 1F1B both ways through the ranks. */
#include "config.h"

#include "base/memory.h"
#include "base/plural.h"
#include "policy/policy.h"

#include <stdlib.h>

static bool
suits_chimera(const char *name, int ranks, int mbs, struct cause *cause)
{
    return mbs % ranks == 0 ||
           fail(cause,
                "%s goes in units of one microbatch a rank; %d "
                "microbatch%s on %d rank%s will not fit, use a multiple of %d",
                name, mbs, plural_es(mbs), ranks, plural(ranks), ranks);
}

/* Adds a rank's unit, whose first microbatch is `first`. In slots, a slot an
 * action, microbatch m of a way is on stage s at s + 2m forward and at 2P - 1 -
 * s + 2m backward: 1F1B. At an even P the slots of the two ways never meet. */
static void
add_unit(struct action slots[], const struct plan *plan, int rank, int first)
{
    int each = plan->ranks / 2;

    for (int way = 0; way < 2; way++) {
        int stage = way ? plan->ranks - 1 - rank : rank;

        for (int m = 0; m < each; m++) {
            int mb = first + way * each + m;
            /* Units begin 2P slots apart: that many actions has each rank. */
            int at = 2 * first + 2 * m;

            slots[at + stage] = action_of(ACTION_FORWARD, stage, mb);
            slots[at + 2 * plan->ranks - 1 - stage] =
                action_of(ACTION_FULL_BACKWARD, stage, mb);
        }
    }
}

/* Li and Hoefler, "Chimera: efficiently training large-scale neural networks
 * with bidirectional pipelines" (SC 2021), section 3.1: of a unit of P
 * microbatches half go down the ranks and half go up, through two copies of the
 * stages, each way in 1F1B. Units follow each other by direct concatenation
 * (section 3.5): the forwards of the next one fill the gaps at the end of
 * one. */
static void
make_chimera(struct plan *plan)
{
    int count = 2 * plan->mbs + 3 * plan->ranks;

    for (int m = 0; m < plan->mbs; m++)
        plan->copy_of_mb[m] = m % plan->ranks >= plan->ranks / 2;
    for (int r = 0; r < plan->ranks; r++) {
        struct action *slots = memory_new((size_t)count, sizeof *slots);

        for (int i = 0; i < count; i++)
            slots[i].kind = ACTION_KINDS;
        for (int first = 0; first < plan->mbs; first += plan->ranks)
            add_unit(slots, plan, r, first);
        for (int i = 0; i < count; i++)
            if (slots[i].kind != ACTION_KINDS)
                plan_add(plan, r, slots[i]);
        free(slots);
    }
}

const struct policy policy_chimera = {
    .name = "chimera",
    .summary = "1F1B both ways through the ranks, over two copies",
    .placement = PLACEMENT_BOTH_WAYS,
    .suits = suits_chimera,
    .make = make_chimera,
};
