/* searching.c -- has a request's schedule made, within its seconds if it is
 * searched for, and says what the search found. */
#include "config.h"

#include "request/searching.h"

#include "base/clock.h"
#include "base/text.h"
#include "cluster/needs.h"
#include "report/summary.h"
#include "request/figures.h"
#include "search/schedule.h"
#include "sim/forecast.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a search asks whether it may go on. */
struct searching {
    const struct plan_request *request;
    struct time_unit unit;
    int64_t began_ns;
};

static bool
searching_goes_on(void *context, double best, int64_t bound)
{
    const struct searching *searching = context;
    const struct means *means = searching->request->means;
    int seconds = searching->request->options->seconds;

    if (seconds > 0 &&
        clock_wall_ns() - searching->began_ns >= seconds * INT64_C(1000000000))
        return false;
    return !means->searching || means->searching(best, bound, searching->unit);
}

/* "1.5 ticks (3.2%) less than zbv, the best other that fits" */
static void
describe_beaten(const struct setup *setup, char text[], size_t size)
{
    const struct search_result *result = &setup->search;
    struct time_unit unit = cost_unit(&setup->cost);
    double found = search_time_for(result->objective, &result->time);
    double other = search_time_for(result->objective, &result->beaten_time);

    if (!result->beaten)
        snprintf(text, size, "where no other schedule fits");
    else if (other <= found)
        snprintf(text, size, "as %s, the best other that fits",
                 result->beaten);
    else
        snprintf(text, size,
                 "%.6g %s (%.1f%%) less than %s, the best other that fits",
                 cost_in_units(other - found, unit),
                 cost_unit_name(&unit, other - found),
                 100.0 * (other - found) / other, result->beaten);
}

/* "lower bound 38, from the work of rank 0" */
static void
describe_bound(const struct setup *setup, const char *name, char text[],
               size_t size)
{
    const struct search_result *result = &setup->search;
    double found = search_time_for(result->objective, &result->time);
    bool reached = found <= (double)result->bound.ticks;
    char least[COST_TEXT];
    char reason[BOUND_TEXT];

    if (result->proven && !reached)
        snprintf(text, size, "proven: no plan is shorter");
    else
        snprintf(
            text, size, "%slower bound %s, from %s",
            !result->proven && strcmp(name, "optimal") == 0 ? "not proven; "
                                                            : "",
            cost_text(result->bound.ticks, cost_unit(&setup->cost), least),
            bound_text(&result->bound, reason));
}

/* "; limited by 24.0 GiB a rank", or nothing. */
static void
describe_limit(const struct setup *setup, const struct options *options,
               char text[], size_t size)
{
    char most[TEXT_SIZE_MAX];

    *text = '\0';
    if (setup->search.bytes_limit)
        snprintf(text, size, "; limited by %s a rank",
                 text_size((size_t)setup_max_memory(setup, options), most));
}

/* What a search found, and what it is worth. */
static void
remark_search(const struct setup *setup, const struct plan_request *request)
{
    const struct search_result *result = &setup->search;
    struct time_unit unit = cost_unit(&setup->cost);
    char found[PERIOD_TEXT];
    char than[160];
    char bound[160];
    char limit[64];

    describe_beaten(setup, than, sizeof than);
    describe_bound(setup, request->schedule, bound, sizeof bound);
    describe_limit(setup, request->options, limit, sizeof limit);
    means_remark(request->means, "%s: %s %s, %s; %s%s%s", request->schedule,
                 result->objective == SEARCH_PERIOD ? "period" : "makespan",
                 result->objective == SEARCH_PERIOD
                     ? period_text(result->time.period, unit, found)
                     : cost_text(result->time.makespan, unit, found),
                 than, bound, limit,
                 result->stopped ? "; the search was stopped" : "");
}

/* The bytes that the model's stages take, and those that a rank may hold. */
static struct limit
bytes_of(const struct setup *setup, const struct options *options)
{
    const struct cost *cost = &setup->cost;
    int64_t most = setup_max_memory(setup, options);
    int capacity = options->capacity;

    return (struct limit){
        .most = most > 0 ? most : LIMIT_NONE,
        .stages = needs_footprints(setup->model, setup->split, cost->stages,
                                   cost->recompute),
        .kept = needs_kept(setup->model, setup->split, cost->stages,
                           setup->cluster),
        .slots = capacity == CAPACITY_AUTO ? 0
                 : capacity > 0            ? capacity
                                           : 1,
    };
}

/* The plan of the schedule, within the memory of the model's ranks. */
static struct plan *
plan_within(struct setup *setup, const struct plan_request *request,
            struct search_task *task, struct cause *cause)
{
    bool sized = setup->model && !request->forward_only &&
                 schedule_is_searched(request->schedule);
    struct limit limit = {0};
    struct plan *plan;

    if (sized)
        limit = bytes_of(setup, request->options);
    task->memory = sized ? &limit : NULL;
    plan = schedule_plan_for(request->schedule, task, &setup->search, cause);
    free((void *)limit.stages);
    free((void *)limit.kept);
    return plan;
}

struct plan *
searching_plan(struct setup *setup, const struct plan_request *request,
               struct cause *cause)
{
    const struct options *options = request->options;
    struct searching searching = {request, cost_unit(&setup->cost),
                                  clock_wall_ns()};
    struct search_watch watch = {searching_goes_on, &searching};
    struct search_task task = {
        .ranks = request->ranks,
        .stages = request->stages,
        .mbs = request->recipe.mbs,
        .cost = &setup->cost,
        .max_activations = options->max_activations,
        .freed_by_input = footprint_freed_by_input(options->weight_share),
        .objective = options->for_makespan ? SEARCH_MAKESPAN : SEARCH_PERIOD,
        .patient = options->seconds > 0,
        .watch = &watch,
    };
    const struct policy *schedule = schedule_find(request->schedule, cause);
    struct plan *plan;

    if (!schedule)
        return NULL;
    task.group = setup_group(options, schedule);
    plan = plan_within(setup, request, &task, cause);
    if (request->means->searched)
        request->means->searched();
    if (plan && setup->search.time.makespan > 0 && !request->quiet)
        remark_search(setup, request);
    return plan;
}

void
searching_json(struct json *json, const struct setup *setup)
{
    const struct search_result *search = &setup->search;
    char reason[BOUND_TEXT];

    if (search->time.makespan == 0)
        return;
    json_text(json, "objective",
              search->objective == SEARCH_PERIOD ? "period" : "makespan");
    summary_json_time(json, "lower_bound", search->bound.ticks,
                      cost_unit(&setup->cost));
    json_text(json, "lower_bound_from", bound_text(&search->bound, reason));
    json_bool(json, "proven", search->proven);
    if (setup->model)
        json_bool(json, "limited_by_memory", search->bytes_limit);
    if (search->beaten) {
        json_text(json, "best_other", search->beaten);
        summary_json_time(json, "best_other_makespan",
                          search->beaten_time.makespan,
                          cost_unit(&setup->cost));
        json_number(json, "best_other_period",
                    cost_in_units(period_ticks(search->beaten_time.period),
                                  cost_unit(&setup->cost)));
    }
}
