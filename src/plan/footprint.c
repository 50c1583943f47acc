/* footprint.c -- adds up the bytes that microbatches in flight take on each
 * rank. */
#include "config.h"

#include "plan/footprint.h"

/* The bytes after the first `done` actions of a list; raises *peak to the most
 * on the way. */
static int64_t
bytes_after(const struct action_list *list, size_t done, bool trains,
            const struct footprint stages[], int64_t *peak)
{
    static const struct footprint one = {.stash = 1};
    int64_t bytes = 0;

    for (size_t i = 0; i < done; i++) {
        struct action parts[2];
        int count = action_parts(&list->at[i], parts);

        for (int p = 0; p < count; p++) {
            const struct footprint *stage =
                stages ? &stages[parts[p].stage] : &one;

            bytes += action_takes(&parts[p]) * stage->stash;
            if (parts[p].kind == ACTION_BACKWARD_INPUT)
                bytes += stage->kept;
            if (bytes > *peak)
                *peak = bytes;
            bytes -= action_frees(&parts[p], trains) * stage->stash;
            if (parts[p].kind == ACTION_BACKWARD_WEIGHT)
                bytes -= stage->kept;
        }
    }
    return bytes;
}

void
footprint_peaks(const struct plan *plan, const struct footprint stages[],
                int64_t peaks[])
{
    bool trains = plan_trains(plan);

    for (int r = 0; r < plan->ranks; r++) {
        peaks[r] = 0;
        bytes_after(&plan->lists[r], plan->lists[r].count, trains, stages,
                    &peaks[r]);
    }
}

int64_t
footprint_after(const struct plan *plan, const struct footprint stages[],
                int rank, size_t done)
{
    int64_t peak = 0;

    return bytes_after(&plan->lists[rank], done, plan_trains(plan), stages,
                       &peak);
}
