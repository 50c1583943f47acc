/* sweep.c -- how good the search is: held to the optimum on small shapes, to
 * the papers' searches on larger ones. With SWEEP=all, which is what make
 * optimal-sweep sets, on many more. */
#include "config.h"

#include "search/search.h"

#include "cases.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
is_all(void)
{
    const char *sweep = getenv("SWEEP");

    return sweep && strcmp(sweep, "all") == 0;
}

/* A task with costs of its own. */
struct sweep_task {
    struct search_task task;
    struct cost cost;
};

static void
set_task(struct sweep_task *s, int ranks, int stages, int mbs,
         const char *costs, const char *factors, const char *latency)
{
    struct cause cause;

    cost_init(&s->cost, stages);
    ck_assert_msg(cost_parse(&s->cost, costs, &cause), "%s", cause.text);
    if (factors)
        ck_assert(cost_parse_stages(&s->cost, factors, &cause));
    ck_assert(cost_parse_latency(&s->cost, latency, &cause));
    s->task = (struct search_task){
        .ranks = ranks,
        .stages = stages,
        .mbs = mbs,
        .cost = &s->cost,
        .objective = SEARCH_MAKESPAN,
    };
}

static struct search_result
found(const struct search_task *task)
{
    struct search_result result;
    struct cause cause = {.text = ""};
    struct plan *plan = search_greedy(task, &result, &cause);

    ck_assert_msg(plan != NULL, "%s", cause.text);
    plan_free(plan);
    return result;
}

/* What many tasks came to. */
struct tally {
    int tasks;
    int optimal;
    double worst; /* the longest plan, over the optimum */
    double gap;   /* sum of optimum over bound, less 1 */
};

/* The makespan of the shortest plan. No plan is shorter than `least`. */
static int64_t
optimum_of(const struct search_task *task, const struct search_result *greedy,
           int64_t least)
{
    struct search_task patient = *task;
    struct search_result exact;
    struct cause cause;

    if (greedy->time.makespan == least || (is_all() && greedy->proven))
        return greedy->time.makespan;
    patient.patient = true;
    plan_free(search_optimal(&patient, &exact, &cause));
    ck_assert(exact.proven);
    return exact.time.makespan;
}

/* *least is the optimum with more memory, or 0; receives the task's own. */
static void
hold(const struct search_task *task, struct tally *tally, int64_t *least)
{
    struct search_result greedy = found(task);
    int64_t optimum = optimum_of(task, &greedy, *least);
    double over = (double)greedy.time.makespan / (double)optimum;

    ck_assert_msg(greedy.bound.ticks <= optimum && *least <= optimum &&
                      greedy.time.makespan >= optimum,
                  "P=%d S=%d M=%d cap %d: bound %lld, optimum %lld, %lld",
                  task->ranks, task->stages, task->mbs, task->max_activations,
                  (long long)greedy.bound.ticks, (long long)optimum,
                  (long long)greedy.time.makespan);
    *least = optimum;
    tally->tasks++;
    tally->optimal += greedy.time.makespan == optimum;
    tally->worst = over > tally->worst ? over : tally->worst;
    tally->gap += (double)optimum / (double)greedy.bound.ticks - 1;
}

static void
print_tally(const char *what, const struct tally *t)
{
    if (is_all())
        printf("%s: %d optimal of %d, worst %.4f; bound %.2f%% below on "
               "average\n",
               what, t->optimal, t->tasks, t->worst, 100 * t->gap / t->tasks);
}

static const char *const sweep_costs[] = {"F=1,B=2,I=1,W=1", "F=2,B=4,I=2,W=2",
                                          "F=3,B=7,I=4,W=2", "F=2,B=3,I=2,W=2",
                                          "F=3,B=6,I=3,W=2"};
static const char *const uneven[] = {NULL,
                                     NULL,
                                     "1,2",
                                     "1,2,1",
                                     "1,2,1,1.5",
                                     "1,2,1,1,1.5",
                                     "1,2,1,1.5,1,1",
                                     NULL,
                                     "1,1,2,1,1,1.5,1,1"};

/* Costs, even and uneven stages, latency 0 and 1; caps from most to least, as
 * an optimum is a bound for those with less memory. */
static void
sweep_caps(struct tally *tally, int ranks, int stages, int mbs, int least,
           int most)
{
    int costs = ranks < 4 ? 3 : 2;

    for (int c = 0; c < costs; c++)
        for (int u = 0; u < 2; u++)
            for (int l = 0; l < 2; l++) {
                int64_t optimum = 0;

                for (int cap = most; cap >= least; cap--) {
                    struct sweep_task s;

                    set_task(&s, ranks, stages, mbs, sweep_costs[c],
                             u ? uneven[stages] : NULL, l ? "1" : "0");
                    s.task.max_activations = cap;
                    hold(&s.task, tally, &optimum);
                    cost_fini(&s.cost);
                }
            }
}

START_TEST(with_two_stages_a_rank_it_is_mostly_optimal)
{
    struct tally tally = {.worst = 1.0};

    for (int ranks = 2; ranks <= (is_all() ? 4 : 2); ranks++)
        for (int mbs = ranks < 4 ? 2 : 3; mbs <= (!is_all()   ? 3
                                                  : ranks < 4 ? 6
                                                              : 5);
             mbs++)
            sweep_caps(&tally, ranks, 2 * ranks, mbs, 2, 4 * ranks - 1);
    print_tally("two stages a rank", &tally);
    ck_assert_int_ge(100 * tally.optimal, 95 * tally.tasks);
    ck_assert(tally.worst <= 1.03);
    ck_assert(tally.gap <= 0.08 * tally.tasks);
}
END_TEST

START_TEST(with_one_stage_a_rank_it_is_nearly_always_optimal)
{
    struct tally tally = {.worst = 1.0};
    struct tally any = {.worst = 1.0};

    for (int ranks = 2; ranks <= (is_all() ? 5 : 3); ranks++)
        for (int mbs = 2; mbs <= (is_all() ? 6 : 4); mbs++) {
            sweep_caps(&tally, ranks, ranks, mbs, 1, 2 * ranks - 1);
            sweep_caps(&any, ranks, ranks, mbs, 0, 0);
        }
    print_tally("one stage a rank", &tally);
    print_tally("one stage a rank, any memory", &any);
    ck_assert_int_ge(100 * tally.optimal, 99 * tally.tasks);
    ck_assert_int_eq(any.optimal, any.tasks);
    ck_assert(tally.gap <= 0.02 * tally.tasks);
}
END_TEST

/* By either objective. */
START_TEST(more_memory_never_makes_a_plan_longer)
{
    static const struct {
        int ranks;
        int chunks;
        int mbs;
    } shapes[] = {{3, 2, 5},  {3, 1, 8}, {4, 2, 8}, {4, 2, 12},
                  {6, 1, 12}, {3, 3, 6}, {5, 2, 10}};

    for (size_t i = 0; i < (is_all() ? 7 : 2); i++)
        for (int c = 0; c < (is_all() ? 5 : 1); c++)
            for (int objective = 0; objective < 2; objective++) {
                double before = 1e18;
                int stages = shapes[i].chunks * shapes[i].ranks;

                for (int cap = shapes[i].chunks; cap <= 2 * stages; cap++) {
                    struct sweep_task s;
                    struct search_result result;
                    double time;

                    set_task(&s, shapes[i].ranks, stages, shapes[i].mbs,
                             sweep_costs[c], NULL, c % 2 ? "1" : "0");
                    s.task.objective = (enum search_objective)objective;
                    s.task.max_activations = cap;
                    result = found(&s.task);
                    time = search_time_for(s.task.objective, &result.time);
                    ck_assert_msg(time <= before,
                                  "P=%d S=%d M=%d %s cap %d: %g, was %g",
                                  s.task.ranks, stages, s.task.mbs,
                                  sweep_costs[c], cap, time, before);
                    before = time;
                    cost_fini(&s.cost);
                }
            }
}
END_TEST

/* Qi et al. (NeurIPS 2024): what adaptive V-shaped blocks reach for P = 8, M =
 * 16, F = I = W, two stages a rank, by the activations of a rank. */
START_TEST(it_is_as_short_as_adaptive_blocks)
{
    static const int makespans[] = {119, 116, 113, 110, 107,
                                    106, 105, 104, 103};

    for (int cap = is_all() ? 8 : stride() == 1 ? 15 : 16; cap <= 16; cap++) {
        struct sweep_task s;
        struct search_result result;

        set_task(&s, 8, 16, 16, "F=1,B=2,I=1,W=1", NULL, "0");
        s.task.max_activations = cap;
        result = found(&s.task);
        ck_assert_msg(result.time.makespan <= makespans[cap - 8],
                      "cap %d: %lld", cap, (long long)result.time.makespan);
        cost_fini(&s.cost);
    }
}
END_TEST

/* A forward and a backward in a block take as long as the backward alone. With
 * room for 9 activations all can be in blocks, which takes 268 ticks; and a
 * large shape is tried with building blocks, too. */
START_TEST(overlap_saves_time_in_less_memory)
{
    static const struct {
        int ranks;
        int cap;
        enum search_objective objective;
        int most;
    } cases[] = {{4, 8, SEARCH_MAKESPAN, 305},
                 {16, 28, SEARCH_PERIOD, 384},
                 {4, 7, SEARCH_MAKESPAN, 347},
                 {4, 6, SEARCH_MAKESPAN, 363}};

    for (int i = 0; i < (is_all() ? 4 : stride() == 1 ? 2 : 1); i++) {
        struct sweep_task s;
        struct search_result result;

        set_task(&s, cases[i].ranks, 2 * cases[i].ranks, 64,
                 "F=1,B=2,OVERLAP=2", NULL, "0");
        s.task.max_activations = cases[i].cap;
        s.task.objective = cases[i].objective;
        result = found(&s.task);
        ck_assert_msg(search_time_for(s.task.objective, &result.time) <=
                          cases[i].most,
                      "P=%d cap %d: %g", cases[i].ranks, cases[i].cap,
                      search_time_for(s.task.objective, &result.time));
        cost_fini(&s.cost);
    }
}
END_TEST

/* Table 5 of Qi et al. (ICLR 2024): ZB-2p, and the times that they measured. */
static const struct row {
    int ranks;
    int mbs;
    const char *costs;
    const char *latency;
    double bubble;
    double weight_activations;
} table[] = {
    {8, 24, "F=18.522,I=18.086,W=9.337", "0.601", 0.0433, 0.3664},
    {8, 32, "F=18.513,I=18.086,W=9.331", "0.626", 0.0039, 0.3664},
    {8, 64, "F=18.546,I=18.097,W=9.321", "0.762", 0.0026, 0.3664},
    {8, 24, "F=29.718,I=29.444,W=19.927", "0.527", 0.0029, 0.4324},
    {8, 32, "F=29.802,I=29.428,W=19.53", "0.577", 0.0022, 0.4324},
    {8, 64, "F=29.935,I=29.621,W=19.388", "0.535", 0.0010, 0.4324},
    {16, 48, "F=11.347,I=11.248,W=8.132", "0.377", 0.0066, 0.4324},
    {16, 64, "F=11.307,I=11.254,W=8.101", "0.379", 0.0054, 0.4324},
    {16, 128, "F=11.325,I=11.308,W=8.109", "0.378", 0.0028, 0.4324},
    {32, 96, "F=10.419,I=10.207,W=7.715", "0.408", 0.0038, 0.4324},
    {32, 128, "F=10.408,I=10.204,W=7.703", "0.408", 0.0029, 0.4324},
    {32, 256, "F=10.402,I=10.248,W=7.698", "0.46", 0.0018, 0.4324},
};

START_TEST(in_its_memory_it_is_as_short_as_zb_2p)
{
    for (size_t i = 0; i < (is_all() ? 12 : 1); i++) {
        const struct row *row = &table[i];
        struct sweep_task s;
        struct search_result result;
        double busy;
        double bubble;

        set_task(&s, row->ranks, row->ranks, row->mbs, row->costs, NULL,
                 row->latency);
        s.task.objective = SEARCH_PERIOD;
        s.task.max_activations = 2 * row->ranks;
        s.task.freed_by_input =
            footprint_freed_by_input(row->weight_activations);
        result = found(&s.task);
        busy = row->mbs * (double)(s.cost.ticks[0][ACTION_FORWARD] +
                                   s.cost.ticks[0][ACTION_BACKWARD_INPUT] +
                                   s.cost.ticks[0][ACTION_BACKWARD_WEIGHT]);
        bubble = 1.0 - busy / period_ticks(result.time.period);
        if (is_all())
            printf("P=%d M=%d: %.4f, ZB-2p %.4f\n", row->ranks, row->mbs,
                   bubble, row->bubble);
        ck_assert_msg(bubble <= row->bubble + 0.005 &&
                          bubble >= row->bubble - 0.005,
                      "P=%d M=%d: %.4f, not %.4f", row->ranks, row->mbs,
                      bubble, row->bubble);
        cost_fini(&s.cost);
    }
}
END_TEST

TCase *
sweep_case(void)
{
    TCase *tcase = tcase_create("sweep");

    tcase_set_timeout(tcase, is_all() ? 1200 : 120);
    tcase_add_test(tcase, with_two_stages_a_rank_it_is_mostly_optimal);
    tcase_add_test(tcase, with_one_stage_a_rank_it_is_nearly_always_optimal);
    tcase_add_test(tcase, more_memory_never_makes_a_plan_longer);
    tcase_add_test(tcase, it_is_as_short_as_adaptive_blocks);
    tcase_add_test(tcase, overlap_saves_time_in_less_memory);
    tcase_add_test(tcase, in_its_memory_it_is_as_short_as_zb_2p);
    return tcase;
}
