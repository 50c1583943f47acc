/* turns.c -- orders the actions of a simulated run by their time. */
#include "config.h"

#include "sim/turns.h"

#include "base/memory.h"
#include "plan/why.h"
#include "plan/place.h"

#include <stdlib.h>

/* How far a replay has come. */
struct replay {
    const struct plan *plan;
    const struct trace *trace;
    int capacity;
    size_t *position; /* ranks */
    size_t *meets;    /* ranks: of the first STEP, where all must have come for
                       * any to go on; NULL without a barrier */
    int *on_link;     /* links: messages */
};

static const struct span *
next_span(const struct replay *replay, int rank)
{
    const struct lane *lane = &replay->trace->lanes[rank];
    size_t position = replay->position[rank];

    return position < lane->count ? &lane->spans[position] : NULL;
}

static bool
turns_is_send(const struct action *action)
{
    return action_class((enum action_kind)action->kind) == ACTION_CLASS_SEND;
}

static bool
all_have_come(const struct replay *replay)
{
    for (int r = 0; r < replay->plan->ranks; r++)
        if (replay->position[r] < replay->meets[r])
            return false;
    return true;
}

static size_t *
first_steps(const struct plan *plan)
{
    size_t *steps = memory_new((size_t)plan->ranks, sizeof *steps);

    for (int r = 0; r < plan->ranks; r++)
        while (steps[r] < plan->lists[r].count &&
               plan->lists[r].at[steps[r]].kind != ACTION_OPTIMIZER_STEP)
            steps[r]++;
    return steps;
}

/* Whether a rank's next action would not block now. At capacity 0 the sender
 * takes its receiver along. */
static bool
turns_can_move(const struct replay *replay, int rank)
{
    const struct span *span = next_span(replay, rank);
    const struct span *other;

    if (!span)
        return false;
    if (replay->meets && span->action.kind == ACTION_OPTIMIZER_STEP)
        return all_have_come(replay);
    if (!action_is_transfer(&span->action))
        return true;
    if (replay->capacity == 0 && !turns_is_send(&span->action))
        return false;
    other = next_span(replay, plan_peer(replay->plan, &span->action));
    return why_can_go(replay->plan, &span->action,
                      other ? &other->action : NULL,
                      replay->on_link[plan_link(replay->plan, &span->action)],
                      replay->capacity);
}

/* A transfer takes place when it ends, anything else when it starts. */
static int64_t
moment(const struct span *span)
{
    return action_is_transfer(&span->action) ? span->end : span->start;
}

static int
next_rank(const struct replay *replay)
{
    int next = -1;

    for (int r = 0; r < replay->plan->ranks; r++)
        if (turns_can_move(replay, r) &&
            (next < 0 ||
             moment(next_span(replay, r)) < moment(next_span(replay, next))))
            next = r;
    return next;
}

static void
turns_move(struct replay *replay, int rank)
{
    const struct action *action = &next_span(replay, rank)->action;

    if (action_is_transfer(action))
        replay->on_link[plan_link(replay->plan, action)] +=
            turns_is_send(action) ? 1 : -1;
    replay->position[rank]++;
}

struct turn *
turns_of(const struct forecast *forecast, bool barrier, size_t *count)
{
    const struct plan *lowered = forecast->program->lowered;
    size_t ranks = (size_t)lowered->ranks;
    size_t links = (size_t)plan_links(lowered);
    struct replay replay = {
        .plan = lowered,
        .trace = &forecast->trace,
        .capacity = forecast->capacity,
        .position = memory_new(ranks, sizeof *replay.position),
        .on_link = memory_new(links, sizeof *replay.on_link),
    };
    struct turn *turns = memory_new(plan_actions(lowered), sizeof *turns);
    int rank;

    if (barrier)
        replay.meets = first_steps(lowered);
    *count = 0;
    while ((rank = next_rank(&replay)) >= 0) {
        const struct action *action = &next_span(&replay, rank)->action;
        struct turn turn = {rank, -1};

        if (forecast->capacity == 0 && action_is_transfer(action))
            turn.partner = plan_peer(lowered, action);
        turns_move(&replay, rank);
        if (turn.partner >= 0)
            turns_move(&replay, turn.partner);
        turns[(*count)++] = turn;
    }
    free(replay.meets);
    free(replay.position);
    free(replay.on_link);
    return turns;
}
