/* bench_scale.c -- measures how fast plans are made, checked and simulated. */
#include "config.h"

#include "bench/bench_scale.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/quantile.h"
#include "plan/program.h"
#include "search/schedule.h"
#include "sim/forecast.h"
#include "train/trainer.h"

#include <stdlib.h>

enum { PLAN, CHECK, SIMULATE, PARTS };

/* The run number n. */
static void
run_once(struct bench_scale *scale, int64_t *ns[PARTS], int n)
{
    struct cause cause;
    struct program *program;
    struct cost cost;
    struct forecast forecast;
    int64_t start = clock_wall_ns();
    int64_t made;
    int64_t checked;
    struct plan *plan =
        schedule_plan("1f1b", scale->ranks, scale->ranks, scale->mbs, &cause);

    made = clock_wall_ns();
    if (!plan || !(program = program_make(plan, &cause)))
        die("%s", cause.text);
    checked = clock_wall_ns();
    scale->actions = (int64_t)plan_actions(program->lowered);
    ns[PLAN][n] = made - start;
    ns[CHECK][n] = checked - made;
    cost_init(&cost, scale->ranks);
    forecast_make(&forecast, program, &cost, CAPACITY_AUTO, FORECAST_FIGURES);
    ns[SIMULATE][n] = clock_wall_ns() - checked;
    forecast_fini(&forecast);
    cost_fini(&cost);
    program_free(program);
    plan_free(plan);
}

void
bench_scale_run(struct bench_scale *scale, int repeat)
{
    int64_t *ns[PARTS];

    for (int i = 0; i < PARTS; i++)
        ns[i] = memory_new((size_t)repeat, sizeof *ns[i]);
    for (int n = 0; n < repeat; n++)
        run_once(scale, ns, n);
    scale->plan_ns = quantile_of(ns[PLAN], repeat, 0.5);
    scale->check_ns = quantile_of(ns[CHECK], repeat, 0.5);
    scale->sim_ns = quantile_of(ns[SIMULATE], repeat, 0.5);
    for (int i = 0; i < PARTS; i++)
        free(ns[i]);
}

static int64_t
set_up_once(int stages, const struct dataset *data, int64_t *actions)
{
    struct trainer_options options = {.task.recipe = recipe_defaults(),
                                      .data = data};
    struct recipe *recipe = &options.task.recipe;
    int64_t start = clock_wall_ns();
    int *split = memory_new((size_t)stages, sizeof *split);
    struct plan *plan;
    struct trainer *trainer;
    struct program *program = NULL;
    struct cause cause;
    struct cost cost;
    struct forecast forecast;
    int64_t ns;

    recipe->layers = stages;
    recipe->hidden = data->features;
    recipe->batch = recipe->mbs = data->count;
    recipe->steps = 1;
    options.task.mlp = recipe_mlp(recipe, data);
    plan = schedule_plan("looped-bfs", 2, stages, data->count, &cause);
    if (plan)
        program = program_make(plan, &cause);
    if (!program || !mlp_split(&options.task.mlp, stages, split, &cause))
        die("%s", cause.text);
    cost_init(&cost, stages);
    forecast_make(&forecast, program, &cost, CAPACITY_AUTO, FORECAST_FIGURES);
    options.run.plan = program->lowered;
    options.split = split;
    options.run.timing = forecast_timing(&forecast, &cost);
    trainer = trainer_new(&options);
    ns = clock_wall_ns() - start;
    *actions = (int64_t)plan_actions(program->lowered);
    trainer_free(trainer);
    forecast_fini(&forecast);
    cost_fini(&cost);
    program_free(program);
    plan_free(plan);
    free(split);
    return ns;
}

int64_t
bench_scale_set_up(int stages, int mbs, int repeat, int64_t *actions)
{
    enum { WIDTH = 8, CLASSES = 2 };
    int64_t *ns = memory_new((size_t)repeat, sizeof *ns);
    struct dataset data;
    int64_t median;

    dataset_random(&data, mbs, WIDTH, CLASSES, 0);
    for (int n = 0; n < repeat; n++)
        ns[n] = set_up_once(stages, &data, actions);
    median = quantile_of(ns, repeat, 0.5);
    dataset_fini(&data);
    free(ns);
    return median;
}
