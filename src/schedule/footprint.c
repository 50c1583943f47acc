#include "config.h"

#include "schedule/footprint.h"

static int64_t
peak_of(const struct action_list *list, const struct footprint stages[],
        bool trains)
{
    int64_t bytes = 0;
    int64_t peak = 0;

    for (size_t i = 0; i < list->count; i++) {
        struct action parts[2];
        int count = action_parts(&list->at[i], parts);

        for (int p = 0; p < count; p++) {
            const struct footprint *stage = &stages[parts[p].stage];

            bytes += action_takes(&parts[p]) * stage->stash;
            if (parts[p].kind == ACTION_BACKWARD_INPUT)
                bytes += stage->kept;
            if (bytes > peak)
                peak = bytes;
            bytes -= action_frees(&parts[p], trains) * stage->stash;
            if (parts[p].kind == ACTION_BACKWARD_WEIGHT)
                bytes -= stage->kept;
        }
    }
    return peak;
}

void
footprint_peaks(const struct plan *plan, const struct footprint stages[],
                int64_t peaks[])
{
    bool trains = plan_trains(plan);

    for (int r = 0; r < plan->ranks; r++)
        peaks[r] = peak_of(&plan->lists[r], stages, trains);
}
