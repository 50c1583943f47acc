/* far.c -- a run whose ranks live in several processes is the run of one. */
#include "config.h"

#include "fake_wire.h"
#include "plan/lower.h"
#include "plan/place.h"
#include "plans.h"
#include "policy/policy.h"
#include "runtime/far.h"
#include "toy.h"

#include <pthread.h>
#include <string.h>

enum { STEPS = 3 };

/* What to run, and what is to fail in it. */
struct far_case {
    struct plan *(*make)(const struct far_case *what);
    const struct policy *policy;
    const char *csv;
    int ranks;
    int stages;
    int mbs;
    int processes;
    bool late;
    struct fixture_options options;
    struct toy_failure failure;
};

struct far_process {
    const struct far_case *what;
    struct world world;
    pthread_t thread;
    enum run_status status;
    struct cause cause;
    long done;
    long wrong;
    int steps; /* that all ended */
};

static struct plan *
scheduled(const struct far_case *what)
{
    struct plan *plan =
        policy_plan(what->policy, what->ranks, what->stages, what->mbs);
    struct plan *lowered = lower(plan);

    plan_free(plan);
    return lowered;
}

static struct plan *
drawn_far(const struct far_case *what)
{
    return lowered_drawn(what->csv);
}

static void *
far_main(void *argument)
{
    struct far_process *process = argument;
    const struct far_case *what = process->what;
    struct fixture_options options = what->options;
    struct plan *lowered = what->make(what);
    struct fixture f;

    process->world.ranks = lowered->ranks;
    options.world = &process->world;
    options.steps = STEPS;
    fixture_init(&f, lowered, &options);
    f.toy.failure = what->failure;
    process->status = run_steps(f.run, 0, STEPS - 1);
    if (process->status == RUN_DONE) {
        if (process->world.wire->process == 0)
            fixture_expect_traces(&f, STEPS - 1);
        /* Virtual time starts anew, with all slots free. */
        process->status = run_steps(f.run, STEPS - 1, 1);
        if (process->status == RUN_DONE && process->world.wire->process == 0)
            fixture_expect_traces(&f, 1);
    }
    process->cause = f.run->cause;
    process->steps = f.run->steps;
    for (int p = 0; p < plan_places(lowered); p++) {
        process->done += f.toy.stages[p].done;
        process->wrong += f.toy.stages[p].wrong;
    }
    fixture_fini(&f);
    return NULL;
}

static void
run_far(const struct far_case *what, struct far_process processes[])
{
    struct fake fake;

    fake_init(&fake, what->processes, what->late);
    for (int p = 0; p < what->processes; p++) {
        processes[p] = (struct far_process){
            .what = what,
            .world = {.wire = &fake.wires[p].wire, .count = what->processes},
        };
        ck_assert_int_eq(pthread_create(&processes[p].thread, NULL, far_main,
                                        &processes[p]),
                         0);
    }
    for (int p = 0; p < what->processes; p++)
        pthread_join(processes[p].thread, NULL);
    fake_fini(&fake);
    ck_assert_msg(fake.lost == 0, "%ld messages or receives are left over",
                  fake.lost);
}

static void
expect_far(const struct far_case *what)
{
    struct far_process processes[FAKE_PROCESSES];
    struct plan *lowered = what->make(what);
    long done = 0;

    run_far(what, processes);
    for (int p = 0; p < what->processes; p++) {
        ck_assert_int_eq(processes[p].status, RUN_DONE);
        ck_assert_int_eq(processes[p].wrong, 0);
        done += processes[p].done;
    }
    ck_assert_int_eq(done, STEPS * toy_operations(lowered));
    plan_free(lowered);
}

static const int far_capacities[] = {0, 1, 2, CAPACITY_AUTO};

/* Whether it runs at all. */
static bool
runs(const struct far_case *what)
{
    struct plan *lowered = what->make(what);
    struct program program = program_around(lowered);
    struct cost cost;
    struct forecast forecast;
    bool complete;

    cost_init(&cost, lowered->stages);
    forecast_make(&forecast, &program, &cost, what->options.capacity, 0);
    complete = forecast.complete;
    forecast_fini(&forecast);
    cost_fini(&cost);
    plan_free(lowered);
    return complete;
}

/* _i: a schedule. */
START_TEST(ranks_of_several_processes_run_as_those_of_one)
{
    struct far_case what = {.make = scheduled,
                            .policy = policy_at(_i),
                            .ranks = 4,
                            .failure = {.kind = ACTION_KINDS}};
    struct cause cause;
    int ran = 0;

    for (what.stages = 4; what.stages <= 8; what.stages *= 2)
        for (what.mbs = 2; what.mbs <= 8; what.mbs += 3) {
            if (!policy_suits(what.policy, what.ranks, what.stages, what.mbs,
                              &cause))
                continue;
            for (what.processes = 1; what.processes <= 4; what.processes++)
                for (int c = 0; c < 4; c++) {
                    what.options = (struct fixture_options){
                        .capacity = far_capacities[c],
                        .latency = c,
                        .barrier = what.mbs == 5,
                    };
                    what.late = c % 2 == 0;
                    if (runs(&what)) {
                        expect_far(&what);
                        ran++;
                    }
                }
        }
    ck_assert_int_gt(ran, 0);
}
END_TEST

START_TEST(so_do_plans_from_files)
{
    for (int i = 0; drawn_plans[i]; i++) {
        struct far_case what = {.make = drawn_far,
                                .csv = drawn_plans[i],
                                .failure = {.kind = ACTION_KINDS}};
        struct plan *lowered = lowered_drawn(drawn_plans[i]);
        int ranks = lowered->ranks;

        plan_free(lowered);
        for (what.processes = 1;
             what.processes <= ranks && what.processes <= FAKE_PROCESSES;
             what.processes++)
            for (int c = 0; c < 4; c++) {
                what.options = (struct fixture_options){
                    .capacity = far_capacities[c], .latency = 2};
                what.late = c % 2 == 1;
                if (runs(&what))
                    expect_far(&what);
            }
    }
}
END_TEST

static void
expect_failed(const struct far_case *what)
{
    struct far_process processes[FAKE_PROCESSES];
    struct action action;
    char complaint[64];

    action = (struct action){.kind = (uint8_t)what->failure.kind,
                             .stage = (uint16_t)what->failure.stage,
                             .mb = what->failure.mb};
    toy_complaint(&action, what->failure.step, complaint);
    run_far(what, processes);
    for (int p = 0; p < what->processes; p++) {
        ck_assert_int_eq(processes[p].status, RUN_FAILED);
        ck_assert_msg(strstr(processes[p].cause.text, complaint),
                      "process %d: \"%s\", not \"%s\"", p,
                      processes[p].cause.text, complaint);
        ck_assert_int_eq(processes[p].steps, what->failure.step % (STEPS - 1));
    }
}

/* Wherever an operation fails, all processes end, with its word, and nothing is
 * left on the wire. _i: late sends or not. */
START_TEST(a_failure_in_one_process_ends_all)
{
    struct far_case what = {.make = scheduled,
                            .ranks = 4,
                            .stages = 4,
                            .mbs = 3,
                            .late = _i % 2 == 1,
                            .options = {.barrier = _i >= 2}};
    static const char *const schedules[] = {"gpipe", "1f1b", "zb1p"};

    for (int s = 0; s < 3; s++) {
        struct plan *lowered;

        what.policy = policy_find(schedules[s]);
        lowered = scheduled(&what);
        for (what.processes = 2; what.processes <= 4; what.processes += 2)
            for (int r = 0; r < 4; r++)
                for (size_t i = 0; i < lowered->lists[r].count; i++) {
                    const struct action *action = &lowered->lists[r].at[i];

                    if (action_is_transfer(action))
                        continue;
                    what.options.capacity = i % 3 == 0 ? CAPACITY_AUTO : 1;
                    what.failure =
                        (struct toy_failure){action->kind, action->stage,
                                             action->mb, (int)(i % STEPS)};
                    if (runs(&what))
                        expect_failed(&what);
                }
        plan_free(lowered);
    }
}
END_TEST

/* What the world's functions say. */
struct talk {
    struct world world;
    pthread_t thread;
    int status;
    struct cause cause;
    int64_t least;
    int64_t offset;
    char shared[8];
};

static void *
talk_main(void *argument)
{
    struct talk *talk = argument;
    int here = world_process(&talk->world);
    char word[8] = "none";

    talk->status = here == 2 ? 4 : here == 3 ? 1 : 0;
    if (talk->status)
        (fail)(&talk->cause, "status %d", talk->status);
    talk->status = world_agree(&talk->world, talk->status, &talk->cause);
    talk->least = world_least(&talk->world, 10 - here);
    talk->offset = world_clock_offset(&talk->world);
    if (here == 1)
        strcpy(word, "one");
    world_share(&talk->world, 1, word, sizeof word);
    if (here == 3)
        strcpy(word, "three");
    world_move(&talk->world, 3, 0, word, sizeof word);
    memcpy(talk->shared, word, sizeof word);
    return NULL;
}

START_TEST(processes_agree_and_share)
{
    struct talk talks[4] = {0};
    struct fake fake;

    fake_init(&fake, 4, _i == 1);
    for (int p = 0; p < 4; p++) {
        talks[p].world = (struct world){
            .wire = &fake.wires[p].wire, .count = 4, .ranks = 4};
        pthread_create(&talks[p].thread, NULL, talk_main, &talks[p]);
    }
    for (int p = 0; p < 4; p++)
        pthread_join(talks[p].thread, NULL);
    fake_fini(&fake);
    ck_assert_int_eq(fake.lost, 0);
    for (int p = 0; p < 4; p++) {
        ck_assert_int_eq(talks[p].status, 1);
        ck_assert_str_eq(talks[p].cause.text, "process 3: status 1");
        ck_assert_int_eq(talks[p].least, 7);
        /* One clock: what is off is half a round trip. */
        ck_assert(talks[p].offset < 1000000000 &&
                  talks[p].offset > -1000000000);
        ck_assert_str_eq(talks[p].shared, p == 0 || p == 3 ? "three" : "one");
    }
}
END_TEST

START_TEST(ranks_are_dealt_out_in_order)
{
    for (int processes = 1; processes <= 8; processes++)
        for (int ranks = processes; ranks <= 16; ranks++) {
            struct wire wire = {.processes = processes};
            struct world world = {
                .wire = &wire, .count = processes, .ranks = ranks};
            int least = ranks / processes;
            int before = 0;

            for (int r = 0, held = 0; r <= ranks; r++, held++) {
                if (r < ranks && world_home(&world, r) == before)
                    continue;
                ck_assert(held == least || held == least + 1);
                ck_assert_int_eq(r < ranks ? world_home(&world, r) : processes,
                                 before + 1);
                before++;
                held = 0;
            }
        }
}
END_TEST

TCase *
far_case(void)
{
    TCase *tcase = tcase_create("far");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, ranks_of_several_processes_run_as_those_of_one,
                        0, 16);
    tcase_add_test(tcase, so_do_plans_from_files);
    tcase_add_loop_test(tcase, a_failure_in_one_process_ends_all, 0, 4);
    tcase_add_loop_test(tcase, processes_agree_and_share, 0, 2);
    tcase_add_test(tcase, ranks_are_dealt_out_in_order);
    return tcase;
}
