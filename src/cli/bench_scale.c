#include "config.h"

#include "cli/bench_scale.h"

#include "base/clock.h"
#include "schedule/check.h"
#include "schedule/policy.h"
#include "sim/sim.h"

void
bench_scale_run(struct bench_scale *scale)
{
    struct cause cause;
    struct check check;
    struct cost cost;
    struct sim sim;
    int64_t start = clock_wall_ns();
    int64_t made;
    int64_t checked;
    struct plan *plan = policy_plan("1f1b", scale->ranks, scale->ranks,
                                    scale->mbs, &cause);

    made = clock_wall_ns();
    if (!plan || !check_plan(&check, plan, &cause))
        die("%s", cause.text);
    checked = clock_wall_ns();
    scale->actions = (int64_t)plan_actions(check.lowered);
    scale->plan_ns = made - start;
    scale->check_ns = checked - made;
    cost_init(&cost, scale->ranks);
    sim_run(&sim, check.lowered, &cost, CAPACITY_AUTO, NULL);
    scale->sim_ns = clock_wall_ns() - checked;
    sim_fini(&sim);
    cost_fini(&cost);
    check_fini(&check);
    plan_free(plan);
}
