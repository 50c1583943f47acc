#include "config.h"

#include "sim/held.h"

#include "base/memory.h"
#include "base/rng.h"
#include "plan/lower.h"
#include "plan/plans.h"
#include "runs.h"

#include <stdlib.h>

enum { HELD_PLANS = 100 };

static struct plan *
lowered_random(unsigned seed)
{
    struct plan *plan = plan_random(seed);
    struct plan *lowered = lower(plan);

    plan_free(plan);
    return lowered;
}

/* The start of the first span at which a rank holds its peak. */
static int64_t
first_peak(const struct run *run, const struct footprint stages[], int rank,
           int64_t peak)
{
    struct footprint_rule rule = footprint_rule(run->lowered, stages);
    const struct lane *lane = &run->forecast.trace.lanes[rank];

    for (size_t i = 0; i < lane->count; i++)
        if (footprint_after(run->lowered, stages, rank, i) +
                footprint_taken(&rule, &lane->spans[i].action) ==
            peak)
            return lane->spans[i].start;
    ck_abort_msg("%s: rank %d never holds its peak", run_text(run), rank);
    return -1;
}

START_TEST(the_time_of_a_peak_is_when_the_rank_first_holds_as_much)
{
    for (unsigned seed = 0; seed < HELD_PLANS; seed++) {
        struct plan *lowered = lowered_random(seed);
        struct footprint *stages =
            memory_new((size_t)lowered->stages, sizeof *stages);
        int64_t *peaks = memory_new((size_t)lowered->ranks, sizeof *peaks);
        int64_t *at = memory_new((size_t)lowered->ranks, sizeof *at);
        struct rng rng;
        struct run run;

        rng_init(&rng, 9, RNG_TEST, seed);
        for (int s = 0; s < lowered->stages; s++) {
            stages[s].stash = 1 + rng_below(&rng, 100);
            stages[s].owed = rng_below(&rng, (uint32_t)stages[s].stash);
            stages[s].backward = rng_below(&rng, 50);
            stages[s].input = rng_below(&rng, 50);
        }
        run_init(&run, lowered, "F=3,B=5,I=2,W=4", NULL, 1, CAPACITY_AUTO);
        footprint_peaks(lowered, stages, peaks);
        held_most_at(lowered, &run.cost, run.forecast.capacity, stages, at);
        for (int r = 0; r < lowered->ranks; r++)
            ck_assert_int_eq(at[r], first_peak(&run, stages, r, peaks[r]));
        run_fini(&run);
        free(stages);
        free(peaks);
        free(at);
    }
}
END_TEST

TCase *
held_case(void)
{
    TCase *tcase = tcase_create("held");

    tcase_add_test(tcase,
                   the_time_of_a_peak_is_when_the_rank_first_holds_as_much);
    return tcase;
}
