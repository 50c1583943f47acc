#include "config.h"

#include "plans.h"
#include "runtime/barrier.h"
#include "runtime/pinned_threads.h"
#include "suite.h"
#include "toy.h"

#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

/* The last operation that the owner of a stage began. */
static const struct action *
last_of_rank(const struct toy *toy, int stage)
{
    const int *rank_of_stage = toy->plan->rank_of_stage;
    size_t at = atomic_load(&toy->ordered);

    while (at > 0)
        if (rank_of_stage[toy->order[--at].stage] == rank_of_stage[stage])
            return &toy->order[at];
    return NULL;
}

static void
expect_failure(struct plan *lowered, const struct fixture_options *options,
               const struct action *action, int step)
{
    struct fixture f;
    char complaint[64];

    fixture_init(&f, lowered, options);
    f.toy.failure =
        (struct toy_failure){action->kind, action->stage, action->mb, step};
    toy_complaint(action, step, complaint);
    ck_assert_int_eq(run_steps(f.run, 0, options->steps), RUN_FAILED);
    ck_assert_str_eq(f.run->cause.text, complaint);
    ck_assert_msg(action_equal(last_of_rank(&f.toy, action->stage), action),
                  "%s: %s, and its rank went on", fixture_text(&f), complaint);
    ck_assert_int_eq(f.toy.running, 0);
    ck_assert(!board_deadlocked(&f.run->board));
    fixture_fini(&f);
}

/* Lets each operation of a plan fail in each step. */
static void
each_operation(struct plan *make(const void *what, int mbs), const void *what,
               int mbs, const struct fixture_options *options)
{
    struct plan *lowered = make(what, mbs);

    for (int r = 0; r < lowered->ranks; r++)
        for (size_t i = 0; i < lowered->lists[r].count; i++) {
            const struct action *action = &lowered->lists[r].at[i];
            struct action parts[2];
            int count = action_parts(action, parts);

            if (action_is_transfer(action))
                continue;
            for (int n = 0; n < count * options->steps; n++)
                expect_failure(make(what, mbs), options, &parts[n % count],
                               n / count);
        }
    plan_free(lowered);
}

static struct plan *
three_ranks(const void *schedule, int mbs)
{
    return lowered_of(schedule, 3, mbs);
}

static struct plan *
drawn(const void *csv, int mbs)
{
    (void)mbs;
    return lowered_drawn(csv);
}

/* Wherever an operation fails, all ranks stop and its word is kept. _i: a
 * schedule. */
START_TEST(a_failure_anywhere_stops_the_run_with_its_cause)
{
    struct fixture_options options = {.capacity = 1, .steps = 3};

    for (int mbs = 1; mbs <= 4; mbs += stride())
        for (int mode = 0; mode < 4; mode++) {
            options.bind = mode == 1;
            options.lockstep = mode == 2;
            options.capacity = mode == 3 ? CAPACITY_AUTO : 1;
            each_operation(three_ranks, plain_schedules[_i], mbs, &options);
        }
}
END_TEST

START_TEST(so_it_does_in_plans_from_files)
{
    struct fixture_options options = {.capacity = CAPACITY_AUTO, .steps = 2};

    for (int i = 0; drawn_plans[i]; i++)
        for (int mode = 0; mode < 3; mode++) {
            options.bind = mode == 1;
            options.lockstep = mode == 2;
            each_operation(drawn, drawn_plans[i], 0, &options);
        }
}
END_TEST

START_TEST(so_it_does_where_ranks_meet)
{
    struct fixture_options options = {.capacity = 0, .steps = 2};

    for (int mode = 0; mode < 3; mode++) {
        options.bind = mode == 1;
        options.lockstep = mode == 2;
        each_operation(three_ranks, "gpipe", 3, &options);
    }
}
END_TEST

START_TEST(of_failures_everywhere_one_is_kept)
{
    struct fixture_options options = {.capacity = 1, .steps = 3};

    for (int repeat = 0; repeat < 50; repeat++) {
        struct fixture f;

        fixture_init(&f, lowered_of("1f1b", 3, 4), &options);
        f.toy.failure = (struct toy_failure){ACTION_FULL_BACKWARD, -1, -1, -1};
        ck_assert_int_eq(run_steps(f.run, 0, 3), RUN_FAILED);
        /* No backward of stages 0 and 1 comes before the first of stage 2. */
        ck_assert_str_eq(f.run->cause.text, "toy 2B0 fails in step 0");
        fixture_fini(&f);
    }
}
END_TEST

/* 0F1 and 1F0 of step 1 fail when both have begun. */
static bool
fail_together(struct toy *toy, const struct action *action, int step)
{
    if (step != 1 || action->kind != ACTION_FORWARD ||
        action->stage + action->mb != 1)
        return true;
    barrier_wait(toy->context);
    return false;
}

START_TEST(of_two_failures_at_once_one_is_kept)
{
    struct fixture_options options = {.capacity = 1, .steps = 3};

    for (int repeat = 0; repeat < 100; repeat++) {
        struct barrier both;
        struct fixture f;
        const char *text;

        barrier_init(&both, 2);
        fixture_init(&f, lowered_of("gpipe", 2, 3), &options);
        f.toy.hook = fail_together;
        f.toy.context = &both;
        ck_assert_int_eq(run_steps(f.run, 0, 3), RUN_FAILED);
        text = f.run->cause.text;
        ck_assert_msg(strcmp(text, "toy 0F1 fails in step 1") == 0 ||
                          strcmp(text, "toy 1F0 fails in step 1") == 0,
                      "%s", text);
        fixture_fini(&f);
        barrier_fini(&both);
    }
}
END_TEST

/* Of this process; 0 where the system does not say. */
static int
threads(void)
{
    DIR *tasks = opendir("/proc/self/task");
    int count = 0;

    if (!tasks)
        return 0;
    while (readdir(tasks))
        count++;
    closedir(tasks);
    return count;
}

static void
nothing(void *context, int i)
{
    (void)context, (void)i;
}

/* _i: whether the run ends well, in failure, or in a deadlock. */
START_TEST(no_thread_outlives_a_run)
{
    struct fixture_options options = {
        .capacity = _i == 2 ? 0 : 1, .steps = 2, .bind = true};
    int cores[CORES_MAX];
    struct fixture f;
    int before;

    /* The first thread of all may bring one that a sanitizer keeps. */
    cores_allowed(cores);
    pinned_threads_run(1, cores, nothing, NULL);
    before = threads();
    fixture_init(&f, lowered_of("1f1b", 6, 4), &options);
    if (_i == 1)
        f.toy.failure = (struct toy_failure){ACTION_FULL_BACKWARD, 3, 2, 1};
    ck_assert_int_eq(run_steps(f.run, 0, 2), _i == 0   ? RUN_DONE
                                             : _i == 1 ? RUN_FAILED
                                                       : RUN_DEADLOCK);
    /* A joined thread may take a moment to vanish from the list. */
    while (threads() > before)
        sched_yield();
    fixture_fini(&f);
}
END_TEST

TCase *
failure_case(void)
{
    TCase *tcase = tcase_create("failure");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, a_failure_anywhere_stops_the_run_with_its_cause,
                        0, 3);
    tcase_add_test(tcase, so_it_does_in_plans_from_files);
    tcase_add_test(tcase, so_it_does_where_ranks_meet);
    tcase_add_test(tcase, of_failures_everywhere_one_is_kept);
    tcase_add_test(tcase, of_two_failures_at_once_one_is_kept);
    tcase_add_loop_test(tcase, no_thread_outlives_a_run, 0, 3);
    return tcase;
}
