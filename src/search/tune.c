/* tune.c -- lists shapes, orders them by their bounds, and simulates those that
 * may have a place. */
#include "config.h"

#include "search/tune.h"

#include "base/larger.h"
#include "base/memory.h"
#include "plan/place.h"
#include "plan/program.h"
#include "search/limit.h"
#include "search/schedule.h"
#include "search/tune_bound.h"
#include "sim/forecast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A shape that has not been simulated yet. */
struct lead {
    struct tune_shape shape;
    int number;
    int64_t ticks; /* no period is shorter */
    int64_t bytes; /* no plan holds less */
};

struct tuning {
    const struct tune_task *task;
    const struct tune_machine *machine;
    struct tune_result *result;
    struct lead *leads;
    size_t lead_room;
    size_t row_room;
};

/* ---- shapes ---- */

static void
needs_fini(struct tune_needs *needs)
{
    cost_fini(&needs->cost);
    free(needs->stages);
    free(needs->kept);
}

static struct limit
memory_limit(const struct tune_machine *machine,
             const struct tune_needs *needs)
{
    return (struct limit){
        .most = machine->memory > 0 ? machine->memory : LIMIT_NONE,
        .stages = needs->stages,
        .kept = needs->kept,
    };
}

static struct plan *
tune_plan(const struct tune_shape *shape, enum placement placement)
{
    return placement_plan(placement, shape->schedule->name, shape->ranks,
                          shape->stages, shape->mbs);
}

/* Lowers a lead's bounds to those of all plans of its shape with a placement;
 * false if it cannot be on the machine. */
static bool
bound_placement(const struct tune_machine *machine, enum placement placement,
                struct lead *lead)
{
    const struct tune_shape *shape = &lead->shape;
    struct plan *plan = tune_plan(shape, placement);
    struct tune_needs needs;
    bool possible = machine->needs(machine->context, shape, plan, &needs);

    if (possible) {
        struct limit limit = memory_limit(machine, &needs);

        lead->ticks = smaller_of(lead->ticks, tune_bound(plan, &needs.cost));
        limit_add_microbatch(plan);
        lead->bytes = smaller_of(lead->bytes, limit_held(&limit, plan, 0));
        needs_fini(&needs);
    }
    plan_free(plan);
    return possible;
}

static void
add_lead(struct tuning *tuning, const struct tune_shape *shape)
{
    const struct tune_machine *machine = tuning->machine;
    struct tune_result *result = tuning->result;
    struct lead lead = {.shape = *shape,
                        .number = result->shapes,
                        .ticks = INT64_MAX,
                        .bytes = INT64_MAX};
    bool possible =
        bound_placement(machine, shape->schedule->placement, &lead);

    /* A search lays stages out in turns, too. */
    if (possible && !shape->schedule->make &&
        shape->stages % (2 * shape->ranks) == 0)
        bound_placement(machine, PLACEMENT_WAVE, &lead);
    if (!possible) {
        result->elsewhere++;
    } else if (machine->memory > 0 && lead.bytes > machine->memory) {
        result->too_large++;
    } else {
        size_t leads =
            (size_t)(result->shapes - result->elsewhere - result->too_large);

        memory_grow(&tuning->leads, &tuning->lead_room, leads,
                    sizeof *tuning->leads);
        tuning->leads[leads] = lead;
    }
    result->shapes++;
}

/* Every schedule on so many ranks and replicas, with all its numbers of
 * stages. */
static void
add_rules(struct tuning *tuning, int ranks, int replicas, int mbs)
{
    const struct tune_task *task = tuning->task;
    struct cause cause;

    for (int i = 0; i < task->schedule_count; i++)
        for (int chunks = 1; chunks <= TUNE_CHUNKS; chunks++) {
            struct tune_shape shape = {
                .schedule = task->schedules[i],
                .ranks = ranks,
                .stages = chunks * ranks,
                .mbs = mbs,
                .replicas = replicas,
            };

            if (shape.stages > task->layers ||
                !policy_suits(shape.schedule, ranks, shape.stages, mbs,
                              &cause))
                continue;
            add_lead(tuning, &shape);
            shape.recompute = true;
            add_lead(tuning, &shape);
        }
}

static int
compare_leads(const void *a, const void *b)
{
    const struct lead *x = a;
    const struct lead *y = b;

    if (x->ticks != y->ticks)
        return x->ticks < y->ticks ? -1 : 1;
    return x->number - y->number;
}

/* Lists all shapes, in the order of the bounds of their periods. Returns how
 * many are left to look at. */
static size_t
list_leads(struct tuning *tuning)
{
    const struct tune_task *task = tuning->task;
    const struct tune_result *result = tuning->result;
    size_t leads;

    for (int i = 0; i < task->rank_count; i++) {
        int ranks = task->ranks[i];
        int most = task->devices / ranks;

        for (int replicas = 1; replicas <= most; replicas++) {
            int examples;

            if (most % replicas != 0)
                continue;
            examples =
                task->batch % replicas == 0 ? task->batch / replicas : 0;
            if (examples == 0 || examples % task->microbatch != 0)
                tuning->result->undivided++;
            else
                add_rules(tuning, ranks, replicas,
                          examples / task->microbatch);
        }
    }
    leads = (size_t)(result->shapes - result->elsewhere - result->too_large);
    if (leads > 0)
        qsort(tuning->leads, leads, sizeof *tuning->leads, compare_leads);
    return leads;
}

/* ---- rows ---- */

/* By period, then bytes; equals keep their order in the list. */
static int
compare_rows(const void *a, const void *b)
{
    const struct tune_row *x = a;
    const struct tune_row *y = b;
    double left = period_ticks(x->period);
    double right = period_ticks(y->period);

    if (left < right || left > right)
        return left < right ? -1 : 1;
    if (x->bytes != y->bytes)
        return x->bytes < y->bytes ? -1 : 1;
    return x->number - y->number;
}

/* Two schedules that come to the same on one shape. */
static bool
is_same_row(const struct tune_row *a, const struct tune_row *b)
{
    return a->shape.ranks == b->shape.ranks &&
           a->shape.replicas == b->shape.replicas &&
           a->shape.stages == b->shape.stages &&
           a->shape.recompute == b->shape.recompute && a->bytes == b->bytes &&
           a->period.ticks * b->period.steps ==
               b->period.ticks * a->period.steps;
}

/* Adds a row in its place, unless there is one like it. */
static void
tune_add_row(struct tuning *tuning, const struct tune_row *row)
{
    struct tune_result *result = tuning->result;
    int i = result->count;

    for (int j = 0; j < result->count; j++)
        if (is_same_row(&result->rows[j], row)) {
            if (row->number < result->rows[j].number)
                result->rows[j] = *row;
            return;
        }
    memory_grow(&result->rows, &tuning->row_room, (size_t)result->count,
                sizeof *result->rows);
    for (; i > 0 && compare_rows(&result->rows[i - 1], row) > 0; i--)
        result->rows[i] = result->rows[i - 1];
    result->rows[i] = *row;
    result->count++;
}

/* Whether what takes no less than this may be among the best or on the
 * front. */
static bool
has_place(const struct tune_result *result, double ticks, int64_t bytes)
{
    int better = 0;

    for (int i = 0; i < result->count; i++) {
        const struct tune_row *row = &result->rows[i];

        if (period_ticks(row->period) >= ticks)
            break;
        if (row->bytes <= bytes)
            better = result->count;
        if (i + 1 >= TUNE_BEST && better > 0)
            return false;
    }
    return true;
}

/* ---- what limits a row ---- */

/* The work of a step on the busiest rank, and on all. */
static int64_t
most_work(const struct plan *plan, const struct cost *cost, int64_t *all)
{
    int64_t most = 0;

    *all = 0;
    for (int r = 0; r < plan->ranks; r++) {
        int64_t work = 0;

        for (size_t i = 0; i < plan->lists[r].count; i++)
            work += cost_of(cost, r, &plan->lists[r].at[i]);
        *all += work;
        most = work > most ? work : most;
    }
    return most;
}

/* Takes the all-reduce off the cost, then the links' time: what the period
 * loses each time is what they added. */
static struct tune_limits
find_limits(const struct tune_row *row, const struct plan *plan,
            struct cost *cost)
{
    double whole = period_ticks(row->period);
    double alone, free_links;
    int64_t all;
    double busiest = (double)most_work(plan, cost, &all);
    double mean = (double)all / plan->ranks;

    if (cost->reduce)
        memset(cost->reduce, 0, (size_t)cost->stages * sizeof *cost->reduce);
    alone = period_ticks(period_of(plan, cost, row->capacity));
    cost->latency = 0;
    if (cost->network)
        memset(cost->network->pairs, 0,
               (size_t)cost->network->ranks * (size_t)cost->network->ranks *
                   sizeof *cost->network->pairs);
    free_links = period_ticks(period_of(plan, cost, row->capacity));
    return (struct tune_limits){
        .work = mean / whole,
        .uneven = (busiest - mean) / whole,
        .order = (free_links - busiest) / whole,
        .links = (alone - free_links) / whole,
        .reduce = (whole - alone) / whole,
    };
}

/* ---- simulations ---- */

/* The plan of a shape for what it needs, ready to run, or NULL. */
static struct program *
tune_program(const struct tune_machine *machine,
             const struct tune_shape *shape, const struct tune_needs *needs)
{
    struct limit limit = memory_limit(machine, needs);
    struct search_task task = {.ranks = shape->ranks,
                               .stages = shape->stages,
                               .mbs = shape->mbs,
                               .cost = &needs->cost,
                               .memory = &limit};
    struct search_result found;
    struct cause cause;
    struct plan *plan =
        schedule_plan_for(shape->schedule->name, &task, &found, &cause);
    struct program *program = plan ? program_make(plan, &cause) : NULL;

    plan_free(plan);
    return program;
}

/* Simulates a program, if what it holds leaves its lead a place, and keeps the
 * row, if what it takes does. Leaves no times of links in needs. */
static void
simulate_lead(struct tuning *tuning, const struct lead *lead,
              const struct program *program, struct tune_needs *needs)
{
    struct tune_result *result = tuning->result;
    struct limit limit = memory_limit(tuning->machine, needs);
    struct tune_row row = {.shape = lead->shape, .number = lead->number};
    struct forecast forecast;

    row.bytes = limit_held(&limit, program->lowered, 0);
    if (row.bytes > limit.most) {
        result->too_large++;
        return;
    }
    if (!has_place(result, (double)lead->ticks, row.bytes)) {
        result->bounded++;
        return;
    }
    forecast_make(&forecast, program, &needs->cost, CAPACITY_AUTO,
                  FORECAST_PERIOD);
    row.period = forecast.period;
    row.unit = forecast.metrics.unit;
    row.steady_bubble = forecast.steady_bubble;
    row.capacity = forecast.capacity;
    row.bytes = limit_held(&limit, program->lowered, row.capacity);
    forecast_fini(&forecast);
    if (row.bytes > limit.most) {
        result->too_large++;
        return;
    }
    result->tried++;
    if (has_place(result, period_ticks(row.period), row.bytes)) {
        row.limits = find_limits(&row, program->lowered, &needs->cost);
        tune_add_row(tuning, &row);
    }
}

/* Plans and simulates a shape that may have a place. */
static void
try_lead(struct tuning *tuning, const struct lead *lead)
{
    const struct tune_machine *machine = tuning->machine;
    const struct tune_shape *shape = &lead->shape;
    struct plan *empty = tune_plan(shape, shape->schedule->placement);
    struct program *program = NULL;
    struct tune_needs needs;

    if (!has_place(tuning->result, (double)lead->ticks, lead->bytes)) {
        tuning->result->bounded++;
    } else if (machine->needs(machine->context, shape, empty, &needs)) {
        program = tune_program(machine, shape, &needs);
        if (program)
            simulate_lead(tuning, lead, program, &needs);
        else
            tuning->result->elsewhere++;
        needs_fini(&needs);
    }
    program_free(program);
    plan_free(empty);
}

/* Keeps the best rows and the front. */
static void
keep_rows(struct tune_result *result)
{
    int64_t least = INT64_MAX;
    int kept = 0;

    for (int i = 0; i < result->count; i++) {
        struct tune_row *row = &result->rows[i];

        row->best = i < TUNE_BEST;
        row->front = row->bytes < least;
        least = smaller_of(least, row->bytes);
        if (row->best || row->front)
            result->rows[kept++] = *row;
    }
    result->count = kept;
}

void
tune_make(struct tune_result *result, const struct tune_task *task,
          const struct tune_machine *machine)
{
    struct tuning tuning = {
        .task = task, .machine = machine, .result = result};
    size_t leads;

    *result = (struct tune_result){.count = 0};
    leads = list_leads(&tuning);
    for (size_t i = 0; i < leads && !result->stopped; i++)
        if (i > 0 && machine->go_on &&
            !machine->go_on(machine->context, (int)i, (int)leads))
            result->stopped = true;
        else
            try_lead(&tuning, &tuning.leads[i]);
    keep_rows(result);
    free(tuning.leads);
}

void
tune_fini(struct tune_result *result)
{
    free(result->rows);
    result->rows = NULL;
}
