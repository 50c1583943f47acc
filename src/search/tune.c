/* tune.c -- lists shapes, orders them by their bounds, and simulates those that
 * may have a place. */
#include "config.h"

#include "search/limit.h"
#include "search/tune.h"

#include "base/memory.h"
#include "plan/program.h"
#include "search/schedule.h"
#include "sim/forecast.h"
#include "plan/place.h"

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

/* ---- bounds ---- */

static int64_t
tune_least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* A stage's backward in one piece or in two, whichever is shorter. */
static int64_t
backward(const struct cost *cost, int rank, int stage)
{
    return tune_least(
        cost_least(cost, rank, stage, ACTION_FULL_BACKWARD),
        cost_least(cost, rank, stage, ACTION_BACKWARD_INPUT) +
            cost_least(cost, rank, stage, ACTION_BACKWARD_WEIGHT));
}

/* All work of the busiest rank, and the all-reduce after its last weight
 * gradient, which is at least the shortest. */
static int64_t
work_bound(const struct plan *plan, const struct cost *cost)
{
    int64_t most = 0;

    for (int r = 0; r < plan->ranks; r++) {
        int64_t work = 0;
        int64_t reduce = INT64_MAX;

        for (int s = 0; s < plan->stages; s++) {
            if (plan->rank_of_stage[s] != r)
                continue;
            work += plan->mbs * (cost_least(cost, r, s, ACTION_FORWARD) +
                                 backward(cost, r, s));
            reduce = tune_least(reduce, cost->reduce ? cost->reduce[s] : 0);
        }
        if (work + reduce > most)
            most = work + reduce;
    }
    return most;
}

/* The first stage's rank cannot begin the next step before a microbatch has
 * been to the last stage and back, and its own all-reduce is done. */
static int64_t
way_bound(const struct plan *plan, const struct cost *cost)
{
    int64_t way = cost->reduce ? cost->reduce[0] : 0;

    for (int s = 0; s < plan->stages; s++) {
        int rank = plan->rank_of_stage[s];

        way += cost_least(cost, rank, s, ACTION_FORWARD);
        way +=
            s == 0
                ? backward(cost, rank, s)
                : tune_least(cost_least(cost, rank, s, ACTION_FULL_BACKWARD),
                             cost_least(cost, rank, s, ACTION_BACKWARD_INPUT));
        if (plan_crosses(plan, s))
            way += cost_message(cost, plan, 2 * s) +
                   cost_message(cost, plan, 2 * s + 1);
    }
    return way;
}

/* ---- shapes ---- */

static struct plan *
tune_plan(const struct tune_shape *shape)
{
    return placement_plan(shape->schedule->placement, shape->schedule->name,
                          shape->ranks, shape->stages, shape->mbs);
}

static void
add_lead(struct tuning *tuning, const struct tune_shape *shape)
{
    const struct tune_machine *machine = tuning->machine;
    struct tune_result *result = tuning->result;
    struct plan *plan = tune_plan(shape);
    struct lead lead = {.shape = *shape, .number = result->shapes};
    struct cost cost;

    if (!machine->cost(machine->context, shape, plan, &cost)) {
        result->elsewhere++;
    } else {
        int64_t work = work_bound(plan, &cost);
        int64_t way = way_bound(plan, &cost);

        limit_add_microbatch(plan);
        lead.ticks = work > way ? work : way;
        lead.bytes = machine->bytes(machine->context, shape, plan, 2);
        if (machine->memory > 0 && lead.bytes > machine->memory) {
            result->too_large++;
        } else {
            size_t leads = (size_t)(result->shapes - result->elsewhere -
                                    result->too_large);

            memory_grow(&tuning->leads, &tuning->lead_room, leads,
                        sizeof *tuning->leads);
            tuning->leads[leads] = lead;
        }
        cost_fini(&cost);
    }
    result->shapes++;
    plan_free(plan);
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

            /* The bounds are those of one copy of the stages. */
            if (shape.stages > task->layers ||
                shape.schedule->placement == PLACEMENT_BOTH_WAYS ||
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

/* Whether a shape with these bounds may be among the best or on the front. */
static bool
has_place(const struct tune_result *result, int64_t ticks, int64_t bytes)
{
    int better = 0;

    for (int i = 0; i < result->count; i++) {
        const struct tune_row *row = &result->rows[i];

        if (period_ticks(row->period) >= (double)ticks)
            break;
        if (row->bytes <= bytes)
            better = result->count;
        if (i + 1 >= TUNE_BEST && better > 0)
            return false;
    }
    return true;
}

/* The plan of a shape, ready to run, and its cost; NULL with nothing to
 * release if there is none. */
static struct program *
tune_program(const struct tune_machine *machine,
             const struct tune_shape *shape, struct cost *cost)
{
    struct plan *plan = tune_plan(shape);
    struct program *program = NULL;
    struct search_task task = {.ranks = shape->ranks,
                               .stages = shape->stages,
                               .mbs = shape->mbs,
                               .cost = cost};
    struct search_result found;
    struct cause cause;
    bool has_cost = machine->cost(machine->context, shape, plan, cost);

    plan_free(plan);
    if (!has_cost)
        return NULL;
    plan = schedule_plan_for(shape->schedule->name, &task, &found, &cause);
    if (plan)
        program = program_make(plan, &cause);
    plan_free(plan);
    if (!program)
        cost_fini(cost);
    return program;
}

/* Simulates a shape, if what it holds leaves it a place. */
static void
simulate_lead(struct tuning *tuning, const struct lead *lead)
{
    const struct tune_machine *machine = tuning->machine;
    struct tune_result *result = tuning->result;
    struct tune_row row = {.shape = lead->shape, .number = lead->number};
    struct forecast forecast;
    struct cost cost;
    struct program *program;

    if (!has_place(result, lead->ticks, lead->bytes)) {
        result->bounded++;
        return;
    }
    program = tune_program(machine, &lead->shape, &cost);
    if (!program) {
        result->elsewhere++;
        return;
    }
    row.bytes =
        machine->bytes(machine->context, &row.shape, program->lowered, 2);
    if (machine->memory > 0 && row.bytes > machine->memory) {
        result->too_large++;
    } else if (!has_place(result, lead->ticks, row.bytes)) {
        result->bounded++;
    } else {
        forecast_make(&forecast, program, &cost, CAPACITY_AUTO,
                      FORECAST_PERIOD);
        row.period = forecast.period;
        row.unit = forecast.metrics.unit;
        row.steady_bubble = forecast.steady_bubble;
        row.capacity = forecast.capacity;
        row.bytes = machine->bytes(machine->context, &row.shape,
                                   program->lowered, row.capacity);
        forecast_fini(&forecast);
        result->tried++;
        if (machine->memory > 0 && row.bytes > machine->memory) {
            result->tried--;
            result->too_large++;
        } else {
            tune_add_row(tuning, &row);
        }
    }
    program_free(program);
    cost_fini(&cost);
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
static void
find_limits(const struct tune_machine *machine, struct tune_row *row)
{
    struct cost cost;
    struct program *program = tune_program(machine, &row->shape, &cost);
    double whole = period_ticks(row->period);
    double alone, free_links, busiest;
    int64_t all;

    if (!program)
        return;
    busiest = (double)most_work(program->lowered, &cost, &all);
    if (cost.reduce)
        memset(cost.reduce, 0, (size_t)cost.stages * sizeof *cost.reduce);
    alone = period_ticks(period_of(program->lowered, &cost, row->capacity));
    cost.latency = 0;
    if (cost.network)
        memset(cost.network->pairs, 0,
               (size_t)cost.network->ranks * (size_t)cost.network->ranks *
                   sizeof *cost.network->pairs);
    free_links =
        period_ticks(period_of(program->lowered, &cost, row->capacity));
    row->limits = (struct tune_limits){
        .work = (double)all / row->shape.ranks / whole,
        .uneven = (busiest - (double)all / row->shape.ranks) / whole,
        .order = (free_links - busiest) / whole,
        .links = (alone - free_links) / whole,
        .reduce = (whole - alone) / whole,
    };
    program_free(program);
    cost_fini(&cost);
}

/* Keeps the best rows and the front. */
static void
keep_rows(struct tune_result *result, const struct tune_machine *machine)
{
    int64_t least = INT64_MAX;
    int kept = 0;

    for (int i = 0; i < result->count; i++) {
        struct tune_row *row = &result->rows[i];

        row->best = i < TUNE_BEST;
        row->front = row->bytes < least;
        least = tune_least(least, row->bytes);
        if (row->best || row->front) {
            find_limits(machine, row);
            result->rows[kept++] = *row;
        }
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
            simulate_lead(&tuning, &tuning.leads[i]);
    keep_rows(result, machine);
    free(tuning.leads);
}

void
tune_fini(struct tune_result *result)
{
    free(result->rows);
    result->rows = NULL;
}
