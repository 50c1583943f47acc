#include "config.h"

#include "plans.h"
#include "suite.h"
#include "toy.h"

#include <stdlib.h>

/* The operations that the turns of one step bring, in order. */
static size_t
expected_order(const struct fixture *f, struct action order[])
{
    size_t position[64] = {0};
    size_t count = 0;

    for (size_t t = 0; t < f->forecast.turn_count; t++) {
        int ranks[] = {f->forecast.turns[t].rank,
                       f->forecast.turns[t].partner};

        for (int i = 0; i < 2; i++) {
            const struct action *action;
            struct action parts[2];
            int n;

            if (ranks[i] < 0)
                continue;
            action = &f->lowered->lists[ranks[i]].at[position[ranks[i]]++];
            if (action_is_transfer(action))
                continue;
            n = action_parts(action, parts);
            for (int p = 0; p < n; p++)
                order[count++] = parts[p];
        }
    }
    return count;
}

static void
expect_order(const struct fixture *f, int steps)
{
    struct action order[4096];
    size_t count = expected_order(f, order);

    ck_assert_uint_eq(atomic_load(&f->toy.ordered), count * (size_t)steps);
    for (size_t i = 0; i < count * (size_t)steps; i++)
        ck_assert_msg(action_equal(&f->toy.order[i], &order[i % count]),
                      "%s: operation %zu", fixture_text(f), i);
}

/* In wall time, too, a turn starts when the one before has ended: transfers
 * and all, in the last step. */
static void
expect_turns(const struct fixture *f)
{
    size_t position[64] = {0};
    int64_t last = 0;

    for (size_t t = 0; t < f->forecast.turn_count; t++) {
        int ranks[] = {f->forecast.turns[t].rank,
                       f->forecast.turns[t].partner};
        int64_t end = last;

        for (int i = 0; i < 2 && ranks[i] >= 0; i++) {
            const struct span *span = &run_last(f->run)
                                           ->wall.lanes[ranks[i]]
                                           .spans[position[ranks[i]]++];

            ck_assert_msg(span->start >= last, "%s: turn %zu", fixture_text(f),
                          t);
            if (span->end > end)
                end = span->end;
        }
        last = end;
    }
}

static void
expect_lockstep(struct plan *lowered, int capacity)
{
    struct fixture_options options = {.capacity = capacity,
                                      .steps = 3,
                                      .barrier = lowered->mbs % 2,
                                      .bind = true,
                                      .lockstep = true};
    struct fixture f;

    fixture_init(&f, lowered, &options);
    if (f.forecast.complete) {
        fixture_expect_run(&f, 3);
        expect_order(&f, 3);
        expect_turns(&f);
        ck_assert_int_eq(f.toy.most_running, 1);
    } else {
        fixture_expect_deadlock(&f, 3);
    }
    fixture_fini(&f);
}

START_TEST(ranks_move_one_at_a_time_in_virtual_time_order)
{
    for (int ranks = 1; ranks <= 4; ranks++)
        for (int mbs = 1; mbs <= 4; mbs += stride())
            for (int capacity = 0; capacity <= 2; capacity++)
                expect_lockstep(lowered_of(plain_schedules[_i], ranks, mbs),
                                capacity);
}
END_TEST

START_TEST(so_do_those_of_random_plans)
{
    for (unsigned seed = 0; seed < 40; seed += (unsigned)stride()) {
        struct plan *plan = plan_random(seed);
        char *text = csv_text(plan);

        expect_lockstep(lowered_drawn(text), (int)seed % 3);
        free(text);
        plan_free(plan);
    }
}
END_TEST

START_TEST(so_do_those_of_plans_from_files)
{
    for (int i = 0; drawn_plans[i]; i++)
        for (int capacity = 0; capacity <= 2; capacity++)
            expect_lockstep(lowered_drawn(drawn_plans[i]), capacity);
}
END_TEST

/* Rank 0 is done when the other two block. */
START_TEST(a_deadlock_in_lockstep_is_one_though_a_rank_is_done)
{
    struct fixture_options options = {
        .capacity = 1, .steps = 1, .lockstep = true};
    struct fixture f;

    fixture_init(&f,
                 lowered_drawn("0F0,0SEND_F0\n"
                               "1RECV_F0,1F0,1SEND_F0,1RECV_B0\n"
                               "2RECV_F0,2F0,2RECV_F1,2F1\n"),
                 &options);
    fixture_expect_deadlock(&f, 1);
    fixture_fini(&f);
}
END_TEST

START_TEST(a_run_in_lockstep_goes_on_with_the_first_turn)
{
    struct fixture_options options = {
        .capacity = 1, .steps = 9, .lockstep = true};
    struct fixture f;

    fixture_init(&f, lowered_of("1f1b", 3, 4), &options);
    for (int step = 0; step < 9; step += 3)
        ck_assert_int_eq(run_steps(f.run, step, 3), RUN_DONE);
    expect_order(&f, 9);
    toy_expect_done(&f.toy, 9, fixture_text(&f));
    fixture_fini(&f);
}
END_TEST

/* ---- held: turn by turn ---- */

/* All ranks stand where so many turns have brought them, and the threads
 * agree. Ranks write what is read here without a lock of ours: the thread
 * sanitizer watches. */
static void
expect_standing(const struct fixture *f, size_t turns)
{
    size_t position[64] = {0};

    for (size_t t = 0; t < turns; t++) {
        position[f->forecast.turns[t].rank]++;
        if (f->forecast.turns[t].partner >= 0)
            position[f->forecast.turns[t].partner]++;
    }
    for (int r = 0; r < f->lowered->ranks; r++) {
        const struct rank *rank = &f->run->ranks[r];

        ck_assert_msg(rank->position == position[r] &&
                          f->run->virtual.lanes[r].count == position[r],
                      "%s: rank %d at %zu after %zu turns", fixture_text(f), r,
                      rank->position, turns);
        ck_assert_msg(
            position[r] == 0 ||
                rank->clock ==
                    f->forecast.trace.lanes[r].spans[position[r] - 1].end,
            "%s: rank %d's clock", fixture_text(f), r);
    }
    ck_assert_int_eq(f->toy.running, 0);
}

static void
expect_held(struct plan *lowered, int capacity)
{
    struct fixture_options options = {
        .capacity = capacity, .steps = 2, .bind = true, .lockstep = true};
    struct fixture f;

    fixture_init(&f, lowered, &options);
    for (int step = 0; step < (f.forecast.complete ? 2 : 1); step++) {
        run_start(f.run, step, 1, true);
        ck_assert_uint_eq(run_let(f.run, 0), 0);
        for (size_t t = 0; t < f.forecast.turn_count; t++) {
            expect_standing(&f, t);
            ck_assert_uint_eq(run_let(f.run, 1), 1);
        }
        if (!f.forecast.complete)
            ck_assert_uint_eq(run_let(f.run, 1), 0);
        expect_standing(&f, f.forecast.turn_count);
        ck_assert_int_eq(run_join(f.run),
                         f.forecast.complete ? RUN_DONE : RUN_DEADLOCK);
    }
    if (f.forecast.complete)
        toy_expect_done(&f.toy, 2, fixture_text(&f));
    fixture_fini(&f);
}

/* _i: which schedule. */
START_TEST(a_held_run_moves_by_one_turn_at_a_time)
{
    for (int ranks = 1; ranks <= 4; ranks++)
        for (int mbs = 1; mbs <= 3; mbs++)
            for (int capacity = 0; capacity <= 2; capacity++)
                expect_held(lowered_of(plain_schedules[_i], ranks, mbs),
                            capacity);
}
END_TEST

START_TEST(so_do_held_runs_of_plans_from_files)
{
    for (int i = 0; drawn_plans[i]; i++)
        for (int capacity = 0; capacity <= 2; capacity++)
            expect_held(lowered_drawn(drawn_plans[i]), capacity);
}
END_TEST

START_TEST(several_turns_may_be_let_through_at_once)
{
    struct fixture_options options = {
        .capacity = 2, .steps = 3, .lockstep = true};
    struct fixture f;

    fixture_init(&f, lowered_of("1f1b", 3, 4), &options);
    for (size_t some = 1; some <= 3; some++) {
        size_t taken = 0;

        run_start(f.run, (int)some - 1, 1, true);
        while (taken + 10 * some < f.forecast.turn_count) {
            taken += run_let(f.run, 10 * some);
            expect_standing(&f, taken);
        }
        ck_assert_uint_eq(run_let(f.run, f.forecast.turn_count),
                          f.forecast.turn_count - taken);
        ck_assert_int_eq(run_join(f.run), RUN_DONE);
    }
    expect_order(&f, 3);
    toy_expect_done(&f.toy, 3, fixture_text(&f));
    fixture_fini(&f);
}
END_TEST

/* _i: after how many turns. */
START_TEST(a_held_run_ends_wherever_it_stands)
{
    struct fixture_options options = {
        .capacity = 1, .steps = 1, .lockstep = true};
    struct fixture f;

    fixture_init(&f, lowered_of("1f1b", 3, 2), &options);
    run_start(f.run, 0, 1, true);
    ck_assert_uint_eq(run_let(f.run, (size_t)_i), (size_t)_i);
    run_fail(f.run, RUN_FAILED, NULL);
    ck_assert_uint_eq(run_let(f.run, 1), 0);
    expect_standing(&f, (size_t)_i);
    ck_assert_int_eq(run_join(f.run), RUN_FAILED);
    fixture_fini(&f);
}
END_TEST

START_TEST(where_a_turn_fails_the_others_stand_still)
{
    struct fixture_options options = {
        .capacity = 1, .steps = 1, .lockstep = true};
    struct action failing = action_of(ACTION_FULL_BACKWARD, 1, 1);
    struct fixture f;
    char complaint[64];
    size_t taken;

    fixture_init(&f, lowered_of("1f1b", 3, 4), &options);
    f.toy.failure =
        (struct toy_failure){failing.kind, failing.stage, failing.mb, 0};
    run_start(f.run, 0, 1, true);
    taken = run_let(f.run, f.forecast.turn_count);
    ck_assert_uint_lt(taken, f.forecast.turn_count);
    ck_assert_int_eq(f.forecast.turns[taken].rank, 1);
    expect_standing(&f, taken);
    ck_assert_int_eq(run_join(f.run), RUN_FAILED);
    ck_assert_str_eq(f.run->cause.text, toy_complaint(&failing, 0, complaint));
    ck_assert(action_equal(&f.toy.order[f.toy.ordered - 1], &failing));
    fixture_fini(&f);
}
END_TEST

TCase *
lockstep_case(void)
{
    TCase *tcase = tcase_create("lockstep");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, ranks_move_one_at_a_time_in_virtual_time_order,
                        0, 3);
    tcase_add_test(tcase, so_do_those_of_random_plans);
    tcase_add_test(tcase, so_do_those_of_plans_from_files);
    tcase_add_test(tcase, a_deadlock_in_lockstep_is_one_though_a_rank_is_done);
    tcase_add_test(tcase, a_run_in_lockstep_goes_on_with_the_first_turn);
    tcase_add_loop_test(tcase, a_held_run_moves_by_one_turn_at_a_time, 0, 3);
    tcase_add_test(tcase, so_do_held_runs_of_plans_from_files);
    tcase_add_test(tcase, several_turns_may_be_let_through_at_once);
    tcase_add_loop_test(tcase, a_held_run_ends_wherever_it_stands, 0, 20);
    tcase_add_test(tcase, where_a_turn_fails_the_others_stand_still);
    return tcase;
}
