/* Writes who waits for whom. */
#include "config.h"

#include "schedule/stuck.h"

/* The action at which a rank stands, or NULL if it is done. */
static const struct action *
standing_at(const struct plan *plan, const size_t position[], int rank)
{
    const struct action_list *list = &plan->lists[rank];

    return position[rank] < list->count ? &list->at[position[rank]] : NULL;
}

static const char *
reason(const struct action *action, int capacity)
{
    if (action_class((enum action_kind)action->kind) == ACTION_CLASS_RECV)
        return "to send it";
    return capacity == 0 ? "to receive it" : "to make room on the link";
}

void
stuck_print(FILE *out, const struct plan *plan, const size_t position[],
            int capacity)
{
    char cell[ACTION_CELL_MAX];

    for (int r = 0; r < plan->ranks; r++) {
        const struct action *action = standing_at(plan, position, r);
        const struct action *other;
        int peer;

        if (!action || !action_is_transfer(action))
            continue;
        peer = plan_peer(plan, action);
        other = standing_at(plan, position, peer);
        fprintf(out, "  rank %d, action %zu, %s: waits for rank %d %s", r,
                position[r], action_cell(action, cell), peer,
                reason(action, capacity));
        if (other)
            fprintf(out, ", which is at %s\n", action_cell(other, cell));
        else
            fprintf(out, ", which is done\n");
    }
}

/* The rank that a stuck rank waits for, or -1. */
static int
waits_for(const struct plan *plan, const size_t position[], int rank)
{
    const struct action *action = standing_at(plan, position, rank);

    return action && action_is_transfer(action) ? plan_peer(plan, action) : -1;
}

/* A rank on the circle that waiting leads into, or the first stuck rank of a
 * chain. -1 if nobody is stuck. */
static int
cycle_start(const struct plan *plan, const size_t position[])
{
    int first = 0;
    int rank;

    while (first < plan->ranks && waits_for(plan, position, first) < 0)
        first++;
    if (first == plan->ranks)
        return -1;
    rank = first;
    for (int i = 0; i < plan->ranks; i++) {
        rank = waits_for(plan, position, rank);
        if (rank < 0)
            return first;
    }
    return rank;
}

/* Without transfers: the action that the transfer is for. */
static const struct action *
shown_at(const struct plan *plan, const size_t position[], int rank,
         bool transfers)
{
    const struct action_list *list = &plan->lists[rank];
    size_t i = position[rank];

    while (!transfers && i < list->count && action_is_transfer(&list->at[i]))
        i++;
    return i < list->count ? &list->at[i] : NULL;
}

void
stuck_cycle(char *text, size_t size, const struct plan *plan,
            const size_t position[],
            bool transfers)
{
    int start = cycle_start(plan, position);
    int rank = start;
    size_t used = 0;

    text[0] = '\0';
    while (rank >= 0 && used < size) {
        const struct action *action =
            shown_at(plan, position, rank, transfers);
        char cell[ACTION_CELL_MAX] = "its end";
        int length;

        if (action)
            action_cell(action, cell);
        length = snprintf(text + used, size - used, "%srank %d at %s",
                          used ? " waits for " : "", rank, cell);
        if (length < 0)
            return;
        used += (size_t)length;
        rank = waits_for(plan, position, rank);
        if (rank == start) {
            if (used < size)
                snprintf(text + used, size - used, " waits for rank %d", rank);
            return;
        }
    }
}
