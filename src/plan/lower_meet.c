/* lower_meet.c -- adds transfers to a plan in an order that needs no slots. */
#include "config.h"

#include "plan/lower.h"

#include "base/memory.h"
#include "plan/cost.h"
#include "plan/walk.h"
#include "plan/place.h"

#include <stdlib.h>

/* What comes when, with a tick for each computation: where one begins, it is
 * added to its rank's list; where it ends, its transfers are. */
struct moment {
    int64_t at;
    bool begins;
    int rank;
    size_t number; /* in the order of the rank's list */
    struct action action;
};

struct moments {
    struct moment *at;
    size_t count;
};

static void
note_moments(void *context, int rank, const struct walk_event *event)
{
    struct moments *moments = context;
    struct moment moment = {event->end, false, rank, moments->count,
                            *event->action};

    if (action_is_transfer(event->action))
        return;
    moments->at[moments->count++] = moment;
    moment.at = event->begin;
    moment.begins = true;
    moments->at[moments->count++] = moment;
}

/* What ends comes before what begins at the same tick and may need it. */
static int
compare_moments(const void *a, const void *b)
{
    const struct moment *x = a;
    const struct moment *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    if (x->begins != y->begins)
        return x->begins ? 1 : -1;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* A copy of the plan with computations and STEPs alone. */
static struct plan *
without_transfers(const struct plan *plan)
{
    struct plan *to = plan_same_shape(plan);

    for (int r = 0; r < plan->ranks; r++)
        for (size_t i = 0; i < plan->lists[r].count; i++)
            if (!action_is_transfer(&plan->lists[r].at[i]))
                plan_add(to, r, plan->lists[r].at[i]);
    return to;
}

/* Adds what the two copies of each stage exchange, both ways in turn, and the
 * STEPs after all of it. */
static void
add_exchanges(struct plan *to)
{
    for (int p = 0; p < plan_places(to); p++) {
        int stage = p % to->stages;
        int copy = p / to->stages;

        plan_add(to, to->rank_of_stage[p],
                 action_of(ACTION_SEND_G, stage, copy));
        plan_add(to, to->rank_of_stage[!copy * to->stages + stage],
                 action_of(ACTION_RECV_G, stage, copy));
    }
    for (int p = 0; p < plan_places(to); p++)
        plan_add(
            to, to->rank_of_stage[p],
            action_of(ACTION_OPTIMIZER_STEP, p % to->stages, p / to->stages));
}

/* The RECV at the other end of a SEND. */
static struct action
recv_of(const struct action *send)
{
    return send->kind == ACTION_SEND_F
               ? action_of(ACTION_RECV_F, send->stage + 1, send->mb)
               : action_of(ACTION_RECV_B, send->stage - 1, send->mb);
}

/* Adds the transfers of a computation that has ended to both lists. */
static void
add_meetings(struct plan *to, const struct moment *moment)
{
    struct action parts[2];
    struct action send;
    int count = action_parts(&moment->action, parts);

    for (int p = 0; p < count; p++)
        if (lower_transfer(to, &parts[p], false, &send)) {
            plan_add(to, moment->rank, send);
            plan_add(to, plan_peer(to, &send), recv_of(&send));
        }
}

struct plan *
lower_to_meet(const struct plan *plan)
{
    struct plan *bare = without_transfers(plan);
    struct plan *lowered = lower(bare);
    struct plan *to = plan_same_shape(plan);
    struct moments moments = {
        .at = memory_new(2 * plan_actions(lowered), sizeof *moments.at)};
    struct cost cost;
    struct walk walk;

    cost_init_unit(&cost, plan->stages);
    walk_run(&walk, lowered, &cost, WALK_UNBOUNDED, note_moments, &moments);
    qsort(moments.at, moments.count, sizeof *moments.at, compare_moments);
    for (size_t i = 0; i < moments.count; i++) {
        const struct action *action = &moments.at[i].action;

        if (!moments.at[i].begins)
            add_meetings(to, &moments.at[i]);
        else if (to->copies == 1 || action->kind != ACTION_OPTIMIZER_STEP)
            plan_add(to, moments.at[i].rank, *action);
    }
    if (to->copies == 2 && plan_trains(to))
        add_exchanges(to);
    to->lowered = true;
    walk_fini(&walk);
    cost_fini(&cost);
    free(moments.at);
    plan_free(lowered);
    plan_free(bare);
    return to;
}
