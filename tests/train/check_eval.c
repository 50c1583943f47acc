/* check_eval.c -- forwards alone: every example once, and the numbers those of
 * the monolith, bit for bit. */
#include "config.h"

#include "rig.h"
#include "plan/program.h"
#include "plan/forward_only.h"
#include "search/schedule.h"

#include <math.h>
#include <string.h>

enum { EXAMPLES = 23, BATCHES_MOST = EXAMPLES };

struct outcome {
    int batches;
    double losses[BATCHES_MOST];
    double mean_loss;
    int correct;
};

/* For a plan that has backwards, or the monolith. */
static void
evaluate(struct outcome *outcome, const struct plan *plan, int batch, int mbs,
         bool lockstep)
{
    struct rig_settings settings = {
        .bind = true,
        .lockstep = lockstep,
        .capacity = CAPACITY_AUTO,
        .batch = batch,
        .steps = (EXAMPLES - 1) / batch + 1,
        .forward_only = true,
        .examples = EXAMPLES,
    };
    struct plan *forwards = plan ? forward_only(plan) : NULL;
    int split[RIG_LAYERS];
    struct rig rig;

    if (plan)
        rig_split(plan->stages, split);
    rig_open(&rig, forwards, split, mbs, &settings);
    ck_assert_int_eq(trainer_evaluate(rig.trainer), RUN_DONE);
    ck_assert_int_eq(rig.trainer->step, settings.steps);
    *outcome = (struct outcome){
        .batches = settings.steps,
        .mean_loss = trainer_mean_loss(rig.trainer),
        .correct = trainer_correct(rig.trainer),
    };
    for (int s = 0; s < settings.steps; s++)
        outcome->losses[s] = trainer_loss(rig.trainer, s);
    rig_close(&rig);
    plan_free(forwards);
}

static void
expect_monolith(const char *schedule, int ranks, int stages, int mbs,
                int batch, bool lockstep)
{
    struct outcome whole;
    struct outcome piped;
    struct cause cause;
    struct plan *plan = schedule_plan(schedule, ranks, stages, mbs, &cause);

    ck_assert_msg(plan != NULL, "%s", cause.text);
    evaluate(&whole, NULL, batch, mbs, false);
    evaluate(&piped, plan, batch, mbs, lockstep);
    ck_assert_msg(memcmp(&whole, &piped, sizeof whole) == 0,
                  "%s P=%d S=%d M=%d, batches of %d: mean loss %.17g, not "
                  "%.17g; %d right, not %d",
                  schedule, ranks, stages, mbs, batch, piped.mean_loss,
                  whole.mean_loss, piped.correct, whole.correct);
    plan_free(plan);
}

/* _i: stages a rank. With 23 examples in batches of 10 there are 3 left for the
 * microbatches, up to 8, of the last batch. */
START_TEST(every_schedule_equals_the_monolith_bit_for_bit)
{
    for (int i = 0; policy_at(i); i++)
        for (int ranks = 1; ranks <= 4; ranks++)
            for (int mbs = 1; mbs <= 8; mbs++) {
                const char *name = policy_at(i)->name;
                int stages = ranks * _i;
                struct cause cause;

                if (stages <= RIG_LAYERS &&
                    policy_suits(policy_at(i), ranks, stages, mbs, &cause))
                    expect_monolith(name, ranks, stages, mbs, 10, mbs == 3);
            }
}
END_TEST

START_TEST(batches_of_any_size_do)
{
    for (int batch = 1; batch <= EXAMPLES + 4; batch++)
        for (int mbs = 1; mbs <= batch; mbs += 3)
            expect_monolith("1f1b", 3, 3, mbs, batch, false);
}
END_TEST

/* However they are cut, the mean is over all examples: two sums of 23 terms of
 * order one. */
START_TEST(every_example_counts_once)
{
    struct outcome whole;

    evaluate(&whole, NULL, EXAMPLES, 1, false);
    for (int batch = 1; batch <= EXAMPLES + 4; batch++) {
        struct outcome cut;

        evaluate(&cut, NULL, batch, 1, false);
        ck_assert_double_eq_tol(cut.mean_loss, whole.mean_loss, 1e-5);
    }
}
END_TEST

/* One row at a time, as that goes through the slices themselves. */
START_TEST(what_is_right_is_what_the_trainer_says_after_an_epoch)
{
    struct rig_settings settings = {.capacity = CAPACITY_AUTO,
                                    .batch = 1,
                                    .steps = 1,
                                    .examples = EXAMPLES};
    struct outcome outcome;
    struct rig rig;

    evaluate(&outcome, NULL, 1, 1, false);
    rig_open(&rig, NULL, NULL, 1, &settings);
    ck_assert_double_eq(trainer_accuracy(rig.trainer, &rig.data),
                        (double)outcome.correct / EXAMPLES);
    ck_assert_int_gt(outcome.correct, 0);
    ck_assert_int_lt(outcome.correct, EXAMPLES);
    rig_close(&rig);
}
END_TEST

START_TEST(there_is_no_memory_for_what_is_not_learnt)
{
    struct rig_settings settings = {.capacity = CAPACITY_AUTO,
                                    .batch = 10,
                                    .steps = 3,
                                    .forward_only = true,
                                    .examples = EXAMPLES};
    struct cause cause;
    struct plan *plan = schedule_plan("zb1p", 2, 2, 4, &cause);
    struct plan *forwards = forward_only(plan);
    int split[2];
    struct rig rig;

    rig_split(2, split);
    rig_open(&rig, forwards, split, 4, &settings);
    for (int s = 0; s < 2; s++) {
        const struct mlp_stage *stage = &rig.trainer->stages[s];

        ck_assert_ptr_null(stage->slice->grads);
        ck_assert_ptr_null(stage->slice->optimizer.first);
        ck_assert_int_eq(stage->slots[SLOT_STASH].count, 1);
        ck_assert_int_eq(stage->slots[SLOT_GRAD_INPUT].count, 0);
        ck_assert_int_eq(stage->slots[SLOT_GRAD_OUTPUT].count, 0);
        ck_assert_int_eq(stage->slots[SLOT_KEPT].count, 0);
    }
    rig_close(&rig);
    plan_free(forwards);
    plan_free(plan);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("eval");
    TCase *laws = tcase_create("forwards alone");

    tcase_set_timeout(laws, 60);
    tcase_add_loop_test(laws, every_schedule_equals_the_monolith_bit_for_bit,
                        1, 4);
    tcase_add_test(laws, batches_of_any_size_do);
    tcase_add_test(laws, every_example_counts_once);
    tcase_add_test(laws,
                   what_is_right_is_what_the_trainer_says_after_an_epoch);
    tcase_add_test(laws, there_is_no_memory_for_what_is_not_learnt);
    suite_add_tcase(suite, laws);
    return suite_main(suite);
}
