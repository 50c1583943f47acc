/* mpi_runs.c -- runs plans in the processes in which it was started. In virtual
 * time each must be what sim says; what fails in one must end all. */
#include "config.h"

#include "mpi/mpi_wire.h"
#include "plans.h"
#include "plan/lower.h"
#include "plan/place.h"
#include "policy/policy.h"
#include "runtime/world.h"
#include "suite.h"
#include "tests/runtime/toy.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { RANKS = 4, STEPS = 3, RANDOM_PLANS = 40 };

static const int capacities[] = {0, 1, 2, CAPACITY_AUTO};
static const int latencies[] = {0, 5};

enum {
    CAPACITIES = sizeof capacities / sizeof *capacities,
    LATENCIES = sizeof latencies / sizeof *latencies
};

static struct world world;
static int runs;

static int
processes(void)
{
    return world.wire->processes;
}

static struct fixture_options
options_of(int variant)
{
    return (struct fixture_options){
        .costs = variant % 3 ? "F=3,B=5,STEP=2,OVERLAP=4" : NULL,
        .factors = variant % 3 == 1 ? "1213" : NULL,
        .latency = latencies[variant % LATENCIES],
        .steps = STEPS,
        .recompute = variant % 2,
        .barrier = variant / 2 % 2,
        .world = &world,
    };
}

/* All operations ran on the right floats, each on the one process whose it
 * is. */
static void
expect_all_done(const struct fixture *f)
{
    long all = 0;

    for (int p = 0; p < processes(); p++) {
        long done = 0;

        for (int s = 0; s < plan_places(f->lowered); s++) {
            ck_assert_msg(f->toy.stages[s].wrong == 0, "%s: stage %d: wrong",
                          fixture_text(f), s);
            done += f->toy.stages[s].done;
        }
        world_share(&world, p, &done, sizeof done);
        all += done;
    }
    ck_assert_msg(all == STEPS * toy_operations(f->lowered), "%s: %ld done",
                  fixture_text(f), all);
}

/* In two calls; process 0 then has the spans of all ranks. */
static void
expect_run(struct fixture *f)
{
    static const int parts[] = {STEPS - 1, 1};
    int first = 0;

    for (int i = 0; i < 2; first += parts[i++]) {
        ck_assert_int_eq(run_steps(f->run, first, parts[i]), RUN_DONE);
        if (world.wire->process == 0)
            fixture_expect_traces(f, parts[i]);
    }
    expect_all_done(f);
    runs++;
}

/* Owns the plan. One that would get stuck is not run: threads find that out on
 * the board, processes beforehand. */
static void
expect_as_sim(struct plan *lowered, int capacity, int variant)
{
    struct fixture_options options = options_of(variant);
    struct fixture f;

    world.ranks = lowered->ranks;
    options.capacity = capacity;
    fixture_init(&f, lowered, &options);
    if (f.forecast.complete)
        expect_run(&f);
    fixture_fini(&f);
}

static void
expect_at_all_capacities(const struct plan *plan)
{
    for (int k = 0; k < CAPACITIES; k++)
        for (int l = 0; l < LATENCIES; l++)
            expect_as_sim(lower(plan), capacities[k], LATENCIES * k + l);
}

START_TEST(every_schedule_on_four_ranks_is_as_sim_says)
{
    struct cause cause;

    for (int i = 0; policy_at(i); i++)
        for (int chunks = 1; chunks <= 3; chunks++) {
            struct plan *plan;

            if (!policy_suits(policy_at(i), RANKS, chunks * RANKS, 8, &cause))
                continue;
            plan = policy_plan(policy_at(i), RANKS, chunks * RANKS, 8);
            expect_at_all_capacities(plan);
            plan_free(plan);
        }
}
END_TEST

START_TEST(so_are_plans_from_files)
{
    for (int i = 0; drawn_plans[i]; i++) {
        struct plan *plan = plan_drawn(drawn_plans[i]);

        if (plan->ranks >= processes())
            expect_at_all_capacities(plan);
        plan_free(plan);
    }
}
END_TEST

START_TEST(so_are_random_plans)
{
    for (unsigned seed = 0; seed < RANDOM_PLANS; seed++) {
        struct plan *plan = plan_random(seed);

        if (plan->ranks >= processes())
            expect_as_sim(lower(plan), capacities[seed % CAPACITIES],
                          (int)seed);
        plan_free(plan);
    }
}
END_TEST

/* An operation that fails in the middle of a step, on each rank in turn. */
START_TEST(a_failure_on_one_rank_ends_all_with_its_cause)
{
    for (int s = 0; s < RANKS; s++)
        for (int k = 0; k < CAPACITIES; k++) {
            struct fixture_options options = options_of(s);
            struct action action = action_of(ACTION_FULL_BACKWARD, s, 3);
            struct fixture f;
            char text[64];

            world.ranks = RANKS;
            options.capacity = capacities[k];
            fixture_init(&f, lowered_of("gpipe", RANKS, 8), &options);
            f.toy.failure =
                (struct toy_failure){ACTION_FULL_BACKWARD, s, 3, 1};
            ck_assert_int_eq(run_steps(f.run, 0, STEPS), RUN_FAILED);
            toy_complaint(&action, 1, text);
            ck_assert_msg(strstr(f.run->cause.text, text) != NULL, "%s",
                          f.run->cause.text);
            ck_assert_int_eq(f.run->steps, 1);
            fixture_fini(&f);
            runs++;
        }
}
END_TEST

/* ---- what is to end all processes, at once ---- */

static bool
dies(struct toy *toy, const struct action *action, int step)
{
    (void)toy;
    if (step == 1 && action->mb == 2)
        die("the last rank dies");
    return true;
}

static bool
is_killed(struct toy *toy, const struct action *action, int step)
{
    (void)toy;
    if (step == 1 && action->mb == 2)
        raise(SIGKILL);
    return true;
}

/* Its last process, which is home to the last rank, does this. */
static void
run_with(toy_hook *hook)
{
    struct fixture_options options = options_of(0);
    struct fixture f;

    world.ranks = RANKS;
    options.capacity = CAPACITY_AUTO;
    fixture_init(&f, lowered_of("gpipe", RANKS, 8), &options);
    if (world_is_home(&world, RANKS - 1))
        f.toy.hook = hook;
    run_steps(f.run, 0, STEPS);
    fixture_fini(&f);
}

START_TEST(die_ends_all)
{
    run_with(dies);
}
END_TEST

START_TEST(a_kill_ends_all)
{
    run_with(is_killed);
}
END_TEST

/* Each in a suite of its own: the processes must leave it together. */
static void
run_test(const TTest *test)
{
    Suite *suite = suite_create("mpi");
    TCase *tcase = tcase_create("mpi");
    SRunner *runner;

    tcase_add_test(tcase, test);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_SILENT);
    if (srunner_ntests_failed(runner) > 0) {
        srunner_print(runner, CK_NORMAL);
        die("process %d has failed", world.wire->process);
    }
    srunner_free(runner);
}

/* Without a name, those that end well. */
static void
run_tests(const char *name)
{
    if (strcmp(name, "die") == 0) {
        run_test(die_ends_all);
    } else if (strcmp(name, "kill") == 0) {
        run_test(a_kill_ends_all);
    } else {
        run_test(every_schedule_on_four_ranks_is_as_sim_says);
        run_test(so_are_plans_from_files);
        run_test(so_are_random_plans);
        run_test(a_failure_on_one_rank_ends_all_with_its_cause);
    }
}

int
main(int argc, char **argv)
{
    char name[MPI_NAME_MAX];

    world.wire = mpi_wire_open(&argc, &argv);
    world.count = world.wire->processes;
    run_tests(argc > 1 ? argv[1] : "");
    mpi_library_name(name);
    if (world.wire->process == 0)
        printf("%s, %d processes: %d runs as predicted\n", name, processes(),
               runs);
    mpi_wire_close(world.wire);
    return EXIT_SUCCESS;
}
