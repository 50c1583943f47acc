/* place.h -- which rank runs an action of a stage, and over which link it
 * sends.
 *
 * In a bidirectional pipeline each stage has two copies of its weights, on two
 * ranks, and each microbatch goes through the stages of one copy. A *place* is
 * a stage of a copy: copy c of stage s is place cS + s. Two places are
 * neighbours if they are of one copy and their stages are. Before the STEPs the
 * two copies of a stage add up their gradients: copy 0 sends its own (SEND_G,
 * number 0) to copy 1, and copy 1 its own (number 1) to copy 0.
 *
 *   S = 2, P = 2      rank 0          rank 1
 *   copy 0            stage 0    -->  stage 1       places 0, 1
 *   copy 1            stage 1    <--  stage 0       places 3, 2 */
#ifndef PIPELAB_PLAN_PLACE_H
#define PIPELAB_PLAN_PLACE_H

#include "plan/plan.h"

#include <assert.h>
#include <stdbool.h>

static inline int
plan_places(const struct plan *plan)
{
    return plan->copies * plan->stages;
}

/* The copy that runs a simple action. */
static inline int
plan_copy(const struct plan *plan, const struct action *part)
{
    if (plan->copies == 1)
        return 0;
    if (part->kind == ACTION_RECV_G)
        return !part->mb;
    if (part->kind == ACTION_SEND_G ||
        !action_has_mb((enum action_kind)part->kind))
        return part->mb;
    return plan->copy_of_mb[part->mb];
}

/* How many microbatches go through a copy. */
int
plan_copy_mbs(const struct plan *plan, int copy);

/* The place of a simple action. */
static inline int
plan_place(const struct plan *plan, const struct action *part)
{
    return plan_copy(plan, part) * plan->stages + part->stage;
}

/* True if this place and the next one exist, are of one copy and live on
 * different ranks. */
static inline bool
plan_crosses(const struct plan *plan, int place)
{
    return place >= 0 && place + 1 < plan_places(plan) &&
           (plan->copies == 1 || (place + 1) % plan->stages != 0) &&
           plan->rank_of_stage[place] != plan->rank_of_stage[place + 1];
}

/* Links are numbered by places: 2p (activations, p to p+1) and 2p+1 (gradients,
 * p+1 to p). With two copies those of copy c's weight gradients of stage s
 * follow, 2s + c from there. Those between places of one rank or of two copies
 * exist as numbers only. */
static inline int
plan_links_between(const struct plan *plan)
{
    return 2 * (plan_places(plan) - 1);
}

static inline int
plan_links(const struct plan *plan)
{
    return plan_links_between(plan) +
           (plan->copies == 2 ? 2 * plan->stages : 0);
}

/* The link that a SEND or RECV uses. */
static inline int
plan_link(const struct plan *plan, const struct action *action)
{
    int place = plan_place(plan, action);

    assert(action_is_transfer(action));
    switch ((enum action_kind)action->kind) {
    case ACTION_SEND_F:
        return 2 * place;
    case ACTION_RECV_F:
        return 2 * (place - 1);
    case ACTION_SEND_B:
        return 2 * (place - 1) + 1;
    case ACTION_RECV_B:
        return 2 * place + 1;
    default: /* ACTION_SEND_G, ACTION_RECV_G */
        return plan_links_between(plan) + 2 * action->stage + action->mb;
    }
}

/* The ranks from which and to which a link goes; false if it exists as a number
 * only. */
bool
plan_link_ends(const struct plan *plan, int link, int *from, int *to);

/* The rank at the other end of a SEND's or RECV's link. */
int
plan_peer(const struct plan *plan, const struct action *action);

#endif
