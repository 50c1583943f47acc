/* level.c -- computes the longest path from each action to the end of the
 * step. */
#include "config.h"

#include "plan/level.h"

#include "base/memory.h"
#include "plan/place.h"

#include <stdlib.h>

/* Goes through the lists from their ends. It passes a SEND after its RECV,
 * which is in another rank's list. */
struct descent {
    const struct plan *plan;
    const struct cost *cost;
    int64_t **levels;
    size_t *left;      /* ranks: actions not passed yet, at the list's begin */
    int64_t *received; /* links x mbs: the level of a RECV, or -1 */
};

static int64_t *
received(const struct descent *descent, const struct action *action)
{
    return &descent->received[(size_t)plan_link(descent->plan, action) *
                                  (size_t)descent->plan->mbs +
                              (size_t)action->mb];
}

/* Goes up one rank's list as far as it can; true if it moved. */
static bool
level_climb(struct descent *descent, int rank)
{
    const struct action_list *list = &descent->plan->lists[rank];
    size_t *left = &descent->left[rank];
    size_t before = *left;

    while (*left > 0) {
        const struct action *action = &list->at[*left - 1];
        int64_t level = *left < list->count ? descent->levels[rank][*left] : 0;

        switch (action_class((enum action_kind)action->kind)) {
        case ACTION_CLASS_SEND: {
            int64_t there = *received(descent, action);

            if (there < 0)
                return *left < before;
            there += cost_message(descent->cost, descent->plan,
                                  plan_link(descent->plan, action));
            if (there > level)
                level = there;
            break;
        }
        case ACTION_CLASS_RECV:
            *received(descent, action) = level;
            break;
        default:
            level += cost_of(descent->cost, rank, action);
            break;
        }
        descent->levels[rank][--*left] = level;
    }
    return *left < before;
}

int64_t **
level_new(const struct plan *plan, const struct cost *cost)
{
    size_t ranks = (size_t)plan->ranks;
    size_t cells = (size_t)plan_links(plan) * (size_t)plan->mbs;
    struct descent descent = {
        .plan = plan,
        .cost = cost,
        .levels = memory_new(ranks, sizeof *descent.levels),
        .left = memory_new(ranks, sizeof *descent.left),
        .received = memory_new(cells, sizeof *descent.received),
    };
    bool moved = true;

    for (size_t i = 0; i < cells; i++)
        descent.received[i] = -1;
    for (size_t r = 0; r < ranks; r++) {
        descent.left[r] = plan->lists[r].count;
        descent.levels[r] =
            memory_new(plan->lists[r].count, sizeof *descent.levels[r]);
    }
    while (moved) {
        moved = false;
        for (int r = plan->ranks - 1; r >= 0; r--)
            moved |= level_climb(&descent, r);
    }
    free(descent.left);
    free(descent.received);
    return descent.levels;
}

void
level_free(int64_t **levels, const struct plan *plan)
{
    if (!levels)
        return;
    for (int r = 0; r < plan->ranks; r++)
        free(levels[r]);
    free(levels);
}
