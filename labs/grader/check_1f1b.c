#include "config.h"

#include "schedules.h"

#include "base/plural.h"

enum { RANKS = 4, MBS = 8 };

/* The forwards that a rank's list begins with. */
static int
forwards_ahead(const struct action_list *list)
{
    size_t count = 0;

    while (count < list->count && list->at[count].kind == ACTION_FORWARD)
        count++;
    return (int)count;
}

START_TEST(ranks_warm_up)
{
    struct plan *plan = made(exercise_1f1b, RANKS, MBS);

    for (int r = 0; r < RANKS; r++) {
        /* With the first of the steady state. */
        int wanted = RANKS - r;
        int ahead = forwards_ahead(&plan->lists[r]);

        ck_assert_msg(ahead == wanted,
                      "%s: rank %d begins with %d forward%s; the warm-up has "
                      "P-1-r = %d, and the steady state one more before its "
                      "first backward",
                      plan->name, r, ahead, plural(ahead), wanted - 1);
    }
    plan_free(plan);
}
END_TEST

START_TEST(forwards_and_backwards_take_turns)
{
    struct plan *plan = made(exercise_1f1b, RANKS, MBS);

    for (int r = 0; r < RANKS; r++) {
        const struct action_list *list = &plan->lists[r];
        int ahead = forwards_ahead(list);

        ck_assert_msg(ahead > 0, "%s: rank %d has no forward to begin with",
                      plan->name, r);
        ck_assert_msg(ahead < MBS,
                      "%s: rank %d has no forward after its first backward, "
                      "so nothing to take turns with",
                      plan->name, r);
        for (int i = 0; i < 2 * (MBS - ahead) + 1; i++) {
            bool forward = i % 2 == 1;
            struct action wanted =
                action_of(forward ? ACTION_FORWARD : ACTION_FULL_BACKWARD, r,
                          forward ? ahead + i / 2 : i / 2);
            size_t at = (size_t)(ahead + i);
            char cells[2][ACTION_CELL_MAX];

            ck_assert_msg(at < list->count,
                          "%s: rank %d, position %zu: its list ends where %s "
                          "should come",
                          plan->name, r, at, action_cell(&wanted, cells[1]));
            ck_assert_msg(action_equal(&list->at[at], &wanted),
                          "%s: rank %d, position %zu, %s: should be %s",
                          plan->name, r, at,
                          action_cell(&list->at[at], cells[0]),
                          action_cell(&wanted, cells[1]));
        }
    }
    plan_free(plan);
}
END_TEST

START_TEST(it_runs)
{
    struct plan *plan = made(exercise_1f1b, RANKS, MBS);

    must_run(plan);
    plan_free(plan);
}
END_TEST

START_TEST(it_runs_at_every_shape)
{
    must_run_at_every_shape(exercise_1f1b);
}
END_TEST

START_TEST(it_keeps_p_minus_r_in_gpipes_time)
{
    struct plan *plan = made(exercise_1f1b, RANKS, MBS);

    must_keep_at_most(plan, (int[]){4, 3, 2, 1});
    must_take(plan, (MBS + RANKS - 1) * (1 + 2));
    plan_free(plan);
}
END_TEST

const struct claim claims[] = {
    {"warm-up: P-1-r forwards ahead", 2, &ranks_warm_up},
    {"steady state: one forward, one backward", 2,
     &forwards_and_backwards_take_turns},
    {"cool-down: a complete plan in order", 2, &it_runs},
    {"for every number of ranks and microbatches", 2, &it_runs_at_every_shape},
    {"GPipe's time with P-r microbatches kept", 2,
     &it_keeps_p_minus_r_in_gpipes_time},
    {NULL, 0, NULL},
};
