#include "config.h"

#include "schedule/lower.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* The transfer that a simple action needs before it (or makes after it); false
 * if its neighbour lives on the same rank. */
static bool
transfer_of(const struct plan *plan, const struct action *part, bool before,
            struct action *transfer)
{
    int stage = part->stage;

    switch ((enum action_kind)part->kind) {
    case ACTION_FORWARD:
        *transfer = action_of(before ? ACTION_RECV_F : ACTION_SEND_F, stage,
                              part->mb);
        return plan_crosses(plan, before ? stage - 1 : stage);
    case ACTION_FULL_BACKWARD:
    case ACTION_BACKWARD_INPUT:
        *transfer = action_of(before ? ACTION_RECV_B : ACTION_SEND_B, stage,
                              part->mb);
        return plan_crosses(plan, before ? stage : stage - 1);
    default:
        return false;
    }
}

/* Actions of a rank once it is lowered, but for STEPs that it lacks. */
static size_t
lowered_count(const struct plan *plan, int rank)
{
    const struct action_list *list = &plan->lists[rank];
    size_t lowered = list->count;

    for (size_t i = 0; i < list->count && !plan->lowered; i++) {
        struct action parts[2];
        struct action transfer;
        int count = action_parts(&list->at[i], parts);

        for (int p = 0; p < count; p++)
            lowered += (size_t)transfer_of(plan, &parts[p], true, &transfer) +
                       (size_t)transfer_of(plan, &parts[p], false, &transfer);
    }
    return lowered;
}

size_t
lower_bytes(const struct plan *plan)
{
    size_t actions = (size_t)plan->stages;

    for (int r = 0; r < plan->ranks; r++)
        actions += lowered_count(plan, r);
    return plan_bytes(plan, actions);
}

static void
add_transfers(struct plan *to, int rank, const struct action parts[],
              int count, bool before)
{
    struct action transfer;

    for (int p = 0; p < count; p++)
        if (transfer_of(to, &parts[p], before, &transfer))
            plan_add(to, rank, transfer);
}

static void
lower_list(struct plan *to, int rank, const struct action_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct action parts[2];
        int count = action_parts(&list->at[i], parts);

        add_transfers(to, rank, parts, count, true);
        plan_add(to, rank, list->at[i]);
        add_transfers(to, rank, parts, count, false);
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
        plan_reserve(to, r,
                     lowered_count(plan, r) +
                         (size_t)(plan->stages / plan->ranks));
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
