/* posted.c -- moves receives to where they are waited for. */
#include "config.h"

#include "plan/posted.h"

#include "base/memory.h"
#include "plan/place.h"

#include <stdlib.h>

/* A rank's RECVs of one link, as indices of its list in order. */
struct queue {
    size_t *at; /* mbs, from the first of them on */
    int *place; /* mbs: where the RECV of a microbatch is in at, from 1 on */
    int count;
    int next; /* the first that is not placed */
};

/* One rank's list while it is rewritten. */
struct settling {
    const struct plan *plan;
    const struct action_list *from;
    struct queue *queues; /* plan_links() */
    bool *waits;          /* from->count: a RECV that goes to a later action */
    struct action *to;
    uint32_t *columns; /* or NULL */
    size_t count;
    size_t moved;
};

/* A RECV of a link that there is: the plan has not been checked yet. */
static bool
is_recv(const struct plan *plan, const struct action *action)
{
    if (action->kind == ACTION_RECV_F)
        return plan_crosses(plan, plan_place(plan, action) - 1);
    return action->kind == ACTION_RECV_B &&
           plan_crosses(plan, plan_place(plan, action));
}

static void
settle_one(struct settling *settling, size_t i)
{
    const struct action_list *from = settling->from;

    settling->moved +=
        is_recv(settling->plan, &from->at[i]) && settling->count != i;
    if (settling->columns)
        settling->columns[settling->count] = from->columns[i];
    settling->to[settling->count++] = from->at[i];
}

/* The RECV that brings what a simple action needs from another rank; false if
 * it needs none. */
static bool
needed_by(const struct plan *plan, const struct action *part,
          struct action *recv)
{
    int place = plan_place(plan, part);

    switch ((enum action_kind)part->kind) {
    case ACTION_FORWARD:
        *recv = action_of(ACTION_RECV_F, part->stage, part->mb);
        return plan_crosses(plan, place - 1);
    case ACTION_FULL_BACKWARD:
    case ACTION_BACKWARD_INPUT:
        *recv = action_of(ACTION_RECV_B, part->stage, part->mb);
        return plan_crosses(plan, place);
    default:
        return false;
    }
}

/* The queue of the RECV that a simple action needs; *last receives its place in
 * there. NULL if it needs none or the queue has not got it. */
static struct queue *
queue_for(const struct settling *settling, const struct action *part,
          int *last)
{
    struct queue *queue;
    struct action recv;

    if (!needed_by(settling->plan, part, &recv))
        return NULL;
    queue = &settling->queues[plan_link(settling->plan, &recv)];
    *last = queue->place[recv.mb] - 1;
    return *last >= queue->next ? queue : NULL;
}

/* Fills the queues up to each action that needs a RECV, and marks that RECV and
 * those ahead of it as waiting for the action. */
static void
mark_waits(struct settling *settling)
{
    const struct action_list *list = settling->from;

    for (size_t i = 0; i < list->count; i++) {
        const struct action *action = &list->at[i];
        struct action parts[2];
        int count = action_parts(action, parts);

        if (is_recv(settling->plan, action)) {
            struct queue *queue =
                &settling->queues[plan_link(settling->plan, action)];

            if (queue->count < settling->plan->mbs) {
                queue->at[queue->count++] = i;
                queue->place[action->mb] = queue->count;
            }
            continue;
        }
        for (int p = 0; p < count; p++) {
            int last;
            struct queue *queue = queue_for(settling, &parts[p], &last);

            while (queue && queue->next <= last)
                settling->waits[queue->at[queue->next++]] = true;
        }
    }
    for (int l = 0; l < plan_links(settling->plan); l++)
        settling->queues[l].next = 0;
}

static void
settle_list(struct settling *settling)
{
    const struct action_list *list = settling->from;

    for (size_t i = 0; i < list->count; i++) {
        struct action parts[2];
        int count = action_parts(&list->at[i], parts);

        if (settling->waits[i])
            continue;
        for (int p = 0; p < count; p++) {
            int last;
            struct queue *queue = queue_for(settling, &parts[p], &last);

            if (!queue || queue->at[last] > i)
                continue;
            for (; queue->next <= last; queue->next++)
                if (settling->waits[queue->at[queue->next]])
                    settle_one(settling, queue->at[queue->next]);
        }
        settle_one(settling, i);
    }
}

static size_t
settle_rank(const struct plan *plan, struct action_list *list)
{
    size_t links = (size_t)plan_links(plan);
    size_t cells = memory_times(links, (size_t)plan->mbs);
    size_t *at = memory_new(cells, sizeof *at);
    int *place = memory_new(cells, sizeof *place);
    struct settling settling = {
        .plan = plan,
        .from = list,
        .queues = memory_new(links, sizeof *settling.queues),
        .waits = memory_new(list->count, sizeof *settling.waits),
        .to = memory_new(list->count, sizeof *settling.to),
        .columns = list->columns
                       ? memory_new(list->count, sizeof *list->columns)
                       : NULL,
    };

    for (size_t l = 0; l < links; l++) {
        settling.queues[l].at = &at[l * (size_t)plan->mbs];
        settling.queues[l].place = &place[l * (size_t)plan->mbs];
    }
    mark_waits(&settling);
    settle_list(&settling);
    free(settling.queues);
    free(settling.waits);
    free(at);
    free(place);
    free(list->at);
    free(list->columns);
    list->at = settling.to;
    list->columns = settling.columns;
    list->room = list->count;
    return settling.moved;
}

size_t
posted_settle(struct plan *plan)
{
    size_t moved = 0;

    for (int r = 0; plan->lowered && r < plan->ranks; r++)
        moved += settle_rank(plan, &plan->lists[r]);
    return moved;
}
