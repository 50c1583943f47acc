/* forward_only.c -- leaves the forwards of a plan and drops the rest. */
#include "config.h"

#include "plan/forward_only.h"

static bool
stays(const struct action *part)
{
    return part->kind == ACTION_FORWARD || part->kind == ACTION_RECV_F ||
           part->kind == ACTION_SEND_F || part->kind == ACTION_UNSHARD ||
           part->kind == ACTION_RESHARD;
}

struct plan *
forward_only(const struct plan *plan)
{
    struct plan *to = plan_same_shape(plan);

    to->lowered = plan->lowered;
    for (int r = 0; r < plan->ranks; r++)
        for (size_t i = 0; i < plan->lists[r].count; i++) {
            struct action parts[2];
            int count = action_parts(&plan->lists[r].at[i], parts);

            for (int p = 0; p < count; p++)
                if (stays(&parts[p]))
                    plan_add(to, r, parts[p]);
        }
    return to;
}
