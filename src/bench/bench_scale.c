/* bench_scale.c -- measures how fast plans are made, checked and simulated. */
#include "config.h"

#include "bench/bench_scale.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/quantile.h"
#include "plan/program.h"
#include "search/schedule.h"
#include "sim/forecast.h"

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
