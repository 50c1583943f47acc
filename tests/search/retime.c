/* retime.c -- v-half and v-min at costs that their blocks are not laid out
 * for. */
#include "config.h"

#include "search/retime.h"

#include "cases.h"
#include "plan/plans.h"
#include "plan/program.h"
#include "search/schedule.h"

static const char *const retimed[] = {"v-half", "v-min"};

/* A schedule of two stages a rank as it is asked for, and its block. */
struct pair {
    struct cost cost;
    struct plan *plan;
    struct plan *block;
};

static struct pair
pair_of(const char *name, int ranks, int mbs, const char *costs,
        const char *factors, const char *latency)
{
    struct pair pair;
    struct search_task task = {
        .ranks = ranks,
        .stages = 2 * ranks,
        .mbs = mbs,
        .cost = &pair.cost,
    };
    struct search_result result;
    struct cause cause = {.text = ""};

    cost_init(&pair.cost, 2 * ranks);
    ck_assert_msg(
        cost_parse(&pair.cost, costs, &cause) &&
            (!factors || cost_parse_stages(&pair.cost, factors, &cause)) &&
            cost_parse_latency(&pair.cost, latency, &cause),
        "%s", cause.text);
    pair.plan = schedule_plan_for(name, &task, &result, &cause);
    ck_assert_msg(pair.plan != NULL, "%s", cause.text);
    pair.block = policy_plan(policy_find(name), ranks, 2 * ranks, mbs);
    return pair;
}

static void
pair_free(struct pair *pair)
{
    plan_free(pair->plan);
    plan_free(pair->block);
    cost_fini(&pair->cost);
}

START_TEST(with_equal_costs_it_is_the_block)
{
    static const char *const costs[] = {"F=1,B=2,I=1,W=1", "F=3,B=6,I=3,W=3",
                                        "F=2,B=3,I=2,W=2,OVERLAP=3"};

    for (int n = 0; n < 2; n++)
        for (int c = 0; c < 3; c++)
            for (int ranks = 2; ranks <= 6; ranks++)
                for (int mbs = 1; mbs <= 3 * ranks; mbs += ranks) {
                    struct pair pair =
                        pair_of(retimed[n], ranks, mbs, costs[c], NULL, "0");

                    ck_assert(plan_equal(pair.plan, pair.block));
                    pair_free(&pair);
                }
}
END_TEST

/* Returns the makespan over the block's. */
static double
hold_pair(const struct pair *pair)
{
    int slots;
    struct search_time time = search_time_of(pair->plan, &pair->cost, &slots);
    struct search_time before =
        search_time_of(pair->block, &pair->cost, &slots);
    struct cause cause = {.text = ""};
    struct program *program = program_make(pair->plan, &cause);
    struct program *block = program_make(pair->block, &cause);

    ck_assert_msg(program && block, "%s", cause.text);
    ck_assert_int_lt(program->unordered_stage, 0);
    ck_assert_int_le(time.makespan, before.makespan);
    ck_assert(period_ticks(time.period) <= period_ticks(before.period));
    for (int r = 0; r < pair->plan->ranks; r++)
        ck_assert(program->peak_activations[r] <= block->peak_activations[r]);
    program_free(program);
    program_free(block);
    return (double)time.makespan / (double)before.makespan;
}

START_TEST(with_uneven_costs_it_is_shorter_in_no_more_memory)
{
    static const char *const costs[] = {"F=1,B=2,I=1,W=1", "F=2,B=3,I=2,W=1",
                                        "F=3,B=7,I=4,W=2",
                                        "F=10,B=18,I=11,W=8"};
    static const char *const factors[] = {NULL, "1,2,1,1.5", "1,2,1,1.5,1,1",
                                          "1,1,2,1,1,1.5,1,1"};
    double sum = 0.0;
    int runs = 0;

    for (int n = 0; n < 2; n++)
        for (int c = 0; c < 4; c++)
            for (int l = 0; l < 2; l++)
                for (int ranks = 2; ranks <= 4; ranks++)
                    for (int mbs = ranks; mbs <= 3 * ranks; mbs += ranks) {
                        struct pair pair = pair_of(
                            retimed[n], ranks, mbs, costs[c],
                            factors[c % 2 ? 0 : ranks - 1], l ? "1" : "0");

                        sum += hold_pair(&pair);
                        runs++;
                        pair_free(&pair);
                    }
    /* By a twentieth on average. */
    ck_assert_msg(sum <= 0.95 * runs, "%.4f", sum / runs);
}
END_TEST

TCase *
retime_case(void)
{
    TCase *tcase = tcase_create("retime");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, with_equal_costs_it_is_the_block);
    tcase_add_test(tcase, with_uneven_costs_it_is_shorter_in_no_more_memory);
    return tcase;
}
