/* lower.c -- adds transfers and optimizer steps to a plan. */
#include "config.h"

#include "plan/lower.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

bool
lower_transfer(const struct plan *plan, const struct action *part, bool before,
               struct action *transfer)
{
    int stage = part->stage;

    switch ((enum action_kind)part->kind) {
    case ACTION_FORWARD:
        *transfer =
            action_of(before ? ACTION_RECV_F : ACTION_SEND_F, stage, part->mb);
        return plan_crosses(plan, before ? stage - 1 : stage);
    case ACTION_FULL_BACKWARD:
    case ACTION_BACKWARD_INPUT:
        *transfer =
            action_of(before ? ACTION_RECV_B : ACTION_SEND_B, stage, part->mb);
        return plan_crosses(plan, before ? stage : stage - 1);
    default:
        return false;
    }
}

/* Length of a rank's list after lowering, without the STEPs to be added. */
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
            lowered +=
                (size_t)lower_transfer(plan, &parts[p], true, &transfer) +
                (size_t)lower_transfer(plan, &parts[p], false, &transfer);
    }
    return lowered;
}

/* The messages of each link, to put its RECVs in the order of its SENDs. */
struct messages {
    int32_t *order; /* links x mbs: microbatches in the order sent */
    bool *placed;   /* links x mbs: the microbatch's RECV is in a list */
    int *sent;      /* links: length of order */
    int *received;  /* links: entries of order whose RECVs are in a list */
};

static size_t
link_start(const struct plan *plan, int link)
{
    return (size_t)link * (size_t)plan->mbs;
}

/* Goes through a compute-only plan. */
static void
messages_init(struct messages *messages, const struct plan *plan)
{
    size_t links = (size_t)plan_links(plan);
    size_t cells = links * (size_t)plan->mbs;

    messages->order = memory_new(cells, sizeof *messages->order);
    messages->placed = memory_new(cells, sizeof *messages->placed);
    messages->sent = memory_new(links, sizeof *messages->sent);
    messages->received = memory_new(links, sizeof *messages->received);
    for (int r = 0; r < plan->ranks; r++)
        for (size_t i = 0; i < plan->lists[r].count; i++) {
            struct action parts[2];
            struct action send;
            int count = action_parts(&plan->lists[r].at[i], parts);

            for (int p = 0; p < count; p++)
                if (lower_transfer(plan, &parts[p], false, &send)) {
                    int link = plan_link(&send);

                    assert(messages->sent[link] < plan->mbs);
                    messages->order[link_start(plan, link) +
                                    (size_t)messages->sent[link]++] = send.mb;
                }
        }
}

static void
messages_fini(struct messages *messages)
{
    free(messages->order);
    free(messages->placed);
    free(messages->sent);
    free(messages->received);
}

/* Adds the link's RECVs up to this one that are not in the list yet. */
static void
add_recvs(struct plan *to, int rank, struct messages *messages,
          struct action recv)
{
    int link = plan_link(&recv);
    const int32_t *order = &messages->order[link_start(to, link)];
    bool *placed = &messages->placed[link_start(to, link)];
    int wanted = recv.mb;

    while (!placed[wanted] &&
           messages->received[link] < messages->sent[link]) {
        recv.mb = order[messages->received[link]++];
        placed[recv.mb] = true;
        plan_add(to, rank, recv);
    }
}

static void
lower_list(struct plan *to, int rank, const struct action_list *list,
           struct messages *messages)
{
    for (size_t i = 0; i < list->count; i++) {
        struct action parts[2];
        struct action transfer;
        int count = action_parts(&list->at[i], parts);

        for (int p = 0; p < count; p++)
            if (lower_transfer(to, &parts[p], true, &transfer))
                add_recvs(to, rank, messages, transfer);
        plan_add(to, rank, list->at[i]);
        for (int p = 0; p < count; p++)
            if (lower_transfer(to, &parts[p], false, &transfer))
                plan_add(to, rank, transfer);
    }
}

/* Adds a STEP for each stage that has none. */
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

/* Copies a plan's actions to an empty plan; adds transfers if it has none. */
static void
add_actions(struct plan *to, const struct plan *plan)
{
    struct messages messages = {0};

    if (!plan->lowered)
        messages_init(&messages, plan);
    for (int r = 0; r < plan->ranks; r++) {
        plan_reserve(to, r,
                     lowered_count(plan, r) +
                         (size_t)(plan->stages / plan->ranks));
        if (!plan->lowered)
            lower_list(to, r, &plan->lists[r], &messages);
        else
            for (size_t i = 0; i < plan->lists[r].count; i++)
                plan_add(to, r, plan->lists[r].at[i]);
    }
    messages_fini(&messages);
}

struct plan *
lower_shape(const struct plan *plan)
{
    struct plan *to =
        plan_new(plan->name, plan->ranks, plan->stages, plan->mbs);

    memcpy(to->rank_of_stage, plan->rank_of_stage,
           (size_t)plan->stages * sizeof *to->rank_of_stage);
    return to;
}

struct plan *
lower(const struct plan *plan)
{
    struct plan *to = lower_shape(plan);

    add_actions(to, plan);
    to->lowered = true;
    to->freed_by_input = plan->freed_by_input;
    if (plan_trains(to))
        add_steps(to);
    return to;
}
