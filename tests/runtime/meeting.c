/* meeting.c -- ranks that meet before STEP, again and again, and runs that end
 * while some wait there. */
#include "config.h"

#include "plans.h"
#include "suite.h"
#include "toy.h"

#include <pthread.h>
#include <sched.h>

enum { PEERS = 5 };

/* ---- again and again ---- */

static bool
is_backward(const struct action *action)
{
    return action->kind == ACTION_FULL_BACKWARD;
}

/* Counts backwards; at a STEP those of all ranks have begun. Ranks are held up
 * now and then, so that each is the last one to come at times. */
static bool
steps_after_all(struct toy *toy, const struct action *action, int step)
{
    const struct plan *plan = toy->plan;
    atomic_long *backwards = toy->context;
    unsigned turn = (unsigned)(action->stage * 7 + step * 5);

    if (is_backward(action)) {
        for (unsigned n = turn % PEERS; n > 0; n--)
            sched_yield();
        atomic_fetch_add(backwards, 1);
    }
    return action->kind != ACTION_OPTIMIZER_STEP ||
           atomic_load(backwards) >=
               (step + 1L) * plan->stages * (long)plan->mbs;
}

/* _i: ranks bound to cores, which they share where there are fewer; in
 * lockstep; in another order. */
START_TEST(no_rank_steps_before_all_have_come_in_any_of_many_steps)
{
    struct fixture_options options = {.capacity = 1 + _i % 3,
                                      .steps = 100,
                                      .barrier = true,
                                      .bind = _i & 1,
                                      .lockstep = _i & 2};
    atomic_long backwards = 0;
    struct fixture f;

    fixture_init(&f, lowered_of(_i & 4 ? "gpipe" : "1f1b", PEERS, 2),
                 &options);
    f.toy.hook = steps_after_all;
    f.toy.context = &backwards;
    fixture_expect_run(&f, options.steps);
    ck_assert_int_eq(f.run->meeting.count, 1); /* since run_start() */
    fixture_fini(&f);
}
END_TEST

/* ---- the end of a run ---- */

static int
asleep(struct meeting *meeting)
{
    int count = 0;

    pthread_mutex_lock(&meeting->lock);
    for (int r = 0; r < meeting->ranks; r++)
        count += meeting->asleep[r];
    pthread_mutex_unlock(&meeting->lock);
    return count;
}

struct ending {
    struct meeting *meeting;
    bool waits;
};

/* Rank 0 ends the step. Its last backward fails once all others sleep at the
 * meeting, or at any time. */
static bool
fails_while_others_wait(struct toy *toy, const struct action *action, int step)
{
    const struct ending *ending = toy->context;

    if (action->kind != ACTION_FULL_BACKWARD || action->stage != 0 ||
        action->mb != toy->plan->mbs - 1 || step != 3)
        return true;
    while (ending->waits && asleep(ending->meeting) < PEERS - 1)
        sched_yield();
    return false;
}

/* _i: waits until the others sleep; or not, on cores that ranks may share. */
START_TEST(a_failure_wakes_all_that_wait_at_the_meeting)
{
    struct fixture_options options = {
        .capacity = 2, .steps = 5, .barrier = true, .bind = _i};

    for (int n = 0; n < 20; n++) {
        struct fixture f;
        struct ending ending = {.waits = !_i};

        fixture_init(&f, lowered_of("1f1b", PEERS, 4), &options);
        f.toy.hook = fails_while_others_wait;
        ending.meeting = &f.run->meeting;
        f.toy.context = &ending;
        ck_assert_int_eq(run_steps(f.run, 0, options.steps), RUN_FAILED);
        ck_assert_int_eq(f.run->steps, 3);
        ck_assert_int_eq(f.toy.running, 0);
        ck_assert_int_eq(asleep(&f.run->meeting), 0);
        ck_assert(!board_deadlocked(&f.run->board));
        fixture_fini(&f);
    }
}
END_TEST

TCase *
meeting_case(void)
{
    TCase *tcase = tcase_create("meeting");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(
        tcase, no_rank_steps_before_all_have_come_in_any_of_many_steps, 0, 8);
    tcase_add_loop_test(tcase, a_failure_wakes_all_that_wait_at_the_meeting, 0,
                        2);
    return tcase;
}
