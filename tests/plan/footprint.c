#include "config.h"

#include "plan/footprint.h"

#include "base/memory.h"
#include "cases.h"
#include "plans.h"
#include "plan/program.h"
#include "plan/lower.h"

#include <stdlib.h>

enum { RANDOM_PLANS = 200 };

START_TEST(bytes_come_with_the_forward_and_go_with_the_last_backward)
{
    struct plan *plan = lowered_drawn("0F0,0I0,0F1,0W0,0I1,0W1\n");
    const struct footprint stages[] = {
        {.stash = 100, .input = 10, .owed = 110}};
    /* 0F0 0I0 0F1 0W0 0I1 0W1 0STEP */
    static const int64_t expected[] = {0, 100, 110, 210, 100, 110, 0, 0};
    int64_t peak;

    for (size_t done = 0; done <= plan->lists[0].count; done++)
        ck_assert_int_eq(footprint_after(plan, stages, 0, done),
                         expected[done]);
    footprint_peaks(plan, stages, &peak);
    ck_assert_int_eq(peak, 210);
    plan_free(plan);
}
END_TEST

/* A microbatch that weighs one is one that is counted. */
static void
expect_counted(const struct plan *plan)
{
    struct footprint ones[3 * MOST_RANKS];
    int64_t peaks[MOST_RANKS];
    struct program *program;

    for (int s = 0; s < plan->stages; s++)
        ones[s] = (struct footprint){.stash = ACTIVATION_ONE,
                                     .owed = ACTIVATION_ONE};
    program = program_of(plan);
    footprint_peaks(program->lowered, ones, peaks);
    for (int r = 0; r < plan->ranks; r++) {
        size_t count = program->lowered->lists[r].count;

        ck_assert_msg((double)peaks[r] / ACTIVATION_ONE ==
                          program->peak_activations[r],
                      "%s: rank %d: %lld, not %g", shape_text(plan), r,
                      (long long)peaks[r], program->peak_activations[r]);
        for (size_t done = 0; done <= count; done++) {
            int64_t live = footprint_after(program->lowered, NULL, r, done);

            ck_assert_msg(
                live <= peaks[r] &&
                    live == footprint_after(program->lowered, ones, r, done),
                "%s: rank %d after %zu", shape_text(plan), r, done);
        }
        ck_assert_msg(footprint_after(program->lowered, ones, r, 0) == 0 &&
                          footprint_after(program->lowered, ones, r, count) ==
                              0,
                      "%s: rank %d", shape_text(plan), r);
    }
    program_free(program);
}

START_TEST(peaks_in_bytes_are_those_in_microbatches)
{
    for (int i = 0; i < 3; i++)
        for (int ranks = 1; ranks <= MOST_RANKS; ranks++)
            for (int mbs = 1; mbs <= MOST_MBS; mbs++) {
                struct plan *plan = plan_of(plain_schedules[i], ranks, mbs);

                expect_counted(plan);
                plan_free(plan);
            }
    for (unsigned seed = 0; seed < RANDOM_PLANS; seed++) {
        struct plan *plan = plan_random(seed);

        expect_counted(plan);
        plan_free(plan);
    }
}
END_TEST

/* The most on a rank, found anew at each action: of each microbatch of a stage
 * its state is known, and what it keeps in it is added up. */
static double
counted_peak(const struct plan *plan, int rank, double kept)
{
    enum { ABSENT, WHOLE, SHARE };
    const struct action_list *list = &plan->lists[rank];
    size_t cells = (size_t)plan->stages * (size_t)plan->mbs;
    char *states = memory_new(cells, 1);
    bool trains = plan_trains(plan);
    double peak = 0.0;

    for (size_t i = 0; i < list->count; i++) {
        struct action parts[2];
        int count = action_parts(&list->at[i], parts);
        double held = 0.0;

        for (int p = 0; p < count; p++)
            if (parts[p].kind == ACTION_FORWARD)
                states[parts[p].stage * plan->mbs + parts[p].mb] = WHOLE;
        for (size_t c = 0; c < cells; c++)
            held += states[c] == WHOLE ? 1.0 : states[c] == SHARE ? kept : 0.0;
        peak = held > peak ? held : peak;
        for (int p = 0; p < count; p++) {
            char *state = &states[parts[p].stage * plan->mbs + parts[p].mb];

            if (parts[p].kind == ACTION_BACKWARD_INPUT)
                *state = SHARE;
            else if (parts[p].kind == ACTION_FULL_BACKWARD ||
                     parts[p].kind == ACTION_BACKWARD_WEIGHT ||
                     (parts[p].kind == ACTION_FORWARD && !trains))
                *state = ABSENT;
        }
    }
    free(states);
    return peak;
}

START_TEST(activations_are_counted_as_the_papers_do)
{
    for (unsigned seed = 0; seed < RANDOM_PLANS; seed++) {
        struct plan *plan = plan_random(seed);
        double share = seed % 5 / 4.0;
        double peaks[MOST_RANKS];
        double wholes[MOST_RANKS];

        footprint_activations(plan, wholes);
        plan->freed_by_input = footprint_freed_by_input(share);
        footprint_activations(plan, peaks);
        for (int r = 0; r < plan->ranks; r++) {
            ck_assert_msg(peaks[r] == counted_peak(plan, r, share),
                          "seed %u: rank %d: %g", seed, r, peaks[r]);
            ck_assert_msg(peaks[r] <= wholes[r] &&
                              wholes[r] == counted_peak(plan, r, 1.0),
                          "seed %u: rank %d", seed, r);
        }
        plan_free(plan);
    }
}
END_TEST

TCase *
footprint_case(void)
{
    TCase *tcase = tcase_create("footprint");

    tcase_add_test(tcase,
                   bytes_come_with_the_forward_and_go_with_the_last_backward);
    tcase_add_test(tcase, peaks_in_bytes_are_those_in_microbatches);
    tcase_add_test(tcase, activations_are_counted_as_the_papers_do);
    return tcase;
}
