#include "config.h"

#include "plans.h"
#include "toy.h"

#include <pthread.h>
#include <sched.h>

START_TEST(one_forward_one_backward_over_rendezvous_deadlocks_as_predicted)
{
    struct fixture_options options = {.capacity = 0, .steps = 3};

    for (int ranks = 2; ranks <= 6; ranks++)
        for (int repeat = 0; repeat < 20; repeat++) {
            struct fixture f;

            options.bind = repeat % 2;
            fixture_init(&f, lowered_of("1f1b", ranks, 8), &options);
            fixture_expect_deadlock(&f, 3);
            fixture_fini(&f);
        }
}
END_TEST

/* Such a plan does not pass the check; the board must notice all the same that
 * the last rank that could have sent has left. */
START_TEST(waiting_for_a_rank_that_is_done_is_a_deadlock)
{
    struct fixture_options options = {.capacity = 1, .steps = 1};
    struct fixture f;

    fixture_init(&f, lowered_drawn("0F0\n1RECV_F0,1F0\n"), &options);
    fixture_expect_deadlock(&f, 1);
    ck_assert_uint_eq(f.run->board.position[0], 1);
    ck_assert_uint_eq(f.run->board.position[1], 0);
    fixture_fini(&f);
}
END_TEST

struct counts {
    int live;
    int blocked;
};

static struct counts
counts_of(struct board *board)
{
    struct counts counts;

    pthread_mutex_lock(&board->lock);
    counts = (struct counts){board->live, board->blocked};
    pthread_mutex_unlock(&board->lock);
    return counts;
}

/* 0F1 runs when the other two ranks have blocked. */
static bool
leave_last(struct toy *toy, const struct action *action, int step)
{
    struct run *run = *(struct run **)toy->context;

    (void)step;
    if (action->stage == 0 && action->mb == 1)
        while (counts_of(&run->board).blocked < 2)
            sched_yield();
    return true;
}

/* 2F0 runs, and so lets 1 and 2 block, when rank 0 has left. */
static bool
leave_first(struct toy *toy, const struct action *action, int step)
{
    struct run *run = *(struct run **)toy->context;

    (void)step;
    if (action->stage == 2)
        while (counts_of(&run->board).live > 2)
            sched_yield();
    return true;
}

/* Ranks 1 and 2 wait for each other; rank 0 has nothing to do with it. _i:
 * whether it is the first or the last of the three. */
START_TEST(a_deadlock_is_found_whoever_comes_last)
{
    struct fixture_options options = {.capacity = 1, .steps = 2};

    for (int repeat = 0; repeat < 20; repeat++) {
        struct fixture f;

        fixture_init(&f,
                     lowered_drawn("0F0,0SEND_F0,0F1\n"
                                   "1RECV_F0,1F0,1SEND_F0,1RECV_B0\n"
                                   "2RECV_F0,2F0,2RECV_F1,2F1\n"),
                     &options);
        f.toy.hook = _i ? leave_last : leave_first;
        f.toy.context = &f.run;
        fixture_expect_deadlock(&f, 1);
        ck_assert_uint_eq(f.run->board.position[0], 3);
        ck_assert_uint_eq(f.run->board.position[1], 3);
        ck_assert_uint_eq(f.run->board.position[2], 2);
        fixture_fini(&f);
    }
}
END_TEST

/* Rank 0 fills the link while rank 1 waits for room for a gradient. _i: bound
 * or not. */
START_TEST(a_plan_that_needs_two_slots_deadlocks_with_one)
{
    static const char csv[] = "0F0,0F1,0F2,0F3,0B0,0B1,0B2,0B3\n"
                              "1F0,1B0,1F1,1B1,1F2,1B2,1F3,1B3\n";
    struct fixture_options options = {.steps = 3, .bind = _i};
    struct fixture f;

    for (int repeat = 0; repeat < 20; repeat++) {
        options.capacity = 1;
        fixture_init(&f, lowered_drawn(csv), &options);
        fixture_expect_deadlock(&f, 3);
        fixture_fini(&f);
        options.capacity = 2;
        fixture_init(&f, lowered_drawn(csv), &options);
        fixture_expect_run(&f, 3);
        fixture_fini(&f);
    }
}
END_TEST

START_TEST(a_run_that_can_go_on_is_never_called_a_deadlock)
{
    struct fixture_options options = {.capacity = 1, .steps = 300};
    struct fixture f;

    options.bind = _i;
    fixture_init(&f, lowered_of("1f1b", 4, 3), &options);
    fixture_expect_run(&f, 300);
    fixture_fini(&f);
    options.capacity = 0;
    fixture_init(&f, lowered_of("gpipe", 3, 3), &options);
    fixture_expect_run(&f, 300);
    fixture_fini(&f);
}
END_TEST

/* Threads start, meet and leave anew each time. _i: bound or not. */
START_TEST(nor_is_any_of_many_short_runs)
{
    for (int s = 0; s < 3; s++)
        for (int ranks = 2; ranks <= 5; ranks++) {
            struct fixture_options options = {
                .capacity = s < 2 ? ranks % 2 : 1, .steps = 60, .bind = _i};
            struct fixture f;

            fixture_init(&f, lowered_of(plain_schedules[s], ranks, 2),
                         &options);
            for (int step = 0; step < 60; step++)
                ck_assert_int_eq(run_steps(f.run, step, 1), RUN_DONE);
            toy_expect_done(&f.toy, 60, fixture_text(&f));
            fixture_fini(&f);
        }
}
END_TEST

TCase *
deadlock_case(void)
{
    TCase *tcase = tcase_create("deadlock");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(
        tcase,
        one_forward_one_backward_over_rendezvous_deadlocks_as_predicted);
    tcase_add_test(tcase, waiting_for_a_rank_that_is_done_is_a_deadlock);
    tcase_add_loop_test(tcase, a_deadlock_is_found_whoever_comes_last, 0, 2);
    tcase_add_loop_test(tcase, a_plan_that_needs_two_slots_deadlocks_with_one,
                        0, 2);
    tcase_add_loop_test(tcase, a_run_that_can_go_on_is_never_called_a_deadlock,
                        0, 2);
    tcase_add_loop_test(tcase, nor_is_any_of_many_short_runs, 0, 2);
    return tcase;
}
