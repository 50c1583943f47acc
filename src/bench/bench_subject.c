/* bench_subject.c -- sets up one training for the bench to run. */
#include "config.h"

#include "bench/bench_subject.h"

#include "base/machine.h"
#include "base/memory.h"
#include "base/plural.h"
#include "train/profile.h"
#include "search/schedule.h"
#include "sim/forecast.h"
#include "train/training_bytes.h"

#include <stdlib.h>
#include <string.h>

const char bench_subject_remedy[] = "use a smaller model or batch";

/* Costs in proportion to the products of each stage, whatever the unit: what
 * the longest path through a plan is as a share of all its work. */
static void
cost_by_products(struct cost *cost, const struct mlp *mlp, const int split[])
{
    const double unit = 1e6 / ((double)mlp->inputs + mlp->hidden) /
                        ((double)mlp->hidden + mlp->classes);
    int first = 0;

    for (int s = 0; s < cost->stages; s++) {
        int last = first + split[s] - 1;
        double products = 0.0;
        double unwanted = 0.0; /* the gradient of the data */

        last += last == mlp->layers - 1;
        for (int i = first; i <= last; i++)
            products +=
                (double)mlp_layer_inputs(mlp, i) * mlp_layer_outputs(mlp, i);
        if (first == 0)
            unwanted = (double)mlp->inputs * mlp->hidden;
        cost->ticks[s][ACTION_FORWARD] = (int64_t)(products * unit);
        cost->ticks[s][ACTION_FULL_BACKWARD] =
            (int64_t)((2.0 * products - unwanted) * unit);
        cost->ticks[s][ACTION_BACKWARD_INPUT] =
            (int64_t)((products - unwanted) * unit);
        cost->ticks[s][ACTION_BACKWARD_WEIGHT] = (int64_t)(products * unit);
        first += split[s];
    }
}

void
bench_subject_name(const struct bench_subject *subject,
                   char name[BENCH_NAME_MAX])
{
    if (subject->program)
        snprintf(name, BENCH_NAME_MAX, "%s, %d rank%s", subject->schedule,
                 subject->ranks, plural(subject->ranks));
    else
        snprintf(name, BENCH_NAME_MAX, "monolith");
}

int
bench_subject_stages(const char *schedule, int ranks)
{
    struct cause cause;

    return ranks *
           placement_chunks(schedule_find(schedule, &cause)->placement);
}

/* The plan, the layers of its stages, and whether there are enough. */
static bool
make_plan(struct bench_subject *subject,
          const struct trainer_options *training, struct cause *cause)
{
    int stages = bench_subject_stages(subject->schedule, subject->ranks);
    struct plan *plan;

    if (stages > training->task.mlp.layers)
        return fail(cause,
                    "%s on %d rank%s has %d stage%s, and each needs a layer; "
                    "use %d layers or more",
                    subject->schedule, subject->ranks, plural(subject->ranks),
                    stages, plural(stages), stages);
    plan = schedule_plan(subject->schedule, subject->ranks, stages,
                         training->task.recipe.mbs, cause);
    if (!plan)
        return false;
    subject->program = program_make(plan, cause);
    plan_free(plan);
    if (!subject->program)
        return false;
    cost_init(&subject->cost, stages);
    subject->split = memory_new((size_t)stages, sizeof *subject->split);
    return mlp_split(&training->task.mlp, stages, subject->split, cause);
}

/* Simulates the plan; returns the timing for a run. */
static struct timing
find_critical(struct bench_subject *subject)
{
    struct forecast forecast;
    struct timing timing;

    forecast_make(&forecast, subject->program, &subject->cost, CAPACITY_AUTO,
                  FORECAST_FIGURES);
    subject->critical =
        (double)forecast.metrics.makespan / (double)forecast.metrics.busy;
    timing = forecast_timing(&forecast, &subject->cost);
    forecast_fini(&forecast);
    return timing;
}

bool
bench_subject_init(struct bench_subject *subject, const char *schedule,
                   int ranks, const struct trainer_options *training,
                   struct cause *cause)
{
    struct trainer_options options = *training;
    char what[96];

    *subject = (struct bench_subject){
        .schedule = schedule,
        .ranks = ranks,
        .critical = 1.0,
    };
    if (strcmp(schedule, "none") != 0) {
        if (!make_plan(subject, training, cause))
            return false;
        cost_by_products(&subject->cost, &training->task.mlp, subject->split);
        options.run.timing = find_critical(subject);
        options.run.plan = subject->program->lowered;
        options.split = subject->split;
    }
    snprintf(what, sizeof what, "%s on %d rank%s", schedule, ranks,
             plural(ranks));
    if (!machine_has(training_need(&options), what, bench_subject_remedy,
                     cause))
        return false;
    subject->trainer = trainer_new(&options);
    return true;
}

void
bench_subject_fini(struct bench_subject *subject)
{
    trainer_free(subject->trainer);
    if (subject->program)
        cost_fini(&subject->cost);
    program_free(subject->program);
    free(subject->split);
}

int64_t
bench_subject_time(struct bench_subject *subject, int steps)
{
    int64_t before = subject->trainer->wall_ns;

    trainer_steps(subject->trainer, steps);
    return (subject->trainer->wall_ns - before) / steps;
}

int64_t
bench_subject_predict(const struct bench_subject *subject, int cores)
{
    const struct trainer_options *options = &subject->trainer->options;
    const struct training_task *task = &options->task;
    struct cost cost;
    int64_t ns;

    cost_init(&cost, subject->program->lowered->stages);
    profile_measure(&cost, subject->program->lowered, &task->mlp,
                    subject->split, &task->recipe.optimizer,
                    task->recipe.batch);
    ns = forecast_on_cores(subject->program, &cost,
                           options->run.timing.capacity, cores);
    cost_fini(&cost);
    return ns;
}

double
bench_subject_loop_us(const struct bench_subject *subject)
{
    const struct run *run = subject->trainer->run;
    double ns = 0.0;
    double actions = (double)plan_actions(subject->program->lowered) *
                     subject->trainer->step;

    for (int r = 0; r < subject->program->lowered->ranks; r++) {
        ns += (double)run->ranks[r].loop_ns;
        for (int p = 0; p < SPAN_PARTS; p++)
            ns -= (double)run->ranks[r].parts[p];
    }
    return ns * 1e-3 / actions;
}
