#include "config.h"

#include "calls.h"

enum { RANKS = 4, MBS = 8 };

START_TEST(it_is_complete)
{
    steps_must_run(exercise_1f1b_step, RANKS, MBS, 1);
}
END_TEST

START_TEST(it_keeps_p_minus_r_in_gpipes_time)
{
    struct plan *plan = made_by_steps(exercise_1f1b_step, RANKS, MBS);

    must_keep_at_most(plan, (int[]){4, 3, 2, 1});
    must_take(plan, (MBS + RANKS - 1) * (1 + 2));
    plan_free(plan);
}
END_TEST

START_TEST(one_slot_is_enough)
{
    steps_must_run_at_every_shape(exercise_1f1b_step, 1);
}
END_TEST

START_TEST(no_slot_is_needed)
{
    steps_must_run(exercise_1f1b_step, 2, 2, 0);
    steps_must_run(exercise_1f1b_step, RANKS, MBS, 0);
    steps_must_run_at_every_shape(exercise_1f1b_step, 0);
}
END_TEST

const struct claim claims[] = {
    {"every message is sent, received and in order", 2, &it_is_complete},
    {"1F1B: GPipe's time with P-r microbatches kept", 2,
     &it_keeps_p_minus_r_in_gpipes_time},
    {"one slot is enough, at every shape", 2, &one_slot_is_enough},
    {"no slot is needed: each send meets its recv", 4, &no_slot_is_needed},
    {NULL, 0, NULL},
};
