#include "config.h"

#include "plan/footprint.h"

#include "cases.h"
#include "plans.h"
#include "plan/program.h"
#include "plan/lower.h"

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
    struct cause cause;
    struct program *program;

    for (int s = 0; s < plan->stages; s++)
        ones[s] = (struct footprint){.stash = 1, .owed = 1};
    ck_assert_msg((program = program_make(plan, &cause)) != NULL, "%s",
                  cause.text);
    footprint_peaks(program->lowered, ones, peaks);
    for (int r = 0; r < plan->ranks; r++) {
        size_t count = program->lowered->lists[r].count;

        ck_assert_msg(peaks[r] == program->peak_activations[r],
                      "%s: rank %d: %d, not %d", shape_text(plan), r,
                      (int)peaks[r], program->peak_activations[r]);
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

TCase *
footprint_case(void)
{
    TCase *tcase = tcase_create("footprint");

    tcase_add_test(tcase,
                   bytes_come_with_the_forward_and_go_with_the_last_backward);
    tcase_add_test(tcase, peaks_in_bytes_are_those_in_microbatches);
    return tcase;
}
