/* greedy.c -- the schedule that is searched for keeps its promises under many
 * costs, latencies and memories. */
#include "config.h"

#include "search/schedule.h"

#include "base/rng.h"
#include "cases.h"
#include "optimum.h"
#include "plan/footprint.h"
#include "plan/program.h"
#include "plan/lower.h"
#include "sim/runs.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct search_time
time_of(const struct plan *plan, const struct cost *cost)
{
    struct cause cause = {.text = ""};
    struct program *program = program_make(plan, &cause);
    struct forecast forecast;
    struct search_time time;

    ck_assert_msg(program != NULL, "%s", cause.text);
    forecast_make(&forecast, program, cost, CAPACITY_AUTO, FORECAST_PERIOD);
    time = (struct search_time){forecast.metrics.makespan, forecast.period};
    forecast_fini(&forecast);
    program_free(program);
    return time;
}

static double
peak_of(const struct plan *plan)
{
    struct cause cause;
    struct program *program;
    double peak = 0.0;

    ck_assert_msg((program = program_make(plan, &cause)) != NULL, "%s",
                  cause.text);
    ck_assert_int_eq(program->unordered_stage, -1);
    for (int r = 0; r < plan->ranks; r++)
        if (program->peak_activations[r] > peak)
            peak = program->peak_activations[r];
    program_free(program);
    return peak;
}

/* No other policy that fits the memory is shorter. */
static void
expect_no_worse(const struct search_task *task,
                const struct search_time *found)
{
    double best = search_time_for(task->objective, found);
    struct cause cause;

    for (int i = 0; policy_at(i); i++) {
        const struct policy *policy = policy_at(i);
        struct program *program;
        struct plan *plan;
        double peak = 0.0;

        if (!policy_suits(policy, task->ranks, task->stages, task->mbs,
                          &cause))
            continue;
        plan = policy_plan(policy, task->ranks, task->stages, task->mbs);
        plan->freed_by_input = task->freed_by_input;
        ck_assert((program = program_make(plan, &cause)) != NULL);
        for (int r = 0; r < plan->ranks; r++)
            if (program->peak_activations[r] > peak)
                peak = program->peak_activations[r];
        if (task->max_activations == 0 || peak <= task->max_activations) {
            struct search_time time = time_of(plan, task->cost);

            ck_assert_msg(best <= search_time_for(task->objective, &time),
                          "%s", policy->name);
        }
        program_free(program);
        plan_free(plan);
    }
}

static void
expect_promises(const struct search_task *task)
{
    struct search_result result;
    struct search_result again;
    struct search_time time;
    struct cause cause;
    struct plan *plan = search_greedy(task, &result, &cause);
    struct plan *same = search_greedy(task, &again, &cause);

    ck_assert_msg(plan != NULL, "%s", cause.text);
    ck_assert_int_eq(plan->stages, task->stages);
    ck_assert_int_eq(plan->mbs, task->mbs);
    time = time_of(plan, task->cost);
    ck_assert_int_eq(time.makespan, result.time.makespan);
    ck_assert(period_ticks(time.period) == period_ticks(result.time.period));
    ck_assert(search_time_for(task->objective, &time) >=
              (double)result.bound.ticks);
    if (task->max_activations > 0)
        ck_assert_double_le(peak_of(plan), task->max_activations);
    else
        ck_assert_double_gt(peak_of(plan), 0.0); /* and in order */
    expect_no_worse(task, &result.time);
    time = time_of(same, task->cost);
    ck_assert_int_eq(again.time.makespan, result.time.makespan);
    ck_assert_int_eq(time.makespan, result.time.makespan);
    plan_free(plan);
    plan_free(same);
}

/* Random costs, of at least `least` ticks each; every other time a block of a
 * forward and a backward has one of its own. */
static void
draw_costs(struct cost *cost, struct rng *rng, int stages, uint32_t least)
{
    bool blocks = rng_below(rng, 2) == 0;

    cost_init(cost, stages);
    cost->latency = rng_below(rng, 4);
    for (int s = 0; s < stages; s++) {
        int64_t *ticks = cost->ticks[s];

        ticks[ACTION_FORWARD] = least + rng_below(rng, 9);
        ticks[ACTION_BACKWARD_INPUT] = least + rng_below(rng, 9);
        ticks[ACTION_BACKWARD_WEIGHT] = least + rng_below(rng, 9);
        ticks[ACTION_FULL_BACKWARD] = least + rng_below(rng, 17);
        ticks[ACTION_OPTIMIZER_STEP] = rng_below(rng, 3);
        if (blocks)
            ticks[ACTION_OVERLAP_F_B] = least + rng_below(rng, 20);
    }
}

/* _i seeds shape, costs, latency and memory. Every third task's I frees some of
 * an activation. */
START_TEST(the_plan_fits_and_none_that_fits_is_shorter)
{
    struct rng rng;
    struct cost cost;
    struct search_task task = {.cost = &cost};
    int chunks;

    rng_init(&rng, 5, RNG_TEST, (uint32_t)_i);
    chunks = 1 + (int)rng_below(&rng, 3);
    task.ranks = 1 + (int)rng_below(&rng, 4);
    task.stages = chunks * task.ranks;
    task.mbs = 1 + (int)rng_below(&rng, 8);
    task.max_activations =
        (int)rng_below(&rng, 3) * chunks * (1 + (int)rng_below(&rng, 3));
    draw_costs(&cost, &rng, task.stages, (uint32_t)_i % 2);
    if (_i % 3 == 2)
        task.freed_by_input = (int)rng_below(&rng, ACTIVATION_ONE + 1);
    expect_promises(&task);
    cost_fini(&cost);
}
END_TEST

/* An I that frees most of an activation lets the next forward in before the
 * W. */
START_TEST(what_an_input_gradient_frees_makes_plans_shorter)
{
    struct search_result whole, share;
    struct cause cause;
    struct cost cost;
    struct search_task task = {.ranks = 4,
                               .stages = 8,
                               .mbs = 8,
                               .cost = &cost,
                               .max_activations = 5,
                               .objective = SEARCH_MAKESPAN};

    cost_init(&cost, task.stages);
    plan_free(search_greedy(&task, &whole, &cause));
    task.freed_by_input = footprint_freed_by_input(0.3);
    expect_promises(&task);
    plan_free(search_greedy(&task, &share, &cause));
    ck_assert_int_lt(share.time.makespan, whole.time.makespan);
    cost_fini(&cost);
}
END_TEST

/* ---- against all plans of small shapes ---- */

static const struct {
    int ranks;
    int stages;
    int mbs;
} small[] = {{1, 1, 3}, {2, 2, 2}, {2, 2, 3}, {3, 3, 2}, {1, 2, 2}, {2, 4, 1}};

enum { SMALL = sizeof small / sizeof *small, DRAWS = 20 };

static struct search_task
draw_small(int shape, int draw, struct cost *cost)
{
    struct search_task task = {.ranks = small[shape].ranks,
                               .stages = small[shape].stages,
                               .mbs = small[shape].mbs,
                               .cost = cost,
                               .objective = SEARCH_MAKESPAN};
    struct rng rng;

    rng_init(&rng, 6, RNG_TEST, (uint32_t)(DRAWS * shape + draw));
    draw_costs(cost, &rng, task.stages, 1);
    if (rng_below(&rng, 2))
        task.max_activations =
            task.stages / task.ranks * (1 + (int)rng_below(&rng, 2));
    return task;
}

/* Over both placements that the search knows. */
static int64_t
optimum_of(const struct search_task *task)
{
    int64_t best = INT64_MAX;

    for (int v = 0; v <= (task->stages == 2 * task->ranks); v++) {
        struct plan *shape =
            placement_plan(v ? PLACEMENT_V : PLACEMENT_LOOPED, "any",
                           task->ranks, task->stages, task->mbs);
        int64_t makespan =
            optimum_makespan(shape, task->cost, task->max_activations);

        if (makespan < best)
            best = makespan;
        plan_free(shape);
    }
    return best;
}

/* _i: a small shape. */
START_TEST(no_plan_at_all_is_shorter_than_the_bound)
{
    for (int draw = 0; draw < DRAWS; draw++) {
        struct cost cost;
        struct search_task task = draw_small(_i, draw, &cost);
        struct search_result result;
        struct cause cause;
        int64_t optimum = optimum_of(&task);

        plan_free(search_greedy(&task, &result, &cause));
        ck_assert_msg(result.bound.ticks <= optimum,
                      "draw %d: bound %lld, %lld", draw,
                      (long long)result.bound.ticks, (long long)optimum);
        ck_assert_msg(optimum <= result.time.makespan,
                      "draw %d: found %lld, optimum %lld", draw,
                      (long long)result.time.makespan, (long long)optimum);
        cost_fini(&cost);
    }
}
END_TEST

/* _i: a small shape. */
START_TEST(the_optimum_is_the_shortest_of_all_plans)
{
    for (int draw = 0; draw < DRAWS; draw++) {
        struct cost cost;
        struct search_task task = draw_small(_i, draw, &cost);
        struct search_result result;
        struct cause cause;
        struct plan *plan = search_optimal(&task, &result, &cause);
        struct search_time time = time_of(plan, &cost);

        ck_assert_msg(result.proven, "draw %d", draw);
        ck_assert_int_eq(time.makespan, optimum_of(&task));
        if (task.max_activations > 0)
            ck_assert_double_le(peak_of(plan), task.max_activations);
        plan_free(plan);
        cost_fini(&cost);
    }
}
END_TEST

START_TEST(the_shortest_of_all_plans_is_found_mostly)
{
    int tasks = 0;
    int found = 0;
    int beatable = 0;
    int beaten = 0;

    for (int n = 0; n < SMALL * DRAWS; n++) {
        struct cost cost;
        struct search_task task = draw_small(n % SMALL, n / SMALL, &cost);
        struct search_result result;
        struct cause cause;
        int64_t optimum;

        optimum = optimum_of(&task);
        plan_free(search_greedy(&task, &result, &cause));
        tasks++;
        found += result.time.makespan == optimum;
        if (result.beaten && result.beaten_time.makespan > optimum) {
            beatable++;
            beaten += result.time.makespan < result.beaten_time.makespan;
        }
        cost_fini(&cost);
    }
    ck_assert_int_gt(beatable, tasks / 4);
    ck_assert_msg(found == tasks, "%d of %d", found, tasks);
    ck_assert_msg(5 * beaten >= 3 * beatable, "%d of %d", beaten, beatable);
}
END_TEST

/* Its descending backwards would cost the plan the reference's bits. */
START_TEST(looped_bfs_is_taken_over_in_ascending_order)
{
    struct search_task task = {
        .ranks = 2,
        .stages = 6,
        .mbs = 5,
        .max_activations = 15,
        .objective = SEARCH_MAKESPAN,
    };
    struct search_result result;
    struct cause cause;
    struct cost cost;
    struct plan *plan;

    cost_init(&cost, 6);
    task.cost = &cost;
    ck_assert(cost_parse(&cost, "F=20,B=8,I=14,W=15", &cause));
    plan = search_greedy(&task, &result, &cause);
    ck_assert_str_eq(result.beaten, "looped-bfs");
    ck_assert_double_gt(peak_of(plan), 0.0);
    plan_free(plan);
    cost_fini(&cost);
}
END_TEST

/* Stages of different length, where the fixed orders leave something. */
START_TEST(on_uneven_stages_it_beats_every_policy)
{
    static const struct {
        int chunks;
        const char *costs;
        const char *factors;
        int64_t latency;
    } tasks[] = {
        {2, "F=1,B=2,I=1,W=1", "1,1,2,1,1,2,1,1", 0},
        {1, "F=10,B=21,I=11,W=10", "1,1,1,1", 20},
        {2, "F=10,B=20,I=10,W=10", "1,1,2,1,1,1.5,1,1", 2},
    };

    for (size_t t = 0; t < sizeof tasks / sizeof *tasks; t++) {
        struct search_task task = {
            .ranks = 4, .mbs = 8, .objective = SEARCH_MAKESPAN};
        struct search_result result;
        struct cause cause;
        struct cost cost;
        struct plan *plan;

        task.stages = tasks[t].chunks * task.ranks;
        task.cost = &cost;
        cost_init(&cost, task.stages);
        cost.latency = tasks[t].latency;
        ck_assert(cost_parse(&cost, tasks[t].costs, &cause));
        ck_assert(cost_parse_stages(&cost, tasks[t].factors, &cause));
        plan = search_greedy(&task, &result, &cause);
        ck_assert(plan && result.beaten);
        ck_assert_msg(result.time.makespan < result.beaten_time.makespan,
                      "task %zu: %lld, %s %lld, bound %lld", t,
                      (long long)result.time.makespan, result.beaten,
                      (long long)result.beaten_time.makespan,
                      (long long)result.bound.ticks);
        plan_free(plan);
        cost_fini(&cost);
    }
}
END_TEST

START_TEST(memory_for_less_than_one_microbatch_is_refused)
{
    struct search_task task = {
        .ranks = 2, .stages = 6, .mbs = 4, .max_activations = 2};
    struct search_result result;
    struct cause cause;
    struct cost cost;

    cost_init(&cost, 6);
    task.cost = &cost;
    ck_assert(!search_greedy(&task, &result, &cause));
    ck_assert_msg(strstr(cause.text, "allow 3 or more") != NULL, "%s",
                  cause.text);
    cost_fini(&cost);
}
END_TEST

TCase *
greedy_case(void)
{
    TCase *tcase = tcase_create("greedy");

    tcase_set_timeout(tcase, 60);
    add_sweep(tcase, the_plan_fits_and_none_that_fits_is_shorter, 0, 30);
    tcase_add_test(tcase, what_an_input_gradient_frees_makes_plans_shorter);
    tcase_add_loop_test(tcase, no_plan_at_all_is_shorter_than_the_bound, 0,
                        SMALL);
    tcase_add_loop_test(tcase, the_optimum_is_the_shortest_of_all_plans, 0,
                        SMALL);
    tcase_add_test(tcase, the_shortest_of_all_plans_is_found_mostly);
    tcase_add_test(tcase, looped_bfs_is_taken_over_in_ascending_order);
    tcase_add_test(tcase, on_uneven_stages_it_beats_every_policy);
    tcase_add_test(tcase, memory_for_less_than_one_microbatch_is_refused);
    return tcase;
}
