/* attempt.c -- plans that are not valid run as far as they can; valid ones run
 * as in the forecast. */
#include "config.h"

#include "runs.h"
#include "plan/plans.h"

#include "base/rng.h"
#include "plan/lower.h"
#include "sim/attempt.h"

#include <stdlib.h>
#include <string.h>

enum { PLANS = 400 };

/* The plan of a text, its costs and its attempt. */
struct trial {
    struct plan *plan;
    struct cost cost;
    struct attempt attempt;
};

static void
trial_init(struct trial *trial, struct plan *plan)
{
    trial->plan = plan;
    cost_init(&trial->cost, plan->stages);
    attempt_make(&trial->attempt, plan, &trial->cost);
}

static void
trial_fini(struct trial *trial)
{
    attempt_fini(&trial->attempt);
    cost_fini(&trial->cost);
    plan_free(trial->plan);
}

static char *
stops_text(const struct attempt *attempt)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    ck_assert_ptr_nonnull(out);
    attempt_print_stops(out, attempt);
    fclose(out);
    return text;
}

/* What runs of a text, and where its ranks stop. */
static void
expect_attempt(const char *csv, const char *runs, const char *stops)
{
    struct trial trial;
    char *text;

    trial_init(&trial, plan_drawn(csv));
    text = spans_text(&trial.attempt.trace);
    ck_assert_str_eq(text, runs);
    free(text);
    text = stops_text(&trial.attempt);
    ck_assert_str_eq(text, stops);
    free(text);
    trial_fini(&trial);
}

START_TEST(what_needs_no_missing_action_runs)
{
    expect_attempt("0F0,0F1,0B0,0B1\n"
                   "1F1,1B1\n",
                   "rank 0: 0F0 0-1, 0F1 1-2\n"
                   "rank 1: 1F1 2-3, 1B1 3-5\n",
                   "rank 0 stops at position 2, 0B0: it needs 1B0, which is "
                   "not in the plan\n");
}
END_TEST

START_TEST(a_circle_stops_every_rank)
{
    expect_attempt("0F0,0B0,0F1,0B1\n"
                   "1F0,1F1,1B0,1B1\n",
                   "rank 0: 0F0 0-1\n"
                   "rank 1: 1F0 1-2\n",
                   "rank 0 stops at position 1, 0B0: it needs 1B0, which has "
                   "not run\n"
                   "rank 1 stops at position 1, 1F1: it needs 0F1, which has "
                   "not run\n");
}
END_TEST

START_TEST(a_rank_stops_at_its_own_mistake)
{
    expect_attempt("0F0,0B0,,0B0\n", "rank 0: 0F0 0-1, 0B0 1-3\n",
                   "rank 0 stops at position 3, 0B0: it has run before\n");
    expect_attempt("0F0,0F1,0B0\n0F1,0B1\n",
                   "rank 0: 0F0 0-1, 0F1 1-2, 0B0 2-4\n"
                   "rank 1:\n",
                   "rank 1 stops at position 0, 0F1: its stage is on another "
                   "rank\n");
    expect_attempt("0F0,0W0,0I0\n", "rank 0: 0F0 0-1\n",
                   "rank 0 stops at position 1, 0W0: it needs 0I0, which has "
                   "not run\n");
    expect_attempt("0F0,0SEND_B0,0B0\n1RECV_F0,1F0,1B0\n",
                   "rank 0: 0F0 0-1\n"
                   "rank 1:\n",
                   "rank 0 stops at position 1, 0SEND_B0: there is no link to "
                   "a neighbouring stage on another rank\n"
                   "rank 1 stops at position 0, 1RECV_F0: it needs 0SEND_F0, "
                   "which is not in the plan\n");
}
END_TEST

START_TEST(messages_come_in_the_order_sent)
{
    expect_attempt("0F0,0SEND_F0,0F1,0SEND_F1\n"
                   "1RECV_F1,1F1,1RECV_F0,1F0\n",
                   "rank 0: 0F0 0-1, 0SEND_F0 1-1, 0F1 1-2, 0SEND_F1 2-2\n"
                   "rank 1:\n",
                   "rank 1 stops at position 0, 1RECV_F1: the next message on "
                   "its link is that of 0SEND_F0\n");
}
END_TEST

/* The forecast is that of the lowered plan, with as many slots as it needs. */
static void
expect_forecast(const struct run *run)
{
    struct attempt attempt;

    attempt_make(&attempt, run->lowered, &run->cost);
    ck_assert_msg(spans_equal(&attempt.trace, &run->forecast.trace), "%s",
                  run_text(run));
    attempt_fini(&attempt);
}

START_TEST(a_valid_schedule_runs_as_in_its_forecast)
{
    each_schedule(plain_schedules[_i], expect_forecast);
}
END_TEST

START_TEST(so_does_a_valid_random_plan)
{
    each_random(expect_forecast);
}
END_TEST

/* Whether a rank computes the same at the same times; a compute-only plan has
 * no other spans. */
static bool
computes_equal(const struct lane *only, const struct lane *whole)
{
    size_t next = 0;

    for (size_t i = 0; i < whole->count; i++) {
        const struct span *span = &whole->spans[i];

        if (action_class((enum action_kind)span->action.kind) !=
            ACTION_CLASS_COMPUTE)
            continue;
        if (next == only->count ||
            !action_equal(&only->spans[next].action, &span->action) ||
            only->spans[next].start != span->start ||
            only->spans[next].end != span->end)
            return false;
        next++;
    }
    return next == only->count;
}

START_TEST(without_transfers_a_valid_plan_computes_at_the_same_times)
{
    for (unsigned seed = 0; seed < PLANS; seed++) {
        const struct setting *setting = &settings[seed % SETTINGS];
        struct plan *plan = plan_random(seed);
        struct attempt attempt;
        struct run run;

        run_init(&run, lower(plan), setting->costs, NULL, setting->latency,
                 CAPACITY_AUTO);
        attempt_make(&attempt, plan, &run.cost);
        for (int r = 0; r < plan->ranks; r++)
            ck_assert_msg(computes_equal(&attempt.trace.lanes[r],
                                         &run.forecast.trace.lanes[r]),
                          "seed %u, rank %d: %s", seed, r, run_text(&run));
        attempt_fini(&attempt);
        run_fini(&run);
        plan_free(plan);
    }
}
END_TEST

/* The end of a span of this action, or -1 if it has not run. */
static int64_t
end_of(const struct trace *trace, struct action action)
{
    for (int r = 0; r < trace->ranks; r++)
        for (size_t i = 0; i < trace->lanes[r].count; i++)
            if (action_has(&trace->lanes[r].spans[i].action, &action))
                return trace->lanes[r].spans[i].end;
    return -1;
}

static int64_t
backward_end(const struct trace *trace, int stage, int mb)
{
    int64_t whole = end_of(trace, action_of(ACTION_FULL_BACKWARD, stage, mb));

    return whole >= 0
               ? whole
               : end_of(trace, action_of(ACTION_BACKWARD_INPUT, stage, mb));
}

/* Whether nothing has run before what it needs. */
static void
expect_order(const struct trial *trial, unsigned seed)
{
    const struct trace *trace = &trial->attempt.trace;

    for (int r = 0; r < trace->ranks; r++)
        for (size_t i = 0; i < trace->lanes[r].count; i++) {
            const struct span *span = &trace->lanes[r].spans[i];
            struct action parts[2];
            int count = action_parts(&span->action, parts);

            for (int p = 0; p < count; p++) {
                int stage = parts[p].stage;
                int64_t needed = 0;

                if (parts[p].kind == ACTION_FORWARD && stage > 0)
                    needed = end_of(trace, action_of(ACTION_FORWARD, stage - 1,
                                                     parts[p].mb));
                if ((parts[p].kind == ACTION_FULL_BACKWARD ||
                     parts[p].kind == ACTION_BACKWARD_INPUT) &&
                    stage + 1 < trial->plan->stages)
                    needed = backward_end(trace, stage + 1, parts[p].mb);
                ck_assert_msg(needed >= 0 && needed <= span->start,
                              "seed %u, rank %d, index %zu", seed, r, i);
            }
        }
}

/* One action less: what needs it stops, and says why; all else runs. */
START_TEST(a_plan_without_one_action_runs_in_order)
{
    for (unsigned seed = 0; seed < PLANS; seed++) {
        struct plan *plan = plan_random(seed);
        struct trial trial;
        struct action_list *list;
        struct rng rng;
        size_t at;

        rng_init(&rng, seed, RNG_TEST, 1);
        list = &plan->lists[rng_below(&rng, (uint32_t)plan->ranks)];
        at = rng_below(&rng, (uint32_t)list->count);
        memmove(&list->at[at], &list->at[at + 1],
                (--list->count - at) * sizeof *list->at);
        trial_init(&trial, plan);
        expect_order(&trial, seed);
        for (int r = 0; r < plan->ranks; r++) {
            const struct attempt_stop *stop = &trial.attempt.stops[r];
            size_t ran = trial.attempt.trace.lanes[r].count;

            ck_assert_msg(stop->index == ran, "seed %u, rank %d", seed, r);
            ck_assert_msg((stop->index < plan->lists[r].count) ==
                              (stop->why[0] != '\0'),
                          "seed %u, rank %d", seed, r);
        }
        trial_fini(&trial);
    }
}
END_TEST

TCase *
attempt_case(void)
{
    TCase *tcase = tcase_create("attempt");

    tcase_set_timeout(tcase, 60); /* sweeps, also under valgrind */
    tcase_add_test(tcase, what_needs_no_missing_action_runs);
    tcase_add_test(tcase, a_circle_stops_every_rank);
    tcase_add_test(tcase, a_rank_stops_at_its_own_mistake);
    tcase_add_test(tcase, messages_come_in_the_order_sent);
    tcase_add_loop_test(tcase, a_valid_schedule_runs_as_in_its_forecast, 0, 3);
    tcase_add_test(tcase, so_does_a_valid_random_plan);
    tcase_add_test(tcase,
                   without_transfers_a_valid_plan_computes_at_the_same_times);
    tcase_add_test(tcase, a_plan_without_one_action_runs_in_order);
    return tcase;
}
