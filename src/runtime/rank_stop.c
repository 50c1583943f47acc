/* rank_stop.c -- ends a rank so that ranks of other processes can end. */
#include "config.h"

#include "plan/place.h"
#include "runtime/far.h"
#include "runtime/rank.h"

void
rank_stop(struct rank *rank)
{
    const struct run_options *options = &rank->run->options;
    const struct action_list *list = &options->plan->lists[rank->number];

    for (int i = 0; i < plan_links(options->plan); i++) {
        struct channel *channel = &rank->run->channels[i];

        if (channel->far && (channel->sender == rank->number ||
                             channel->receiver == rank->number))
            far_leave(channel);
    }
    /* The STEP in which it failed has been. */
    for (size_t i = rank->position + rank->failed;
         options->ops->give_up && i < list->count; i++)
        if (list->at[i].kind == ACTION_OPTIMIZER_STEP)
            options->ops->give_up(
                options->stages[plan_place(options->plan, &list->at[i])].self);
}
