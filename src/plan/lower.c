/* lower.c -- adds transfers and optimizer steps to a plan. */
#include "config.h"

#include "plan/lower.h"

#include "base/memory.h"
#include "plan/place.h"

#include <stdlib.h>

bool
lower_transfer(const struct plan *plan, const struct action *part, bool before,
               struct action *transfer)
{
    int stage = part->stage;
    int place = plan_place(plan, part);

    switch ((enum action_kind)part->kind) {
    case ACTION_FORWARD:
        *transfer =
            action_of(before ? ACTION_RECV_F : ACTION_SEND_F, stage, part->mb);
        return plan_crosses(plan, before ? place - 1 : place);
    case ACTION_FULL_BACKWARD:
    case ACTION_BACKWARD_INPUT:
        *transfer =
            action_of(before ? ACTION_RECV_B : ACTION_SEND_B, stage, part->mb);
        return plan_crosses(plan, before ? place : place - 1);
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
                    int link = plan_link(plan, &send);

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
    int link = plan_link(to, &recv);
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

/* Which places have a STEP, and which stages exchange gradients already. */
struct ends {
    bool *steps;     /* places */
    bool *exchanged; /* stages */
};

static void
find_ends(struct ends *ends, const struct plan *plan)
{
    ends->steps = memory_new((size_t)plan_places(plan), sizeof *ends->steps);
    ends->exchanged =
        memory_new((size_t)plan->stages, sizeof *ends->exchanged);
    for (int r = 0; r < plan->ranks; r++)
        for (size_t i = 0; i < plan->lists[r].count; i++) {
            const struct action *action = &plan->lists[r].at[i];

            if (action->kind == ACTION_OPTIMIZER_STEP)
                ends->steps[plan_place(plan, action)] = true;
            if (action->kind == ACTION_SEND_G || action->kind == ACTION_RECV_G)
                ends->exchanged[action->stage] = true;
        }
}

/* Adds a STEP for each place that has none, and before it what the two copies
 * of its stage exchange. All gradients are sent before any is waited for. */
static void
add_steps(struct plan *to)
{
    struct ends ends;

    find_ends(&ends, to);
    for (int p = 0; to->copies == 2 && p < plan_places(to); p++)
        if (!ends.exchanged[p % to->stages])
            plan_add(to, to->rank_of_stage[p],
                     action_of(ACTION_SEND_G, p % to->stages, p / to->stages));
    for (int p = 0; to->copies == 2 && p < plan_places(to); p++)
        if (!ends.exchanged[p % to->stages])
            plan_add(
                to, to->rank_of_stage[p],
                action_of(ACTION_RECV_G, p % to->stages, !(p / to->stages)));
    for (int p = 0; p < plan_places(to); p++)
        if (!ends.steps[p])
            plan_add(to, to->rank_of_stage[p],
                     action_of(ACTION_OPTIMIZER_STEP, p % to->stages,
                               p / to->stages));
    free(ends.steps);
    free(ends.exchanged);
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
                         3 * (size_t)(plan_places(plan) / plan->ranks));
        if (!plan->lowered)
            lower_list(to, r, &plan->lists[r], &messages);
        else
            for (size_t i = 0; i < plan->lists[r].count; i++)
                plan_add(to, r, plan->lists[r].at[i]);
    }
    messages_fini(&messages);
}

struct plan *
lower(const struct plan *plan)
{
    struct plan *to = plan_same_shape(plan);

    add_actions(to, plan);
    to->lowered = true;
    to->freed_by_input = plan->freed_by_input;
    if (plan_trains(to))
        add_steps(to);
    return to;
}
