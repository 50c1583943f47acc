/* footprint.c -- adds up the bytes that microbatches in flight take on each
 * rank. */
#include "config.h"

#include "plan/footprint.h"

/* What the end of an action frees, or adds if that is negative. */
static int64_t
freed_by(const struct action *part, bool trains, const struct footprint *stage)
{
    switch ((enum action_kind)part->kind) {
    case ACTION_FORWARD:
        return trains ? 0 : stage->stash;
    case ACTION_FULL_BACKWARD:
        return stage->stash;
    case ACTION_BACKWARD_INPUT:
        return stage->stash - stage->owed;
    case ACTION_BACKWARD_WEIGHT:
        return stage->owed;
    default:
        return 0;
    }
}

/* The bytes after the first `done` actions of a list; raises *peak to the most
 * on the way. */
static int64_t
bytes_after(const struct action_list *list, size_t done, bool trains,
            const struct footprint stages[], int64_t *peak)
{
    static const struct footprint one = {.stash = 1, .owed = 1};
    int64_t bytes = 0;

    for (size_t i = 0; i < done; i++) {
        struct action parts[2];
        int count = action_parts(&list->at[i], parts);

        for (int p = 0; p < count; p++) {
            const struct footprint *stage =
                stages ? &stages[parts[p].stage] : &one;

            int64_t during = 0;

            if (parts[p].kind == ACTION_FORWARD)
                bytes += stage->stash;
            else if (parts[p].kind == ACTION_FULL_BACKWARD)
                during = stage->backward;
            else if (parts[p].kind == ACTION_BACKWARD_INPUT)
                during = stage->input;
            if (bytes + during > *peak)
                *peak = bytes + during;
            bytes -= freed_by(&parts[p], trains, stage);
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
