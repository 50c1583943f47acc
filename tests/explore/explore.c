/* explore.c -- every interleaving of the ranks of small runs, not some.
 *
 * The real channels, board, core_share, lockstep and rank loop run on the
 * threads of fibers.h. At each stop one rank is chosen; a depth-first search
 * goes through all choices, and turns back where it comes to a state it has
 * seen. Whichever way it got there:
 *
 *   no lost wake-up     a rank can go on until all are done
 *   no false deadlock   a plan that can run is run, floats and virtual times
 *                       as predicted
 *   no missed deadlock  a plan that cannot is found out, at the predicted
 *                       places
 *   first in first out  each operation gets the floats of its microbatch
 *
 * A state is all that ranks share and where each of them stands; it is known
 * by 64 bits of hash, which two of ten million states share with a chance of
 * one in 300,000.
 *
 * EXPLORE=all explores all sizes; otherwise those that take a moment. */
#include "config.h"

#include "fibers.h"
#include "search.h"

#include "base/memory.h"
#include "plans.h"
#include "runtime/cores.h"
#include "suite.h"
#include "toy.h"
#include "plan/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Beside each rank's going on and being woken for no reason. */
enum { MOVE_STOP = 2 * FIBERS_MAX, MOVES };

/* One run, to be explored. */
struct scenario {
    const char *schedule; /* or NULL */
    const char *csv;      /* instead */
    int ranks;            /* of the schedule */
    int mbs;
    int capacity;
    int steps;
    int cores;  /* that ranks take turns at, or 0: each has its own */
    bool brief; /* computations are too short to change ranks for */
    bool lockstep;
    bool barrier;    /* ranks meet before their first STEP */
    bool spurious;   /* threads may wake for no reason */
    bool stop;       /* the user may ask to stop at any time */
    bool fails;      /* an operation fails */
    long lost_wake;  /* number of a wake-up that is dropped; -1: none */
    long lost_clear; /* likewise of a removal from the board */
};

struct explorer {
    const struct scenario *scenario;
    struct fixture fixture;
    struct forecast row;
    /* its steps in a row */ /* its run lives for one way at a time */
    struct run_options options;
    struct search search;
    atomic_int stop;
    long runs;
    long ends;       /* runs of which all threads ended */
    long wakes;      /* the most of a run */
    char wrong[160]; /* what was found, or empty */
};

/* Of one look at the clock: a computation takes one tick. The long ones are
 * worth a move from core to core, the short ones not even a change of ranks. */
enum { LONG_TICK_NS = 1000 * 1000, SHORT_TICK_NS = 1000 };

static int64_t tick_ns;

static int cores_there; /* that cores_allowed() tells of */
static long moved;      /* ranks, from core to core */
static long clears;
static long lost_clear;

int
__wrap_cores_allowed(int cores[CORES_MAX]);
bool
__wrap_cores_bind(int core);
bool
__wrap_cores_bind_thread(pthread_t thread, int core);
int64_t
__wrap_clock_wall_ns(void);
void
__wrap_cores_name_thread(const char *name);
void
__real_board_clear(struct board *board, int rank);
void
__wrap_board_clear(struct board *board, int rank);

void
__wrap_board_clear(struct board *board, int rank)
{
    if (clears++ != lost_clear)
        __real_board_clear(board, rank);
}

int
__wrap_cores_allowed(int cores[CORES_MAX])
{
    for (int c = 0; c < cores_there; c++)
        cores[c] = c;
    return cores_there;
}

bool
__wrap_cores_bind(int core)
{
    (void)core;
    return true;
}

bool
__wrap_cores_bind_thread(pthread_t thread, int core)
{
    (void)thread;
    (void)core;
    moved++;
    return true;
}

int64_t
__wrap_clock_wall_ns(void)
{
    static int64_t now;

    return now += tick_ns;
}

void
__wrap_cores_name_thread(const char *name)
{
    (void)name;
}

static void
mix_channel(uint64_t *hash, const struct channel *channel)
{
    int slots = channel->capacity ? channel->capacity : 1;

    search_mix(hash, channel->sent);
    search_mix(hash, channel->received);
    search_mix(hash, channel->offered);
    search_mix(hash, channel->closed);
    search_mix(hash, channel->receiver_clock);
    search_mix(hash, channel->sender_asleep);
    search_mix(hash, channel->receiver_asleep);
    for (int i = 0; i < slots; i++) {
        search_mix(hash, channel->ring[i].mb);
        search_mix(hash, channel->ring[i].arrival);
        search_mix(hash, channel->ring[i].freed);
    }
}

/* Whose turn it is follows from where the ranks stand. */
static void
mix_core_share(uint64_t *hash, const struct core_share *share)
{
    for (int r = 0; r < share->ranks; r++) {
        int granted;

        sem_getvalue(&share->users[r].granted, &granted);
        search_mix(hash, granted);
        search_mix(hash, share->users[r].state);
        search_mix(hash, share->users[r].core);
    }
    for (int s = 0; s < share->count; s++) {
        search_mix(hash, share->cores[s].taken);
        search_mix(hash, share->cores[s].wanted);
    }
}

static void
mix_meeting(uint64_t *hash, const struct meeting *meeting)
{
    search_mix(hash, meeting->missing);
    search_mix(hash, meeting->latest);
    search_mix(hash, meeting->met);
    search_mix(hash, meeting->count);
    search_mix(hash, meeting->closed);
    for (int r = 0; r < meeting->ranks; r++) {
        search_mix(hash, meeting->come[r]);
        search_mix(hash, meeting->asleep[r]);
    }
}

/* All that decides how the run goes on. Of the toy it is the place of each
 * rank: what it computes is a function of that. */
static uint64_t
state_hash(const struct run *run)
{
    uint64_t hash = 0;

    for (int r = 0; r < run->options.plan->ranks; r++) {
        const struct rank *rank = &run->ranks[r];

        search_mix(&hash, (int64_t)fibers_place(r));
        search_mix(&hash, rank->step);
        search_mix(&hash, (int64_t)rank->position);
        search_mix(&hash, rank->clock);
        search_mix(&hash, run->board.is_blocked[r]);
        search_mix(&hash, (int64_t)run->board.position[r]);
    }
    for (int i = 0; i < plan_links(run->options.plan); i++)
        if (run->channels[i].capacity >= 0)
            mix_channel(&hash, &run->channels[i]);
    if (run->shared)
        mix_core_share(&hash, &run->core_share);
    if (run->options.timing.cost->barrier)
        mix_meeting(&hash, &run->meeting);
    search_mix(&hash, run->board.live);
    search_mix(&hash, run->board.blocked);
    search_mix(&hash, run->board.deadlock);
    search_mix(&hash, (int64_t)run->lockstep.at);
    search_mix(&hash, run->lockstep.moved_first);
    search_mix(&hash, run->lockstep.waiting);
    search_mix(&hash, run->lockstep.ended);
    search_mix(&hash, run->lockstep.closed);
    search_mix(&hash, run->status);
    search_mix(&hash, run->begun);
    search_mix(&hash, run->stopping);
    search_mix(&hash, atomic_load(run->options.stop));
    return hash;
}

static unsigned
possible_moves(const struct explorer *e)
{
    unsigned moves = 0;

    for (int r = 0; r < e->fixture.lowered->ranks; r++) {
        if (fibers_ready(r))
            moves |= 1u << r;
        if (e->scenario->spurious && fibers_wakeable(r))
            moves |= 1u << (FIBERS_MAX + r);
    }
    /* Nothing else would go on without a reason. */
    if (moves && e->scenario->stop && atomic_load(&e->stop) == 0)
        moves |= 1u << MOVE_STOP;
    return moves;
}

static bool
somebody_is_ready(const struct explorer *e)
{
    for (int r = 0; r < e->fixture.lowered->ranks; r++)
        if (fibers_ready(r))
            return true;
    return false;
}

static void
found(struct explorer *e, const char *what)
{
    if (!*e->wrong)
        snprintf(e->wrong, sizeof e->wrong, "%s after %zu moves", what,
                 e->search.at);
}

/* The next move of this run; -1 to give it up. */
static int
next_move(struct explorer *e)
{
    if (search_is_on_path(&e->search))
        return search_move(&e->search, 0, 0);
    if (!somebody_is_ready(e)) {
        found(e, "a lost wake-up: no rank can go on");
        return -1;
    }
    return search_move(&e->search, state_hash(e->fixture.run),
                       possible_moves(e));
}

/* For fibers: which of them goes on. */
static int
choose(void *context)
{
    struct explorer *e = context;
    int move = next_move(e);

    if (move == MOVE_STOP) {
        atomic_store(&e->stop, 1);
        return choose(e);
    }
    return move < 0 ? -1 : move % FIBERS_MAX;
}

/* The virtual times of the step that a rank is in, so far. */
static void
compare_lanes(struct explorer *e, bool whole)
{
    const struct fixture *f = &e->fixture;

    for (int r = 0; r < f->lowered->ranks; r++) {
        const struct lane *got = &f->run->virtual.lanes[r];
        size_t count = f->forecast.trace.lanes[r].count;
        const struct span *want =
            &e->row.trace.lanes[r]
                 .spans[(size_t)f->run->ranks[r].step * count];

        if (got->count > count || (whole && got->count != count))
            found(e, "a rank did not do what was predicted");
        for (size_t i = 0; i < got->count && i < count; i++)
            if (got->spans[i].start != want[i].start ||
                got->spans[i].end != want[i].end)
                found(e, "a virtual time is not as predicted");
    }
}

static void
compare_floats(struct explorer *e)
{
    for (int s = 0; s < e->fixture.lowered->stages; s++)
        if (e->fixture.toy.stages[s].wrong)
            found(e, "an operation got the wrong floats");
}

/* Every operation of so many steps was run. */
static void
count_operations(struct explorer *e, int steps)
{
    long want = 0;
    long got = 0;

    for (int r = 0; r < e->fixture.lowered->ranks; r++)
        for (size_t i = 0; i < e->fixture.lowered->lists[r].count; i++) {
            const struct action *action = &e->fixture.lowered->lists[r].at[i];
            struct action parts[2];

            if (!action_is_transfer(action))
                want += action_parts(action, parts);
        }
    for (int s = 0; s < e->fixture.lowered->stages; s++)
        got += e->fixture.toy.stages[s].done;
    if (got != want * steps)
        found(e, "some operation was not run");
}

/* What a run must come to, all threads being done. */
static void
judge(struct explorer *e, enum run_status status)
{
    const struct fixture *f = &e->fixture;

    e->ends++;
    if (e->scenario->fails) {
        if (status != RUN_FAILED)
            found(e, "a failure got lost");
        return;
    }
    if (!f->forecast.complete) {
        if (status == RUN_DONE && !(e->scenario->stop && f->run->steps == 0))
            found(e, "a missed deadlock");
        for (int r = 0; status == RUN_DEADLOCK && r < f->lowered->ranks; r++)
            if (f->run->board.position[r] != f->forecast.position[r])
                found(e, "a deadlock at other places than predicted");
        return;
    }
    if (status != RUN_DONE)
        found(e, "a false deadlock");
    if (f->run->steps < e->scenario->steps && !e->scenario->stop)
        found(e, "steps are missing");
    count_operations(e, f->run->steps);
    compare_lanes(e, f->run->steps > 0);
}

/* One run along the path and on. */
static void
go(struct explorer *e)
{
    struct fixture *f = &e->fixture;
    enum run_status status;

    search_begin(&e->search);
    atomic_store(&e->stop, 0);
    for (int s = 0; s < f->lowered->stages; s++)
        f->toy.stages[s].done = f->toy.stages[s].wrong = 0;
    atomic_store(&f->toy.ordered, 0);
    fibers_begin(choose, e);
    fibers_lose_wake(e->scenario->lost_wake);
    clears = 0;
    lost_clear = e->scenario->lost_clear;
    f->run = run_new(&e->options);
    /* Looking on for a while before sleeping is for speed alone. */
    for (int i = 0; i < plan_links(f->lowered); i++)
        f->run->channels[i].patient = false;
    status = run_steps(f->run, 0, e->scenario->steps);
    compare_floats(e);
    if (fibers_all_done())
        judge(e, status);
    else if (e->search.known && !e->scenario->fails)
        compare_lanes(e, false);
    run_free(f->run);
    f->run = NULL;
    if (fibers_wakes() > e->wakes)
        e->wakes = fibers_wakes();
    fibers_end();
    e->runs++;
}

static void
begin(struct explorer *e, const struct scenario *scenario)
{
    struct fixture_options options = {
        .capacity = scenario->capacity,
        .steps = scenario->steps,
        .bind = scenario->cores > 0,
        .lockstep = scenario->lockstep,
        .barrier = scenario->barrier,
        .latency = 1,
    };
    struct plan *lowered =
        scenario->csv
            ? lowered_drawn(scenario->csv)
            : lowered_of(scenario->schedule, scenario->ranks, scenario->mbs);

    *e = (struct explorer){.scenario = scenario};
    tick_ns = scenario->brief ? SHORT_TICK_NS : LONG_TICK_NS;
    cores_there = scenario->cores ? scenario->cores : lowered->ranks;
    fixture_init(&e->fixture, lowered, &options);
    forecast_steps(&e->row, e->fixture.forecast.program, &e->fixture.cost,
                   e->fixture.forecast.capacity, scenario->steps,
                   FORECAST_SPANS);
    e->options = e->fixture.run->options;
    e->options.stop = &e->stop;
    run_free(e->fixture.run);
    e->fixture.run = NULL;
    if (scenario->fails)
        e->fixture.toy.failure =
            (struct toy_failure){ACTION_FORWARD, lowered->stages - 1, 0, 0};
}

static void
end(struct explorer *e)
{
    forecast_fini(&e->row);
    fixture_fini(&e->fixture);
    search_fini(&e->search);
}

static void
explore(struct explorer *e, const struct scenario *scenario)
{
    begin(e, scenario);
    do
        go(e);
    while (!*e->wrong && search_turn_back(&e->search));
}

/* One line for the script that adds them up. */
static void
report(const struct explorer *e)
{
    const struct scenario *s = e->scenario;

    printf("%s K=%d%s%s%s%s%s%s, %d step%s: %zu states, %ld runs, %ld to the "
           "end\n",
           shape_text(e->fixture.lowered), s->capacity,
           s->cores == 1   ? " on one core"
           : s->cores == 2 ? " on two cores"
                           : "",
           s->brief ? " kept" : "",
           s->lockstep  ? " in lockstep"
           : s->barrier ? " with a barrier"
                        : "",
           s->stop ? " stopped" : "", s->fails ? " failing" : "",
           s->spurious ? " waking for no reason" : "", s->steps,
           s->steps > 1 ? "s" : "", e->search.states, e->runs, e->ends);
    fflush(stdout);
}

static void
expect_sound(const struct scenario *scenario)
{
    struct explorer e;

    explore(&e, scenario);
    report(&e);
    ck_assert_msg(!*e.wrong, "%s K=%d: %s", shape_text(e.fixture.lowered),
                  scenario->capacity, e.wrong);
    ck_assert_int_gt(e.ends, 0);
    end(&e);
}

/* The schedules of the course; i runs over them, capacity, microbatches and
 * ranks, the largest last. Of one microbatch they all make the same plan. */
enum { EACH = 21, SMALL = EACH, MEDIUM = EACH + 12, ALL = 2 * EACH };

static struct scenario
scenario_of(int i)
{
    int at = i % EACH;
    bool one = at < 3;
    int several = at - 3;

    return (struct scenario){
        .schedule = plain_schedules[one ? 0 : several % 3],
        .capacity = one ? at : several / 3 % 3,
        .mbs = one ? 1 : 2 + several / 9,
        .ranks = 2 + i / EACH,
        .steps = 1,
        .lost_wake = -1,
        .lost_clear = -1,
    };
}

START_TEST(every_way_of_a_run_is_well)
{
    struct scenario scenario = scenario_of(_i);

    expect_sound(&scenario);
}
END_TEST

START_TEST(and_if_threads_wake_for_no_reason)
{
    struct scenario scenario = scenario_of(_i);

    scenario.spurious = true;
    expect_sound(&scenario);
}
END_TEST

START_TEST(and_if_ranks_take_turns_at_one_core)
{
    struct scenario scenario = scenario_of(_i);

    scenario.cores = 1;
    expect_sound(&scenario);
}
END_TEST

START_TEST(and_if_three_ranks_take_turns_at_two_cores)
{
    struct scenario scenario = scenario_of(_i);

    ck_assert_int_eq(scenario.ranks, 3);
    scenario.cores = 2;
    moved = 0;
    expect_sound(&scenario);
    ck_assert_int_gt(moved, 0);
}
END_TEST

START_TEST(and_if_they_keep_their_core_until_they_wait)
{
    struct scenario scenario = scenario_of(_i);

    scenario.cores = scenario.ranks - 1;
    scenario.brief = true;
    moved = 0;
    expect_sound(&scenario);
    ck_assert_int_eq(moved, 0);
}
END_TEST

START_TEST(and_in_lockstep)
{
    struct scenario scenario = scenario_of(_i);

    scenario.lockstep = true;
    scenario.spurious = true;
    expect_sound(&scenario);
}
END_TEST

START_TEST(and_from_one_step_to_the_next)
{
    struct scenario scenario = scenario_of(_i);

    scenario.steps = 2;
    expect_sound(&scenario);
}
END_TEST

/* By turns of a kind: free, woken for no reason, on one core, in lockstep,
 * failing, stopped. Two steps where there are few states: a meeting parts one
 * step from the next, so that a second microbatch adds nothing there that two
 * ranks do not show. */
START_TEST(and_if_they_meet_before_they_step)
{
    for (int kind = 0; kind < 6; kind++) {
        struct scenario scenario = scenario_of(_i);

        scenario.barrier = true;
        scenario.spurious = kind == 1;
        scenario.cores = kind == 2;
        scenario.lockstep = kind == 3;
        scenario.fails = kind == 4;
        scenario.stop = kind == 5;
        if ((kind == 0 || kind == 5) &&
            (scenario.ranks == 2 || scenario.mbs == 1))
            scenario.steps = 2;
        expect_sound(&scenario);
    }
}
END_TEST

/* A rank hands its gradient on after its STEP, and the other one needs it
 * before: with a barrier neither goes on. */
START_TEST(and_a_meeting_that_never_comes_about_is_a_deadlock)
{
    struct scenario scenario = {
        .csv = "0F0,0SEND_F0,0RECV_B0,0B0,0STEP\n"
               "1RECV_F0,1F0,1B0,1STEP,1SEND_B0\n",
        .capacity = 1,
        .steps = 1,
        .barrier = true,
        .spurious = true,
        .lost_wake = -1,
        .lost_clear = -1,
    };

    expect_sound(&scenario);
}
END_TEST

START_TEST(and_if_the_user_asks_to_stop)
{
    struct scenario scenario = scenario_of(_i);

    scenario.stop = true;
    scenario.steps = 2;
    expect_sound(&scenario);
}
END_TEST

START_TEST(and_if_an_operation_fails)
{
    struct scenario scenario = scenario_of(_i);

    scenario.fails = true;
    expect_sound(&scenario);
}
END_TEST

/* Split, looped, V-shaped, overlapped, forward only. */
START_TEST(and_of_plans_that_no_policy_makes)
{
    for (int capacity = _i % stride(); capacity <= 2; capacity += stride()) {
        struct scenario scenario = {
            .csv = drawn_plans[_i],
            .capacity = capacity,
            .steps = 2,
            .lost_wake = -1,
            .lost_clear = -1,
        };

        expect_sound(&scenario);
    }
}
END_TEST

/* Such plans do not pass the check. */
START_TEST(and_if_only_some_ranks_deadlock)
{
    static const char *const plans[] = {
        "0F0\n1RECV_F0,1F0\n",
        "0F0,0SEND_F0,0F1\n"
        "1RECV_F0,1F0,1SEND_F0,1RECV_B0\n"
        "2RECV_F0,2F0,2RECV_F1,2F1\n",
        "0F0,0SEND_F0,0F1,0SEND_F1,0F2,0SEND_F2\n1RECV_F0,1F0\n",
    };
    struct scenario scenario = {
        .csv = plans[_i],
        .capacity = 1,
        .steps = 1,
        .spurious = true,
        .lost_wake = -1,
        .lost_clear = -1,
    };

    expect_sound(&scenario);
}
END_TEST

/* An explorer that finds nothing might not look. So each wake-up is dropped in
 * turn, and must be missed. */
START_TEST(a_lost_wake_up_is_found)
{
    struct scenario scenario = scenario_of(_i);
    long most = 1;

    for (long n = 0; n < most; n++) {
        struct explorer e;

        scenario.lost_wake = n;
        explore(&e, &scenario);
        if (e.wakes > most)
            most = e.wakes;
        ck_assert_msg(strncmp(e.wrong, "a lost wake-up", 14) == 0,
                      "%s K=%d: wake-up %ld of %ld: \"%s\"",
                      shape_text(e.fixture.lowered), scenario.capacity, n,
                      most, e.wrong);
        end(&e);
    }
}
END_TEST

/* Likewise a rank that stays on the board though it was woken. */
START_TEST(a_false_deadlock_is_found)
{
    struct scenario scenario = scenario_of(_i);
    struct explorer e;

    scenario.lost_clear = 0;
    explore(&e, &scenario);
    ck_assert_msg(strncmp(e.wrong, "a false deadlock", 16) == 0, "%s",
                  e.wrong);
    end(&e);
}
END_TEST

int
main(void)
{
    const char *wish = getenv("EXPLORE");
    bool all = wish && strcmp(wish, "all") == 0;
    /* Of runs with few states, and with many. */
    int few = all ? ALL : MEDIUM;
    int many = all ? MEDIUM : SMALL;
    Suite *suite;
    TCase *tcase;

    if (SANITIZED) {
        puts("SKIP: a sanitizer follows no thread from stack to stack");
        return 77;
    }
    suite = suite_create("explore");
    tcase = tcase_create("interleavings");
    tcase_set_timeout(tcase, 600);
    add_sweep(tcase, every_way_of_a_run_is_well, 0, few);
    add_sweep(tcase, and_if_threads_wake_for_no_reason, 0, few);
    add_sweep(tcase, and_if_an_operation_fails, 0, few);
    add_sweep(tcase, and_if_ranks_take_turns_at_one_core, 0, many);
    add_sweep(tcase, and_if_three_ranks_take_turns_at_two_cores, SMALL, few);
    add_sweep(tcase, and_if_they_keep_their_core_until_they_wait, 0, few);
    add_sweep(tcase, and_in_lockstep, 0, many);
    add_sweep(tcase, and_from_one_step_to_the_next, 0, many);
    add_sweep(tcase, and_if_they_meet_before_they_step, 0, many);
    tcase_add_test(tcase, and_a_meeting_that_never_comes_about_is_a_deadlock);
    add_sweep(tcase, and_if_the_user_asks_to_stop, 0, many);
    for (int i = 0; drawn_plans[i]; i++)
        tcase_add_loop_test(tcase, and_of_plans_that_no_policy_makes, i,
                            i + 1);
    tcase_add_loop_test(tcase, and_if_only_some_ranks_deadlock, 0, 3);
    /* 1f1b with two microbatches over one slot, and over two. */
    tcase_add_loop_test(tcase, a_lost_wake_up_is_found, 8, 9);
    tcase_add_loop_test(tcase, a_lost_wake_up_is_found, 11, 12);
    tcase_add_loop_test(tcase, a_false_deadlock_is_found, 8, 9);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
