#include "config.h"

#include "plans.h"
#include "toy.h"

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

TCase *
deadlock_case(void)
{
    TCase *tcase = tcase_create("deadlock");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(
        tcase, one_forward_one_backward_over_rendezvous_deadlocks_as_predicted);
    tcase_add_test(tcase, waiting_for_a_rank_that_is_done_is_a_deadlock);
    tcase_add_loop_test(tcase, a_run_that_can_go_on_is_never_called_a_deadlock,
                        0, 2);
    return tcase;
}
