/* memory.c -- what the search promises of the bytes that ranks have. */
#include "config.h"

#include "search/search.h"

#include "base/memory.h"
#include "base/rng.h"
#include "cases.h"
#include "plan/program.h"
#include "sim/forecast.h"

#include <stdlib.h>
#include <string.h>

enum { STAGES = 6 };

/* Few, or with SWEEP=all many. */
static uint32_t
seeds(uint32_t few)
{
    const char *sweep = getenv("SWEEP");

    return sweep && strcmp(sweep, "all") == 0 ? 20 * few : few;
}

/* A task within bytes, with costs and stages of its own. */
struct bytes_task {
    struct search_task task;
    struct limit limit;
    struct cost cost;
    struct footprint stages[STAGES];
    struct stage_bytes kept[STAGES];
};

static const struct {
    int ranks;
    int stages;
    int mbs;
} shapes[] = {{2, 2, 4}, {2, 4, 3}, {3, 3, 3}, {3, 6, 3}};

enum { SHAPES = sizeof shapes / sizeof *shapes };

static void
set_bytes_task(struct bytes_task *t, int shape)
{
    memset(t, 0, sizeof *t);
    t->limit = (struct limit){.stages = t->stages, .kept = t->kept};
    t->task = (struct search_task){
        .ranks = shapes[shape].ranks,
        .stages = shapes[shape].stages,
        .mbs = shapes[shape].mbs,
        .cost = &t->cost,
        .memory = &t->limit,
        .objective = SEARCH_MAKESPAN,
    };
    cost_init(&t->cost, t->task.stages);
}

/* Random costs and bytes. Every third task recomputes: a stage keeps little,
 * and more during its backward; every other one says how many slots links
 * have. */
static void
draw_bytes_task(struct bytes_task *t, int shape, uint32_t seed)
{
    struct rng rng;

    set_bytes_task(t, shape);
    rng_init(&rng, seed, RNG_SEARCH, (uint32_t)shape);
    t->cost.latency = rng_below(&rng, 3);
    t->limit.slots = (int)rng_below(&rng, 2) * 3;
    t->task.objective = (enum search_objective)rng_below(&rng, 2);
    for (int s = 0; s < t->task.stages; s++) {
        int64_t *ticks = t->cost.ticks[s];
        struct footprint *stage = &t->stages[s];

        ticks[ACTION_FORWARD] = 1 + rng_below(&rng, 5);
        ticks[ACTION_BACKWARD_INPUT] = 1 + rng_below(&rng, 5);
        ticks[ACTION_BACKWARD_WEIGHT] = 1 + rng_below(&rng, 5);
        ticks[ACTION_FULL_BACKWARD] =
            ticks[ACTION_BACKWARD_INPUT] + ticks[ACTION_BACKWARD_WEIGHT];
        stage->stash = 100 * rng_below(&rng, 9);
        stage->owed = stage->stash * rng_below(&rng, 5) / 4;
        if (seed % 3 == 0) {
            stage->owed = 300;
            stage->backward = stage->input = 1000;
        }
        t->kept[s] = (struct stage_bytes){
            .parameters = 10 * rng_below(&rng, 99),
            .optimizer = 10 * rng_below(&rng, 99),
            .output = 7 * rng_below(&rng, 40),
        };
    }
}

/* The most that a rank holds, with links as the simulation has them. */
static int64_t
bytes_of_plan(const struct bytes_task *t, const struct plan *plan)
{
    struct cause cause = {.text = ""};
    struct program *program = program_make(plan, &cause);
    struct memory_summary memory[STAGES] = {0};
    struct forecast forecast;
    int64_t most = 0;

    ck_assert_msg(program != NULL, "%s", cause.text);
    forecast_make(&forecast, program, &t->cost, CAPACITY_AUTO, 0);
    footprint_memory(program->lowered, t->kept, t->stages,
                     t->limit.slots ? t->limit.slots : forecast.capacity,
                     memory);
    for (int r = 0; r < plan->ranks; r++)
        if (footprint_total(&memory[r]) > most)
            most = footprint_total(&memory[r]);
    forecast_fini(&forecast);
    program_free(program);
    return most;
}

/* The time of the plan within so many bytes; infinite if none fits. */
static double
time_within(struct bytes_task *t, int64_t bytes, struct search_result *result)
{
    struct cause cause = {.text = ""};
    struct plan *plan;

    t->limit.most = bytes;
    plan = search_greedy(&t->task, result, &cause);
    if (!plan) {
        ck_assert_msg(strstr(cause.text, "no plan fits"), "%s", cause.text);
        return 1e18;
    }
    ck_assert_int_le(bytes_of_plan(t, plan), bytes);
    plan_free(plan);
    return search_time_for(t->task.objective, &result->time);
}

/* What is said to be needed. */
static int64_t
least_that_fits(struct bytes_task *t)
{
    struct search_result result;
    struct cause cause;
    const char *at;

    t->limit.most = 0;
    if (search_greedy(&t->task, &result, &cause) != NULL)
        ck_abort_msg("a plan in no bytes");
    at = strchr(cause.text, '(');
    ck_assert_msg(at != NULL, "%s", cause.text);
    return strtoll(at + 1, NULL, 10);
}

/* No plan holds more than the limit, none is longer than with less, and that
 * much is enough, and no less, that is said to be. */
START_TEST(plans_keep_to_the_bytes_and_more_never_make_them_longer)
{
    for (uint32_t seed = 0; seed < seeds(2); seed++) {
        struct bytes_task t;
        struct search_result result;
        double before = 1e18;
        int64_t least;

        draw_bytes_task(&t, _i, seed);
        least = least_that_fits(&t);
        ck_assert(time_within(&t, least - 1, &result) > 1e17);
        for (int i = 0; i < 6; i++) {
            int64_t bytes = least + i * (int64_t)(137 + 10 * seed);
            double time = time_within(&t, bytes, &result);

            ck_assert_msg(time < 1e17 && time <= before,
                          "shape %d seed %u: %g in %lld bytes, was %g", _i,
                          seed, time, (long long)bytes, before);
            ck_assert(time >= (double)result.bound.ticks);
            before = time;
        }
        ck_assert(time_within(&t, 1000000, &result) <= before);
        ck_assert(!result.bytes_limit);
        cost_fini(&t.cost);
    }
}
END_TEST

enum { MEMORY_QUESTIONS = 150 };

static bool
memory_goes_on(void *context, double best, int64_t bound)
{
    int *asked = context;

    (void)best;
    (void)bound;
    return ++*asked < MEMORY_QUESTIONS;
}

START_TEST(no_optimum_within_bytes_is_below_the_bound)
{
    int proven = 0;

    for (uint32_t seed = 0; seed < seeds(3); seed++) {
        struct bytes_task t;
        int64_t least;

        draw_bytes_task(&t, _i, seed);
        t.task.objective = SEARCH_MAKESPAN;
        t.limit.slots = 3; /* so that fewer do not forbid a plan */
        least = least_that_fits(&t);
        for (int i = 0; i < 4; i++) {
            int asked = 0;
            struct search_watch watch = {memory_goes_on, &asked};
            struct search_result greedy, exact;
            double found = time_within(&t, least + 400 * i, &greedy);
            struct cause cause;
            struct plan *plan;

            t.task.watch = &watch;
            plan = search_optimal(&t.task, &exact, &cause);
            ck_assert_msg(plan != NULL, "%s", cause.text);
            ck_assert_int_le(bytes_of_plan(&t, plan), t.limit.most);
            plan_free(plan);
            t.task.watch = NULL;
            if (!exact.proven)
                continue;
            proven++;
            ck_assert_int_le(greedy.bound.ticks, exact.time.makespan);
            ck_assert(found >= (double)exact.time.makespan);
            ck_assert(!greedy.proven ||
                      greedy.time.makespan == exact.time.makespan);
        }
        cost_fini(&t.cost);
    }
    ck_assert_int_ge(proven, 4);
}
END_TEST

/* Equal stages, and nothing else in memory. */
START_TEST(bytes_for_so_many_activations_do_as_these)
{
    for (uint32_t objective = 0; objective < seeds(1) && objective < 2;
         objective++) {
        struct bytes_task t;
        struct search_result bytes, activations;
        int chunks = shapes[_i].stages / shapes[_i].ranks;

        set_bytes_task(&t, _i);
        t.task.objective = (enum search_objective)objective;
        for (int s = 0; s < t.task.stages; s++)
            t.stages[s] = (struct footprint){.stash = 50, .owed = 50};
        for (int cap = chunks; cap <= 2 * t.task.stages; cap++) {
            double time = time_within(&t, cap * 50 + 49, &bytes);
            struct search_task counted = t.task;
            struct cause cause;

            counted.memory = NULL;
            counted.max_activations = cap;
            plan_free(search_greedy(&counted, &activations, &cause));
            ck_assert_msg(
                time == search_time_for(t.task.objective, &activations.time) &&
                    bytes.bound.ticks == activations.bound.ticks,
                "shape %d cap %d: %g in bytes", _i, cap, time);
        }
        cost_fini(&t.cost);
    }
}
END_TEST

TCase *
memory_case(void)
{
    TCase *tcase = tcase_create("memory");

    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(
        tcase, plans_keep_to_the_bytes_and_more_never_make_them_longer, 0,
        SHAPES);
    tcase_add_loop_test(tcase, no_optimum_within_bytes_is_below_the_bound, 0,
                        SHAPES);
    tcase_add_loop_test(tcase, bytes_for_so_many_activations_do_as_these, 0,
                        SHAPES);
    return tcase;
}
