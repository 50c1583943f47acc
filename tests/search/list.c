/* list.c -- list schedules end in any memory that one microbatch fits, and stop
 * where they take longer than they may. */
#include "config.h"

#include "search/list_schedule.h"

#include "cases.h"

#include <limits.h>

enum { RANKS = 3, STAGES = 6, MBS = 7 };

static const struct list_times any = {INT64_MAX, INT64_MAX};

/* Looped or V-shaped stages. */
static struct plan *
shape_of(bool wave)
{
    struct plan *shape = plan_new("shape", RANKS, STAGES, MBS);

    for (int s = 0; s < STAGES; s++)
        shape->rank_of_stage[s] =
            wave && s >= RANKS ? STAGES - 1 - s : s % RANKS;
    return shape;
}

/* Times of a problem by the same rule on all ranks. */
static struct list_times
times_by(const struct problem *problem, struct list_rule rule,
         struct list_times most)
{
    struct list_rule rules[RANKS] = {rule, rule, rule};

    return list_schedule(NULL, problem, &(struct list_rules){.ranks = rules},
                         most);
}

static void
expect(struct list_times got, int64_t makespan, int64_t span)
{
    ck_assert_int_eq(got.makespan, makespan);
    ck_assert_int_eq(got.span, span);
}

static void
try_rule(const struct problem *problem, struct list_rule rule)
{
    struct list_times full = times_by(problem, rule, any);
    struct list_times most = any;

    ck_assert_int_lt(full.makespan, INT64_MAX);
    expect(times_by(problem, rule, full), full.makespan, full.span);
    most.makespan = full.makespan - 1;
    expect(times_by(problem, rule, most), INT64_MAX, INT64_MAX);
    most = any;
    most.span = full.span - 1;
    expect(times_by(problem, rule, most), INT64_MAX, INT64_MAX);
}

/* Stages take memory of different sizes, and more while they run. */
START_TEST(it_ends_in_any_memory_and_stops_at_any_time)
{
    struct plan *shape = shape_of(_i % 2);
    struct footprint bytes[STAGES];
    struct cause cause;
    struct cost cost;

    cost_init(&cost, STAGES);
    ck_assert(cost_parse(&cost, "F=3,B=7,I=4,W=2", &cause));
    ck_assert(cost_parse_stages(&cost, "1,2,1,1.5,1,1", &cause));
    for (int s = 0; s < STAGES; s++)
        bytes[s] = (struct footprint){.stash = 4 + s % 3,
                                      .backward = _i / 2,
                                      .input = _i / 2,
                                      .owed = 3 + _i / 2};
    for (int64_t cap = 14; cap < 60; cap += 3) {
        int64_t most[RANKS] = {cap, cap, cap};
        struct problem problem;

        problem_init(&problem, shape, &cost, (struct room){bytes, most});
        for (int n = 0; n < 4 * LIST_BLOCK; n++)
            try_rule(&problem,
                     (struct list_rule){.cap = cap,
                                        .lead = INT_MAX,
                                        .split = n & 1,
                                        .deep_first = n >> 1 & 1,
                                        .order = (enum list_order)(n / 4)});
        problem_fini(&problem);
    }
    cost_fini(&cost);
    plan_free(shape);
}
END_TEST

TCase *
list_case(void)
{
    TCase *tcase = tcase_create("list");

    tcase_add_loop_test(tcase, it_ends_in_any_memory_and_stops_at_any_time, 0,
                        6);
    return tcase;
}
