/* grade.c -- scores a schedule against the shortest one known. */
#include "config.h"

#include "course/grade.h"

#include "sim/forecast.h"
#include "search/schedule.h"

/* Searches for the shortest schedule, which may be the plan itself. */
static bool
find_par(struct grade *grade, const struct grade_task *task,
         struct cause *cause)
{
    const struct plan *plan = task->program->lowered;
    struct search_task shape = {
        .ranks = plan->ranks,
        .stages = plan->stages,
        .mbs = plan->mbs,
        .cost = task->cost,
        .max_activations = task->max_activations,
        .objective = SEARCH_MAKESPAN,
        .freed_by_input = plan->freed_by_input,
    };
    struct search_result search = {.beaten = NULL};
    struct plan *best = schedule_plan_for("greedy", &shape, &search, cause);

    if (!best)
        return false;
    plan_free(best);
    grade->par = search.time.makespan;
    grade->held_by =
        search.beaten && search.beaten_time.makespan == search.time.makespan
            ? search.beaten
            : "greedy";
    /* The plan may place its stages as no policy does. */
    if (search.bound.ticks < grade->bound)
        grade->bound = search.bound.ticks;
    if (!grade->fits)
        return true;
    if (grade->makespan < grade->par) {
        grade->par = grade->makespan;
        grade->held_by = plan->name;
    }
    grade->score = (int)(100.0 * (double)grade->par / (double)grade->makespan);
    return true;
}

bool
grade_plan(struct grade *grade, const struct grade_task *task,
           struct cause *cause)
{
    const struct program *program = task->program;
    double peak = program->largest_peak;
    struct forecast forecast;

    if (program->lowered->copies == 2)
        return fail(cause,
                    "%s has two copies of each stage; plans with one are "
                    "graded",
                    program->lowered->name);
    forecast_make(&forecast, program, task->cost, CAPACITY_AUTO,
                  FORECAST_PERIOD);
    *grade = (struct grade){
        .makespan = forecast.metrics.makespan,
        .period = forecast.period,
        .steady_bubble = forecast.steady_bubble,
        .bound = bound_of_shape(program->lowered, task->cost).ticks,
        .peak = peak,
        .fits = task->max_activations == 0 || peak <= task->max_activations,
    };
    forecast_fini(&forecast);
    return !task->par || find_par(grade, task, cause);
}
