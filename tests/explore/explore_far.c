/* explore_far.c -- every interleaving of ranks that live in several processes,
 * over a fake wire: the processes' runs are made by one thread, and the ranks
 * are the threads of fibers.h.
 *
 * A state is where each rank stands and what is on the wire. What messages say
 * does not count: it is the same in whichever order ranks move. */
#include "config.h"

#include "fake_wire.h"
#include "fibers.h"
#include "plan/place.h"
#include "plans.h"
#include "runtime/far.h"
#include "search.h"
#include "suite.h"
#include "toy.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { PROCESSES_MOST = 3, STEPS = 1 };

struct far_scenario {
    const char *schedule;
    int ranks;
    int processes;
    int mbs;
    int capacity;
    bool late;    /* see fake_wire.h */
    bool barrier; /* ranks meet before their first STEP */
    bool fails;   /* the forward of the last microbatch fails, */
    int stage;    /* of this stage */
    bool spurious;
    long lost_wake; /* number of a wake-up that is dropped; -1: none */
};

struct far_explorer {
    const struct far_scenario *scenario;
    struct search search;
    struct fake fake;
    struct world worlds[PROCESSES_MOST];
    struct fixture fixtures[PROCESSES_MOST];
    long runs;
    char wrong[160]; /* what was found, or empty */
};

static void
found(struct far_explorer *e, const char *what)
{
    if (!*e->wrong)
        snprintf(e->wrong, sizeof e->wrong, "%s after %zu moves", what,
                 e->search.at);
}

/* A process waits, as its run is made, for a word of each other one: those that
 * are made later say it here beforehand, or (not before) are heard too late. */
static void
speak_for_later(struct far_explorer *e, int process, bool before)
{
    for (int later = process + 1; later < e->scenario->processes; later++) {
        struct wire_request request = {{0}};
        int64_t word = 0;

        if (before)
            wire_send(&e->fake.wires[later].wire, &request, process,
                      WORLD_TAG_TALK, &word, sizeof word);
        else
            wire_receive(&e->fake.wires[process].wire, &request, later,
                         WORLD_TAG_TALK, &word, sizeof word);
        ck_assert(wire_await(&e->fake.wires[process].wire, &request, NULL));
    }
}

static void
make_runs(struct far_explorer *e)
{
    const struct far_scenario *scenario = e->scenario;

    fake_init(&e->fake, scenario->processes, false);
    for (int p = 0; p < scenario->processes; p++) {
        struct fixture_options options = {
            .capacity = scenario->capacity,
            .steps = STEPS,
            .latency = 1,
            .barrier = scenario->barrier,
            .world = &e->worlds[p],
        };

        e->worlds[p] = (struct world){.wire = &e->fake.wires[p].wire,
                                      .count = scenario->processes,
                                      .ranks = scenario->ranks};
        speak_for_later(e, p, true);
        fixture_init(
            &e->fixtures[p],
            lowered_of(scenario->schedule, scenario->ranks, scenario->mbs),
            &options);
        if (scenario->fails)
            e->fixtures[p].toy.failure = (struct toy_failure){
                ACTION_FORWARD, scenario->stage, scenario->mbs - 1, 0};
        for (int i = 0; i < plan_links(e->fixtures[p].lowered); i++)
            e->fixtures[p].run->channels[i].patient = false;
    }
    for (int p = 0; p < scenario->processes; p++)
        speak_for_later(e, p, false);
    e->fake.late = scenario->late;
}

static uint64_t
far_state(const struct far_explorer *e)
{
    uint64_t hash = fake_hash(&e->fake);

    for (int r = 0; r < e->scenario->ranks; r++)
        search_mix(&hash, (int64_t)fibers_place(r));
    for (int p = 0; p < e->scenario->processes; p++) {
        const struct run *run = e->fixtures[p].run;

        search_mix(&hash, run->status);
        search_mix(&hash, run->meeting.missing);
        search_mix(&hash, run->meeting.closed);
        for (int r = 0; r < e->scenario->ranks; r++) {
            search_mix(&hash, (int64_t)run->ranks[r].position);
            search_mix(&hash, run->board.is_blocked[r]);
        }
        for (int i = 0; i < plan_links(run->options.plan); i++) {
            const struct channel *channel = &run->channels[i];

            search_mix(&hash, channel->sent);
            search_mix(&hash, channel->received);
            search_mix(&hash, channel->offered);
            search_mix(&hash, channel->closed);
            search_mix(&hash, channel->sender_asleep);
            search_mix(&hash, channel->receiver_asleep);
        }
    }
    return hash;
}

/* Once the state is known, any way to the end will do: the wire is then as it
 * must be to be closed. */
static int
choose(void *context)
{
    struct far_explorer *e = context;
    unsigned ready = 0;
    unsigned moves = 0;
    int move;

    for (int r = 0; r < e->scenario->ranks; r++) {
        ready |= fibers_ready(r) ? 1u << r : 0;
        if (e->scenario->spurious && fibers_wakeable(r))
            moves |= 1u << (FIBERS_MAX + r);
    }
    if (!ready) {
        found(e, "a lost wake-up: no rank can go on");
        return -1;
    }
    move = e->search.known
               ? -1
               : search_move(&e->search,
                             search_is_on_path(&e->search) ? 0 : far_state(e),
                             moves | ready);
    for (int r = 0; move < 0; r++)
        if (ready >> r & 1)
            move = r;
    return move % FIBERS_MAX;
}

/* What the processes must come to. */
static void
judge(struct far_explorer *e)
{
    const struct far_scenario *scenario = e->scenario;
    long done = 0;

    for (int p = 0; p < scenario->processes; p++) {
        const struct fixture *f = &e->fixtures[p];
        bool failed = p == world_home(&e->worlds[p], scenario->stage);

        if (f->run->status != (!scenario->fails ? RUN_DONE
                               : failed         ? RUN_FAILED
                                                : RUN_LEFT))
            found(e,
                  scenario->fails ? "a failure got lost" : "a false failure");
        for (int s = 0; s < f->lowered->stages; s++) {
            done += f->toy.stages[s].done;
            if (f->toy.stages[s].wrong)
                found(e, "an operation got the wrong floats");
        }
        for (int r = 0; !scenario->fails && r < scenario->ranks; r++) {
            const struct lane *got = &f->run->virtual.lanes[r];
            const struct lane *want = &f->forecast.trace.lanes[r];

            for (size_t i = 0; i < got->count; i++)
                if (got->spans[i].start != want->spans[i].start ||
                    got->spans[i].end != want->spans[i].end)
                    found(e, "a virtual time is not as predicted");
        }
    }
    if (!scenario->fails && done != toy_operations(e->fixtures[0].lowered))
        found(e, "some operation was not run");
}

static void *
end_process(void *fixture)
{
    fixture_fini(fixture);
    return NULL;
}

/* At the same time, as processes do: each waits for the others' farewells. */
static void
end_processes(struct far_explorer *e)
{
    pthread_t threads[PROCESSES_MOST];

    fibers_end();
    for (int p = 0; p < e->scenario->processes; p++)
        ck_assert_int_eq(
            pthread_create(&threads[p], NULL, end_process, &e->fixtures[p]),
            0);
    for (int p = 0; p < e->scenario->processes; p++)
        pthread_join(threads[p], NULL);
    fake_fini(&e->fake);
    if (e->fake.lost > 0)
        found(e, "something is left on the wire");
}

/* One run along the path and on. Leaves what hangs as it is. */
static void
go(struct far_explorer *e)
{
    int processes = e->scenario->processes;

    search_begin(&e->search);
    fibers_begin(choose, e);
    fibers_lose_wake(e->scenario->lost_wake);
    make_runs(e);
    for (int p = 0; p < processes; p++)
        run_start(e->fixtures[p].run, 0, STEPS, false);
    pthread_join(pthread_self(), NULL);
    e->runs++;
    if (*e->wrong)
        return;
    judge(e);
    end_processes(e);
}

static void
explore(struct far_explorer *e, const struct far_scenario *scenario)
{
    *e = (struct far_explorer){.scenario = scenario};
    do
        go(e);
    while (!*e->wrong && search_turn_back(&e->search));
}

static void
expect_sound(const struct far_scenario *scenario)
{
    struct far_explorer e;

    explore(&e, scenario);
    ck_assert_msg(!*e.wrong, "%s P=%d in %d processes M=%d K=%d: %s",
                  scenario->schedule, scenario->ranks, scenario->processes,
                  scenario->mbs, scenario->capacity, e.wrong);
    printf("%s P=%d in %d processes M=%d K=%d%s%s%s%s: %zu states, %ld runs\n",
           scenario->schedule, scenario->ranks, scenario->processes,
           scenario->mbs, scenario->capacity, scenario->late ? " late" : "",
           scenario->barrier ? " with a barrier" : "",
           scenario->fails ? " failing" : "",
           scenario->spurious ? " waking for no reason" : "", e.search.states,
           e.runs);
    fflush(stdout);
    search_fini(&e.search);
}

/* The schedules of the course; i runs over them, capacity, late sends and
 * microbatches. 1F1B and GPipe need a slot. */
enum { FAR_SCENARIOS = 36 };

static struct far_scenario
scenario_of(int i)
{
    struct far_scenario scenario = {
        .schedule = plain_schedules[i % 3],
        .capacity = i / 3 % 3,
        .late = i / 9 % 2,
        .mbs = 1 + i / 18,
        .ranks = 2,
        .processes = 2,
        .lost_wake = -1,
    };

    if (scenario.capacity == 0 && i % 3 != 0)
        scenario.capacity = 3;
    return scenario;
}

START_TEST(every_way_of_ranks_in_two_processes_is_well)
{
    struct far_scenario scenario = scenario_of(_i);

    expect_sound(&scenario);
    scenario.spurious = true;
    expect_sound(&scenario);
}
END_TEST

START_TEST(and_if_they_meet)
{
    struct far_scenario scenario = scenario_of(_i);

    scenario.barrier = true;
    expect_sound(&scenario);
}
END_TEST

START_TEST(and_if_an_operation_fails)
{
    struct far_scenario scenario = scenario_of(_i);

    scenario.fails = true;
    for (scenario.stage = 0; scenario.stage < 2; scenario.stage++) {
        scenario.barrier = false;
        expect_sound(&scenario);
        scenario.barrier = true;
        expect_sound(&scenario);
    }
}
END_TEST

/* Threads and processes mixed, and a process between two others. */
START_TEST(and_of_three_ranks)
{
    struct far_scenario scenario = scenario_of(_i);

    scenario.ranks = 3;
    for (scenario.processes = 2; scenario.processes <= 3;
         scenario.processes++) {
        scenario.fails = false;
        expect_sound(&scenario);
        scenario.fails = true;
        for (scenario.stage = 0; scenario.stage < 3; scenario.stage++)
            expect_sound(&scenario);
    }
}
END_TEST

/* An explorer that finds nothing might not look. Not every wake-up of the wire
 * is waited for, but some are. */
START_TEST(a_lost_wake_up_is_found)
{
    struct far_scenario scenario = scenario_of(10);
    int missed = 0;

    for (scenario.lost_wake = 0; scenario.lost_wake < 8;
         scenario.lost_wake++) {
        struct far_explorer e;

        explore(&e, &scenario);
        missed += *e.wrong != '\0';
        fibers_end();
    }
    ck_assert_int_gt(missed, 0);
}
END_TEST

int
main(void)
{
    Suite *suite;
    TCase *tcase;

    if (SANITIZED) {
        puts("SKIP: a sanitizer follows no thread from stack to stack");
        return 77;
    }
    suite = suite_create("explore far");
    tcase = tcase_create("processes");
    tcase_set_timeout(tcase, 600);
    add_sweep(tcase, every_way_of_ranks_in_two_processes_is_well, 0,
              FAR_SCENARIOS);
    add_sweep(tcase, and_if_they_meet, 0, FAR_SCENARIOS / 2);
    add_sweep(tcase, and_if_an_operation_fails, 0, FAR_SCENARIOS);
    add_sweep(tcase, and_of_three_ranks, 0, FAR_SCENARIOS / 2);
    tcase_add_test(tcase, a_lost_wake_up_is_found);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
