/* bench_scale.c -- measures how fast plans are made, checked and simulated. */
#include "config.h"

#include "bench/bench_scale.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/quantile.h"
#include "plan/check.h"
#include "search/schedule.h"
#include "sim/sim.h"

#include <stdlib.h>

enum { PLAN, CHECK, SIMULATE, PARTS };

/* The run number n. */
static void
run_once(struct bench_scale *scale, int64_t *ns[PARTS], int n)
{
    struct cause cause;
    struct check check;
    struct cost cost;
    struct sim sim;
    int64_t start = clock_wall_ns();
    int64_t made;
    int64_t checked;
    struct plan *plan = schedule_plan("1f1b", scale->ranks, scale->ranks,
                                    scale->mbs, &cause);

    made = clock_wall_ns();
    if (!plan || !check_plan(&check, plan, &cause))
        die("%s", cause.text);
    checked = clock_wall_ns();
    scale->actions = (int64_t)plan_actions(check.lowered);
    ns[PLAN][n] = made - start;
    ns[CHECK][n] = checked - made;
    cost_init(&cost, scale->ranks);
    sim_run(&sim, check.lowered, &cost, CAPACITY_AUTO, NULL);
    ns[SIMULATE][n] = clock_wall_ns() - checked;
    sim_fini(&sim);
    cost_fini(&cost);
    check_fini(&check);
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
