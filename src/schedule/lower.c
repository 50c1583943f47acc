#include "config.h"

#include "schedule/lower.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* The transfer that the simple action needs before it (or makes after it), if
 * its neighbour lives on another rank. */
static void
add_transfer(struct plan *to, int rank, const struct action *part, bool before)
{
    int stage = part->stage;

    switch ((enum action_kind)part->kind) {
    case ACTION_FORWARD:
        if (before && plan_crosses(to, stage - 1))
            plan_add(to, rank, action_of(ACTION_RECV_F, stage, part->mb));
        if (!before && plan_crosses(to, stage))
            plan_add(to, rank, action_of(ACTION_SEND_F, stage, part->mb));
        break;
    case ACTION_FULL_BACKWARD:
    case ACTION_BACKWARD_INPUT:
        if (before && plan_crosses(to, stage))
            plan_add(to, rank, action_of(ACTION_RECV_B, stage, part->mb));
        if (!before && plan_crosses(to, stage - 1))
            plan_add(to, rank, action_of(ACTION_SEND_B, stage, part->mb));
        break;
    default:
        break;
    }
}

static void
lower_list(struct plan *to, int rank, const struct action_list *list)
{
    /* A RECV before and a SEND after each at most, and the steps. */
    plan_reserve(to, rank,
                 3 * list->count + (size_t)(to->stages / to->ranks));
    for (size_t i = 0; i < list->count; i++) {
        struct action parts[2];
        int count = action_parts(&list->at[i], parts);

        for (int p = 0; p < count; p++)
            add_transfer(to, rank, &parts[p], true);
        plan_add(to, rank, list->at[i]);
        for (int p = 0; p < count; p++)
            add_transfer(to, rank, &parts[p], false);
    }
}

/* To each stage that has none yet. */
static void
add_steps(struct plan *to)
{
    bool *has_step = memory_new((size_t)to->stages, sizeof *has_step);

    for (int r = 0; r < to->ranks; r++)
        for (size_t i = 0; i < to->lists[r].count; i++)
            if (to->lists[r].at[i].kind == ACTION_OPTIMIZER_STEP)
                has_step[to->lists[r].at[i].stage] = true;
    for (int s = 0; s < to->stages; s++)
        if (!has_step[s])
            plan_add(to, to->rank_of_stage[s],
                     action_of(ACTION_OPTIMIZER_STEP, s, 0));
    free(has_step);
}

struct plan *
lower(const struct plan *plan)
{
    struct plan *to =
        plan_new(plan->name, plan->ranks, plan->stages, plan->mbs);

    memcpy(to->rank_of_stage, plan->rank_of_stage,
           (size_t)plan->stages * sizeof *to->rank_of_stage);
    for (int r = 0; r < plan->ranks; r++) {
        if (plan->lowered)
            for (size_t i = 0; i < plan->lists[r].count; i++)
                plan_add(to, r, plan->lists[r].at[i]);
        else
            lower_list(to, r, &plan->lists[r]);
    }
    to->lowered = true;
    if (plan_trains(to))
        add_steps(to);
    return to;
}
