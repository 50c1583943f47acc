/* match.c -- compares the order in which messages enter and leave each link. */
#include "config.h"

#include "plan/match.h"

#include "base/memory.h"
#include "plan/place.h"

#include <stdlib.h>

/* Calls visit for each transfer of one class in list order. */
static bool
each_transfer(const struct plan *plan, enum action_class class,
              bool (*visit)(void *context, int rank, size_t position),
              void *context)
{
    for (int r = 0; r < plan->ranks; r++)
        for (size_t i = 0; i < plan->lists[r].count; i++) {
            enum action_kind kind =
                (enum action_kind)plan->lists[r].at[i].kind;

            if (action_class(kind) == class && !visit(context, r, i))
                return false;
        }
    return true;
}

struct matching {
    const struct plan *plan;
    int32_t *order; /* links x mbs: microbatches in the order sent */
    int *sent;      /* links */
    int *received;  /* links */
    struct cause *cause;
};

static bool
note_sent(void *context, int rank, size_t position)
{
    struct matching *m = context;
    const struct action *action = &m->plan->lists[rank].at[position];
    int link = plan_link(m->plan, action);

    m->order[(size_t)link * (size_t)m->plan->mbs + (size_t)m->sent[link]++] =
        action->mb;
    return true;
}

/* Fails and names the n-th RECV of a link, which does not meet its SEND. */
static bool
unmatched(const struct matching *m, int rank, size_t position,
          const struct action *recv, int n)
{
    const struct plan *plan = m->plan;
    long long place = (long long)plan_position(plan, rank, position);
    struct action send = *recv;
    char cells[2][ACTION_CELL_MAX];
    int link = plan_link(plan, recv);

    action_cell(recv, cells[1]);
    if (n >= m->sent[link]) {
        fail(m->cause,
             "%s: rank %d, position %lld, %s: nothing more is sent on this "
             "link; add the SEND",
             plan->name, rank, place, cells[1]);
        return fail_at(m->cause, rank, place, cells[1]);
    }
    assert(recv->kind != ACTION_RECV_G); /* one a link */
    send.mb = m->order[(size_t)link * (size_t)plan->mbs + (size_t)n];
    send.kind = recv->kind == ACTION_RECV_F ? ACTION_SEND_F : ACTION_SEND_B;
    send.stage = (uint16_t)(recv->kind == ACTION_RECV_F ? recv->stage - 1
                                                        : recv->stage + 1);
    fail(m->cause,
         "%s: message %d on the link from stage %d to stage %d is %s on rank "
         "%d but %s on rank %d; links are first in, first out: give both "
         "ranks one order",
         plan->name, n, send.stage, recv->stage, action_cell(&send, cells[0]),
         plan_peer(plan, recv), cells[1], rank);
    return fail_at(m->cause, rank, place, cells[1]);
}

static bool
match_received(void *context, int rank, size_t position)
{
    struct matching *m = context;
    const struct plan *plan = m->plan;
    const struct action *recv = &plan->lists[rank].at[position];
    int link = plan_link(plan, recv);
    int n = m->received[link]++;

    return (n < m->sent[link] &&
            m->order[(size_t)link * (size_t)plan->mbs + (size_t)n] ==
                recv->mb) ||
           unmatched(m, rank, position, recv, n);
}

bool
match_links(const struct plan *plan, int64_t *messages, struct cause *cause)
{
    size_t links = (size_t)plan_links(plan);
    struct matching m = {
        .plan = plan,
        .order = memory_new(links * (size_t)plan->mbs, sizeof *m.order),
        .sent = memory_new(links, sizeof *m.sent),
        .received = memory_new(links, sizeof *m.received),
        .cause = cause,
    };
    bool matched = each_transfer(plan, ACTION_CLASS_SEND, note_sent, &m) &&
                   each_transfer(plan, ACTION_CLASS_RECV, match_received, &m);

    *messages = 0;
    for (size_t i = 0; i < links; i++)
        *messages += m.sent[i];
    free(m.order);
    free(m.sent);
    free(m.received);
    return matched;
}
