#include "config.h"

#include "schedules.h"

START_TEST(it_runs)
{
    struct plan *plan = made(exercise_gpipe, 4, 5);

    must_run(plan);
    plan_free(plan);
}
END_TEST

START_TEST(it_runs_at_every_shape)
{
    must_run_at_every_shape(exercise_gpipe);
}
END_TEST

START_TEST(all_forwards_come_before_any_backward)
{
    struct plan *plan = made(exercise_gpipe, 4, 5);

    must_run(plan);
    for (int r = 0; r < plan->ranks; r++)
        for (int i = 0; i < 2 * plan->mbs; i++) {
            const struct action *action = &plan->lists[r].at[i];
            enum action_kind kind =
                i < plan->mbs ? ACTION_FORWARD : ACTION_FULL_BACKWARD;
            struct action wanted = action_of(kind, r, i % plan->mbs);
            char cells[2][ACTION_CELL_MAX];

            ck_assert_msg(action_equal(action, &wanted),
                          "%s: rank %d, position %d, %s: should be %s",
                          plan->name, r, i, action_cell(action, cells[0]),
                          action_cell(&wanted, cells[1]));
        }
    plan_free(plan);
}
END_TEST

START_TEST(the_pipe_fills_and_drains_once)
{
    struct plan *plan = made(exercise_gpipe, 4, 5);

    must_take(plan, (5 + 4 - 1) * (1 + 2));
    plan_free(plan);
}
END_TEST

const struct claim claims[] = {
    {"a complete plan in order", 4, &it_runs},
    {"for every number of ranks and microbatches", 2, &it_runs_at_every_shape},
    {"all forwards, then all backwards, ascending", 2,
     &all_forwards_come_before_any_backward},
    {"M + P - 1 times F + B ticks", 2, &the_pipe_fills_and_drains_once},
    {NULL, 0, NULL},
};
