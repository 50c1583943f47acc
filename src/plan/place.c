/* place.c -- finds the ranks at the ends of a link. */
#include "config.h"

#include "plan/place.h"

int
plan_copy_mbs(const struct plan *plan, int copy)
{
    int count = 0;

    for (int m = 0; m < plan->mbs && plan->copies == 2; m++)
        count += plan->copy_of_mb[m] == copy;
    return plan->copies == 2 ? count : plan->mbs;
}

bool
plan_link_ends(const struct plan *plan, int link, int *from, int *to)
{
    int exchange = link - plan_links_between(plan);
    bool back = exchange < 0 ? link % 2 == 1 : exchange % 2 == 1;
    int lower = exchange < 0 ? link / 2 : exchange / 2;
    int upper = exchange < 0 ? lower + 1 : lower + plan->stages;

    *from = plan->rank_of_stage[back ? upper : lower];
    *to = plan->rank_of_stage[back ? lower : upper];
    return exchange < 0 ? plan_crosses(plan, lower) : *from != *to;
}

int
plan_peer(const struct plan *plan, const struct action *action)
{
    int from, to;

    plan_link_ends(plan, plan_link(plan, action), &from, &to);
    return action_class((enum action_kind)action->kind) == ACTION_CLASS_SEND
               ? to
               : from;
}
