#include "config.h"

#include "calls.h"

enum { RANKS = 4, MBS = 3 };

START_TEST(naive_is_complete)
{
    steps_must_run(exercise_naive_step, RANKS, MBS, 1);
}
END_TEST

START_TEST(naive_takes_one_microbatch_at_a_time)
{
    struct plan *plan = made_by_steps(exercise_naive_step, RANKS, MBS);

    must_keep_at_most(plan, (int[]){1, 1, 1, 1});
    must_take(plan, RANKS * MBS * (1 + 2));
    plan_free(plan);
}
END_TEST

START_TEST(gpipe_is_complete)
{
    steps_must_run(exercise_gpipe_step, RANKS, MBS, 1);
}
END_TEST

/* A rank's first backward comes after its last forward. */
static void
must_do_forwards_first(const struct plan *plan)
{
    for (int r = 0; r < plan->ranks; r++) {
        const struct action_list *list = &plan->lists[r];
        int forwards = 0;

        for (size_t i = 0; i < list->count; i++) {
            char cell[ACTION_CELL_MAX];

            forwards += list->at[i].kind == ACTION_FORWARD;
            ck_assert_msg(list->at[i].kind != ACTION_FULL_BACKWARD ||
                              forwards == plan->mbs,
                          "%s: rank %d, position %zu, %s: a backward before "
                          "the last forward",
                          plan->name, r, i, action_cell(&list->at[i], cell));
        }
    }
}

START_TEST(gpipe_fills_and_drains_once)
{
    struct plan *plan = made_by_steps(exercise_gpipe_step, RANKS, MBS);

    must_run(plan);
    must_do_forwards_first(plan);
    must_take(plan, (MBS + RANKS - 1) * (1 + 2));
    plan_free(plan);
}
END_TEST

START_TEST(both_run_at_every_shape)
{
    steps_must_run_at_every_shape(exercise_naive_step, 0);
    steps_must_run_at_every_shape(exercise_gpipe_step, 0);
}
END_TEST

const struct claim claims[] = {
    {"naive: a complete plan in order", 2, &naive_is_complete},
    {"naive: one rank, one microbatch at a time", 2,
     &naive_takes_one_microbatch_at_a_time},
    {"GPipe: a complete plan in order", 2, &gpipe_is_complete},
    {"GPipe: all forwards, then M + P - 1 times F + B ticks in all", 2,
     &gpipe_fills_and_drains_once},
    {"both at every number of ranks and microbatches", 2,
     &both_run_at_every_shape},
    {NULL, 0, NULL},
};
