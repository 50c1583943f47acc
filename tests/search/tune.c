/* tune.c -- the search for shapes finds what trying all of them does. */
#include "config.h"

#include "search/tune.h"

#include "cases.h"
#include "plan/footprint.h"
#include "search/limit.h"
#include "search/schedule.h"
#include "sim/forecast.h"
#include "suite.h"

#include <stdlib.h>

/* A machine of stages that take `layers` in all, with unlike times, messages
 * that take time and replicas that do. */
struct bench {
    int layers;
    int latency;
    int reduce;
    int unlinked; /* a number of ranks that cannot be, or 0 */
    int patience; /* shapes to look at; 0: all */
};

static void
set_times(const struct bench *bench, const struct tune_shape *shape,
          struct cost *cost)
{
    bool *again = calloc((size_t)shape->stages, sizeof *again);
    struct cause cause;

    cost_init(cost, shape->stages);
    for (int s = 0; s < shape->stages; s++) {
        int own = bench->layers / shape->stages +
                  (s < bench->layers % shape->stages);

        cost_set(cost, s, ACTION_FORWARD, 10 * own);
        cost_set(cost, s, ACTION_BACKWARD_INPUT, 11 * own);
        cost_set(cost, s, ACTION_BACKWARD_WEIGHT, 8 * own);
        cost_set(cost, s, ACTION_FULL_BACKWARD, 19 * own);
        again[s] = true;
    }
    ck_assert(cost_settle(cost, &cause));
    if (shape->recompute)
        ck_assert(cost_recompute(cost, again, &cause));
    ck_assert(cost_set_latency(cost, bench->latency, &cause));
    if (shape->replicas > 1) {
        cost->reduce = calloc((size_t)shape->stages, sizeof *cost->reduce);
        for (int s = 0; s < shape->stages; s++)
            cost->reduce[s] = bench->reduce * (shape->replicas - 1);
    }
    free(again);
}

static bool
bench_needs(void *context, const struct tune_shape *shape,
            const struct plan *plan, struct tune_needs *needs)
{
    const struct bench *bench = context;

    ck_assert_int_eq(plan->stages, shape->stages);
    if (shape->ranks == bench->unlinked)
        return false;
    set_times(bench, shape, &needs->cost);
    needs->stages = calloc((size_t)shape->stages, sizeof *needs->stages);
    needs->kept = calloc((size_t)shape->stages, sizeof *needs->kept);
    for (int s = 0; s < shape->stages; s++) {
        int64_t own = bench->layers / shape->stages + 1;

        needs->stages[s].stash = needs->stages[s].owed = own * 40;
        if (shape->recompute) {
            needs->stages[s].stash = 7;
            needs->stages[s].backward = needs->stages[s].input = own * 40;
        }
        needs->kept[s] = (struct stage_bytes){own * 10, own * 30, 3};
    }
    return true;
}

/* What the fullest rank holds of a plan. */
static int64_t
bench_bytes(const struct tune_needs *needs, const struct plan *plan,
            int capacity)
{
    struct memory_summary *memory =
        calloc((size_t)plan->ranks, sizeof *memory);
    int64_t most = 0;

    footprint_memory(plan, needs->kept, needs->stages, capacity, memory);
    for (int r = 0; r < plan->ranks; r++)
        if (footprint_total(&memory[r]) > most)
            most = footprint_total(&memory[r]);
    free(memory);
    return most;
}

static bool
bench_go_on(void *context, int done, int all)
{
    const struct bench *bench = context;

    ck_assert_int_lt(done, all);
    return bench->patience == 0 || done < bench->patience;
}

/* ---- all of them ---- */

struct tried {
    struct period period;
    int64_t bytes;
};

static int
compare_tried(const void *a, const void *b)
{
    const struct tried *x = a;
    const struct tried *y = b;
    double left = period_ticks(x->period);
    double right = period_ticks(y->period);

    if (left < right || left > right)
        return left < right ? -1 : 1;
    return (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

/* Simulates a shape; false if it does not fit. */
static bool
try_shape(const struct tune_machine *machine, const struct tune_shape *shape,
          struct tried *tried)
{
    struct cause cause;
    struct plan *plan =
        placement_plan(shape->schedule->placement, shape->schedule->name,
                       shape->ranks, shape->stages, shape->mbs);
    struct search_task task = {
        .ranks = shape->ranks, .stages = shape->stages, .mbs = shape->mbs};
    struct search_result found;
    struct program *program;
    struct forecast forecast;
    struct tune_needs needs;
    bool possible = machine->needs(machine->context, shape, plan, &needs);
    bool fits;

    plan_free(plan);
    if (!possible)
        return false;
    task.cost = &needs.cost;
    task.memory =
        &(struct limit){machine->memory ? machine->memory : LIMIT_NONE,
                        needs.stages, needs.kept, 0};
    plan = schedule_plan_for(shape->schedule->name, &task, &found, &cause);
    program = plan ? program_make(plan, &cause) : NULL;
    fits = program != NULL;
    if (program) {
        forecast_make(&forecast, program, &needs.cost, CAPACITY_AUTO,
                      FORECAST_PERIOD);
        tried->period = forecast.period;
        tried->bytes = bench_bytes(&needs, plan, forecast.capacity);
        fits = machine->memory == 0 || tried->bytes <= machine->memory;
        forecast_fini(&forecast);
    }
    cost_fini(&needs.cost);
    free(needs.stages);
    free(needs.kept);
    program_free(program);
    plan_free(plan);
    return fits;
}

/* Every shape of a task, sorted; returns how many. */
static int
try_all(const struct tune_task *task, const struct tune_machine *machine,
        struct tried all[], int room)
{
    int count = 0;

    for (int i = 0; i < task->rank_count; i++)
        for (int replicas = 1; replicas <= task->devices; replicas++)
            for (int p = 0; p < task->schedule_count; p++)
                for (int n = 0; n < 2 * TUNE_CHUNKS; n++) {
                    struct cause cause;
                    int ranks = task->ranks[i];
                    struct tune_shape shape = {
                        task->schedules[p],
                        ranks,
                        (n / 2 + 1) * ranks,
                        task->batch / replicas / task->microbatch,
                        replicas,
                        n % 2 == 1,
                    };

                    if (task->devices / ranks % replicas != 0 ||
                        task->devices / ranks < replicas ||
                        task->batch % (replicas * task->microbatch) != 0 ||
                        shape.stages > task->layers ||
                        !policy_suits(shape.schedule, ranks, shape.stages,
                                      shape.mbs, &cause))
                        continue;
                    ck_assert_int_lt(count, room);
                    count += try_shape(machine, &shape, &all[count]);
                }
    qsort(all, (size_t)count, sizeof *all, compare_tried);
    return count;
}

/* The rows that are not among the best end the front; the periods of all are
 * those of trying all, where rows that come to the same stand once. */
static void
expect_same(const struct tune_result *result, const struct tried all[],
            int count)
{
    int64_t least = INT64_MAX;
    int row = 0;

    ck_assert_int_gt(count, 0);
    ck_assert_int_gt(result->count, 0);
    ck_assert_int_eq(compare_tried(&(struct tried){result->rows[0].period,
                                                   result->rows[0].bytes},
                                   &all[0]),
                     0);
    for (int i = 0; i < count; i++) {
        bool front = all[i].bytes < least;

        if (!front)
            continue;
        least = all[i].bytes;
        while (row < result->count && !result->rows[row].front)
            row++;
        ck_assert_int_lt(row, result->count);
        ck_assert_double_eq(period_ticks(result->rows[row].period),
                            period_ticks(all[i].period));
        ck_assert_int_eq(result->rows[row++].bytes, all[i].bytes);
    }
    for (; row < result->count; row++)
        ck_assert(!result->rows[row].front);
    /* All best rows are there, and whatever is better than the last of them. */
    for (row = 0; row < result->count && result->rows[row].best; row++) {
        struct tried has = {result->rows[row].period, result->rows[row].bytes};
        bool found = false;

        for (int i = 0; i < count; i++)
            found = found || compare_tried(&has, &all[i]) == 0;
        ck_assert(found);
    }
    ck_assert(row == TUNE_BEST || row == result->count);
    for (int i = 0; i < count; i++) {
        struct tried last = {result->rows[row - 1].period,
                             result->rows[row - 1].bytes};
        bool there = compare_tried(&all[i], &last) >= 0;

        for (int j = 0; j < row && !there; j++)
            there = compare_tried(&(struct tried){result->rows[j].period,
                                                  result->rows[j].bytes},
                                  &all[i]) == 0;
        ck_assert_msg(there, "number %d of all is not among the best", i);
    }
}

static void
expect_shares(const struct tune_row *row)
{
    const struct tune_limits *shares = &row->limits;

    ck_assert_double_eq_tol(shares->work + shares->uneven + shares->order +
                                shares->links + shares->reduce,
                            1.0, 1e-9);
    ck_assert(shares->work > 0.0 && shares->uneven >= 0.0 &&
              shares->order >= -1e-9);
    ck_assert(row->shape.replicas > 1 ||
              (shares->reduce >= 0.0 && shares->reduce <= 0.0));
}

static int
all_rules(const struct policy *rules[])
{
    int count = 0;

    for (int i = 0; policy_at(i); i++)
        rules[count++] = policy_at(i);
    return count;
}

/* Small machines, with and without a limit of bytes. */
static const struct {
    int devices, batch, microbatch, layers, latency, reduce;
    int64_t memory;
} spaces[] = {
    {4, 8, 1, 8, 0, 0, 0},       {4, 12, 1, 6, 5, 40, 0},
    {8, 16, 1, 12, 3, 300, 0},   {8, 24, 2, 9, 30, 10, 1200},
    {6, 12, 1, 13, 1, 100, 900}, {8, 8, 1, 16, 0, 1000, 700},
};

START_TEST(it_finds_what_trying_all_finds)
{
    enum { ROOM = 4000 };
    static const int ranks[] = {1, 2, 3, 4, 6, 8};
    const struct policy *rules[32];
    struct bench bench = {.layers = spaces[_i].layers,
                          .latency = spaces[_i].latency,
                          .reduce = spaces[_i].reduce};
    struct tune_task task = {
        .ranks = ranks,
        .rank_count = 6,
        .schedules = rules,
        .schedule_count = all_rules(rules),
        .devices = spaces[_i].devices,
        .layers = spaces[_i].layers,
        .batch = spaces[_i].batch,
        .microbatch = spaces[_i].microbatch,
    };
    struct tune_machine machine = {&bench, bench_needs, spaces[_i].memory,
                                   bench_go_on};
    struct tried *all = calloc(ROOM, sizeof *all);
    struct tune_result result;

    tune_make(&result, &task, &machine);
    expect_same(&result, all, try_all(&task, &machine, all, ROOM));
    for (int i = 0; i < result.count; i++) {
        expect_shares(&result.rows[i]);
        ck_assert(machine.memory == 0 ||
                  result.rows[i].bytes <= machine.memory);
    }
    ck_assert_int_eq(result.shapes, result.tried + result.bounded +
                                        result.too_large + result.elsewhere);
    ck_assert(!result.stopped);
    tune_fini(&result);
    free(all);
}
END_TEST

/* A search that does not know the memory finds plans for all of it. */
START_TEST(what_is_searched_for_keeps_to_the_memory)
{
    enum { ROOM = 100 };
    static const int ranks[] = {2};
    struct cause cause;
    const struct policy *greedy[] = {schedule_find("greedy", &cause)};
    struct bench bench = {.layers = 4, .latency = 3, .reduce = 10};
    struct tune_task task = {
        .ranks = ranks,
        .rank_count = 1,
        .schedules = greedy,
        .schedule_count = 1,
        .devices = 2,
        .layers = 4,
        .batch = 6,
        .microbatch = 1,
    };
    struct tune_machine machine = {&bench, bench_needs, 400, bench_go_on};
    struct tried all[ROOM];
    struct tune_result result;

    tune_make(&result, &task, &machine);
    expect_same(&result, all, try_all(&task, &machine, all, ROOM));
    ck_assert_int_eq(result.tried, result.shapes);
    tune_fini(&result);
}
END_TEST

START_TEST(what_cannot_be_is_counted)
{
    static const int ranks[] = {1, 2, 4};
    const struct policy *rules[32];
    struct bench bench = {.layers = 8, .unlinked = 2};
    struct tune_task task = {
        .ranks = ranks,
        .rank_count = 3,
        .schedules = rules,
        .schedule_count = all_rules(rules),
        .devices = 4,
        .layers = 8,
        .batch = 6,
        .microbatch = 1,
    };
    struct tune_machine machine = {&bench, bench_needs, 0, bench_go_on};
    struct tune_result result;

    tune_make(&result, &task, &machine);
    ck_assert_int_eq(result.undivided, 1); /* 1 rank and 4 replicas */
    ck_assert_int_gt(result.elsewhere, 0);
    for (int i = 0; i < result.count; i++)
        ck_assert_int_ne(result.rows[i].shape.ranks, 2);
    tune_fini(&result);
    machine.memory = 1;
    tune_make(&result, &task, &machine);
    ck_assert_int_eq(result.count, 0);
    ck_assert_int_eq(result.too_large + result.elsewhere, result.shapes);
    tune_fini(&result);
    machine.memory = 0;
    bench.patience = 3;
    tune_make(&result, &task, &machine);
    ck_assert(result.stopped);
    ck_assert_int_eq(result.tried + result.bounded, 3);
    tune_fini(&result);
}
END_TEST

TCase *
tune_case(void)
{
    TCase *tcase = tcase_create("tune");

    tcase_set_timeout(tcase, 60);
    add_sweep(tcase, it_finds_what_trying_all_finds, 0,
              sizeof spaces / sizeof *spaces);
    tcase_add_test(tcase, what_is_searched_for_keeps_to_the_memory);
    tcase_add_test(tcase, what_cannot_be_is_counted);
    return tcase;
}
