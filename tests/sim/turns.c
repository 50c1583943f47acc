#include "config.h"

#include "base/memory.h"
#include "runs.h"
#include "plan/lower.h"
#include "plan/plans.h"
#include "plan/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SWEEP_RANKS = 5, SWEEP_MBS = 6, RANDOM_PLANS = 150, MOST_CAPACITY = 3 };

/* ---- by hand ---- */

static char *
turns_text(const struct run *run)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    size_t *position =
        memory_new((size_t)run->lowered->ranks, sizeof *position);
    const struct turn *turns = run->forecast.turns;

    ck_assert_ptr_nonnull(out);
    for (size_t i = 0; i < run->forecast.turn_count; i++) {
        const int ranks[2] = {turns[i].rank, turns[i].partner};

        for (int r = 0; r < 2 && ranks[r] >= 0; r++) {
            const struct action_list *list = &run->lowered->lists[ranks[r]];
            char cell[ACTION_CELL_MAX];

            fprintf(out, "%s%s",
                    r   ? "+"
                    : i ? " "
                        : "",
                    action_cell(&list->at[position[ranks[r]]++], cell));
        }
    }
    ck_assert_int_eq(fclose(out), 0);
    free(position);
    return text;
}

static void
expect_turns(struct plan *lowered, const char *factors, int capacity,
             const char *expected)
{
    struct run run;
    char *text;

    run_init(&run, lowered, NULL, factors, 0, capacity);
    text = turns_text(&run);
    ck_assert_str_eq(text, expected);
    free(text);
    run_fini(&run);
}

START_TEST(turns_follow_virtual_time)
{
    expect_turns(lowered_drawn("0F0,0F1,0F2\n1F0,1F1,1F2\n"), "1,3", 1,
                 "0F0 0SEND_F0 0F1 1RECV_F0 1F0 0SEND_F1 0F2 1RECV_F1"
                 " 0SEND_F2 1F1 1RECV_F2 1F2");
}
END_TEST

START_TEST(rendezvous_is_one_turn_of_two_ranks)
{
    expect_turns(lowered_drawn("0F0,0F1\n1F0,1F1\n"), "1,3", 0,
                 "0F0 0SEND_F0+1RECV_F0 0F1 1F0 0SEND_F1+1RECV_F1 1F1");
}
END_TEST

START_TEST(turns_end_where_a_deadlock_begins)
{
    expect_turns(lowered_of("1f1b", 2, 2), NULL, 0,
                 "0F0 0SEND_F0+1RECV_F0 0F1 1F0 1B0");
}
END_TEST

START_TEST(ranks_that_could_both_move_do_so_from_the_lowest)
{
    /* Nothing links the ranks but the last forward. */
    expect_turns(lowered_drawn("0F0\n1F0\n2F0\n"), "0,0,0", 2,
                 "0F0 0SEND_F0 1RECV_F0 1F0 1SEND_F0 2RECV_F0 2F0");
    expect_turns(lowered_of("gpipe", 2, 1), NULL, 2,
                 "0F0 0SEND_F0 1RECV_F0 1F0 1B0 1SEND_B0 0RECV_B0 0B0 1STEP"
                 " 0STEP");
}
END_TEST

START_TEST(empty_plan_has_no_turns)
{
    struct plan *plan = plan_new("empty", 1, 1, 1);

    plan->lowered = true;
    expect_turns(plan, NULL, 2, "");
}
END_TEST

/* ---- laws ---- */

/* A replay that trusts nothing: it moves ranks and counts messages. */
struct replay {
    const struct run *run;
    size_t *position; /* ranks */
    int *sent;        /* links */
    int *received;    /* links */
    int64_t moment;   /* of the last turn */
};

static const struct span *
next_span(const struct replay *replay, int rank)
{
    const struct lane *lane = &replay->run->forecast.trace.lanes[rank];

    ck_assert_msg(replay->position[rank] < lane->count,
                  "%s: rank %d has a turn too many", run_text(replay->run),
                  rank);
    return &lane->spans[replay->position[rank]];
}

static void
expect_meeting(struct replay *replay, const struct turn *turn,
               const struct action *send)
{
    const struct action *recv = &next_span(replay, turn->partner)->action;

    ck_assert_msg(
        (send->kind == ACTION_SEND_F && recv->kind == ACTION_RECV_F) ||
            (send->kind == ACTION_SEND_B && recv->kind == ACTION_RECV_B) ||
            (send->kind == ACTION_SEND_G && recv->kind == ACTION_RECV_G),
        "%s: the sender leads", run_text(replay->run));
    ck_assert_msg(plan_link(replay->run->lowered, send) ==
                          plan_link(replay->run->lowered, recv) &&
                      send->mb == recv->mb,
                  "%s: ranks %d and %d do not meet", run_text(replay->run),
                  turn->rank, turn->partner);
    replay->position[turn->partner]++;
}

static void
count_message(struct replay *replay, const struct action *action)
{
    int link = plan_link(replay->run->lowered, action);

    if (action_class((enum action_kind)action->kind) == ACTION_CLASS_SEND)
        replay->sent[link]++;
    else
        replay->received[link]++;
    ck_assert_msg(replay->sent[link] >= replay->received[link] &&
                      replay->sent[link] - replay->received[link] <=
                          replay->run->forecast.capacity,
                  "%s: link %d after %d sent, %d received",
                  run_text(replay->run), link, replay->sent[link],
                  replay->received[link]);
}

static void
take_turn(struct replay *replay, const struct turn *turn)
{
    const struct span *span = next_span(replay, turn->rank);
    bool is_transfer = action_is_transfer(&span->action);
    int64_t moment = is_transfer ? span->end : span->start;
    bool meets = is_transfer && replay->run->forecast.capacity == 0;

    ck_assert_msg(moment >= replay->moment, "%s: rank %d goes back in time",
                  run_text(replay->run), turn->rank);
    replay->moment = moment;
    ck_assert_msg((turn->partner >= 0) == meets, "%s: rank %d",
                  run_text(replay->run), turn->rank);
    if (meets)
        expect_meeting(replay, turn, &span->action);
    else if (is_transfer)
        count_message(replay, &span->action);
    replay->position[turn->rank]++;
}

/* Holds for a deadlocked run too: its turns are those of its trace. */
static void
expect_lawful_turns(const struct run *run)
{
    size_t ranks = (size_t)run->lowered->ranks;
    size_t links = (size_t)plan_links(run->lowered);
    struct replay replay = {
        .run = run,
        .position = memory_new(ranks, sizeof *replay.position),
        .sent = memory_new(links, sizeof *replay.sent),
        .received = memory_new(links, sizeof *replay.received),
    };

    for (size_t i = 0; i < run->forecast.turn_count; i++)
        take_turn(&replay, &run->forecast.turns[i]);
    for (int r = 0; r < run->lowered->ranks; r++)
        ck_assert_msg(replay.position[r] == run->forecast.trace.lanes[r].count,
                      "%s: rank %d is left behind", run_text(run), r);
    free(replay.position);
    free(replay.sent);
    free(replay.received);
}

/* One iteration a capacity; MOST_CAPACITY + 1 stands for auto. */
static int
capacity_of(int i)
{
    return i <= MOST_CAPACITY ? i : CAPACITY_AUTO;
}

START_TEST(turns_of_schedules_are_lawful)
{
    for (int n = 0; n < 3 * SWEEP_RANKS * SWEEP_MBS * SETTINGS; n++) {
        const struct setting *setting = &settings[n % SETTINGS];
        int shape = n / SETTINGS;
        struct run run;

        run_init(&run,
                 lowered_of(plain_schedules[shape % 3],
                            1 + shape / 3 % SWEEP_RANKS,
                            1 + shape / 3 / SWEEP_RANKS),
                 setting->costs, NULL, setting->latency, capacity_of(_i));
        expect_lawful_turns(&run);
        run_fini(&run);
    }
}
END_TEST

START_TEST(turns_of_random_plans_are_lawful)
{
    for (unsigned seed = 0; seed < RANDOM_PLANS; seed++) {
        const struct setting *setting = &settings[seed % SETTINGS];
        struct plan *plan = plan_random(seed);
        struct run run;

        run_init(&run, lower(plan), setting->costs, NULL, setting->latency,
                 capacity_of(_i));
        expect_lawful_turns(&run);
        run_fini(&run);
        plan_free(plan);
    }
}
END_TEST

TCase *
turns_case(void)
{
    TCase *tcase = tcase_create("turns");

    tcase_set_timeout(tcase, 60); /* sweeps, also under valgrind */
    tcase_add_test(tcase, turns_follow_virtual_time);
    tcase_add_test(tcase, rendezvous_is_one_turn_of_two_ranks);
    tcase_add_test(tcase, turns_end_where_a_deadlock_begins);
    tcase_add_test(tcase, ranks_that_could_both_move_do_so_from_the_lowest);
    tcase_add_test(tcase, empty_plan_has_no_turns);
    tcase_add_loop_test(tcase, turns_of_schedules_are_lawful, 0,
                        MOST_CAPACITY + 2);
    tcase_add_loop_test(tcase, turns_of_random_plans_are_lawful, 0,
                        MOST_CAPACITY + 2);
    return tcase;
}
