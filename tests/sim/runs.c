#include "config.h"

#include "runs.h"

#include "plan/program.h"
#include "plan/lower.h"
#include "plan/plans.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SWEEP_RANKS = 5, SWEEP_MBS = 6, RANDOM_PLANS = 150 };

const struct setting settings[SETTINGS] = {
    {"F=1,B=1,I=1,W=1", 0},
    {NULL, 0},
    {"F=3,B=5,I=2,W=4,STEP=1", 2},
    {"F=2,B=3,I=0,W=1,OVERLAP=4", 7},
};

static void
run_with(struct run *run, int capacity)
{
    run->program = program_around(run->lowered);
    forecast_make(&run->forecast, &run->program, &run->cost, capacity,
                  FORECAST_TURNS);
}

void
run_init(struct run *run, struct plan *lowered, const char *costs,
         const char *factors, int64_t latency, int capacity)
{
    struct cause cause = {.text = ""};

    run->lowered = lowered;
    cost_init(&run->cost, lowered->stages);
    ck_assert_msg(!costs || cost_parse(&run->cost, costs, &cause), "%s",
                  cause.text);
    ck_assert_msg(!factors || cost_parse_stages(&run->cost, factors, &cause),
                  "%s", cause.text);
    run->cost.latency = latency;
    run_with(run, capacity);
}

void
run_again(struct run *again, const struct run *run, int capacity)
{
    size_t stages = (size_t)run->lowered->stages;

    again->lowered = lower(run->lowered);
    cost_init(&again->cost, run->lowered->stages);
    again->cost.latency = run->cost.latency;
    memcpy(again->cost.ticks, run->cost.ticks,
           stages * sizeof *run->cost.ticks);
    run_with(again, capacity);
}

void
run_fini(struct run *run)
{
    forecast_fini(&run->forecast);
    cost_fini(&run->cost);
    plan_free(run->lowered);
}

const char *
run_text(const struct run *run)
{
    static char text[128];

    snprintf(text, sizeof text, "%s K=%d L=%lld", shape_text(run->lowered),
             run->forecast.capacity, (long long)run->cost.latency);
    return text;
}

char *
spans_text(const struct trace *trace)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    ck_assert_ptr_nonnull(out);
    for (int r = 0; r < trace->ranks; r++) {
        const struct lane *lane = &trace->lanes[r];

        fprintf(out, "rank %d:", r);
        for (size_t i = 0; i < lane->count; i++) {
            const struct span *span = &lane->spans[i];
            char cell[ACTION_CELL_MAX];

            fprintf(out, "%s %s %lld-%lld", i ? "," : "",
                    action_cell(&span->action, cell), (long long)span->start,
                    (long long)span->end);
        }
        fputc('\n', out);
    }
    ck_assert_int_eq(fclose(out), 0);
    return text;
}

bool
spans_equal(const struct trace *a, const struct trace *b)
{
    for (int r = 0; r < a->ranks; r++) {
        if (a->lanes[r].count != b->lanes[r].count)
            return false;
        for (size_t i = 0; i < a->lanes[r].count; i++) {
            const struct span *left = &a->lanes[r].spans[i];
            const struct span *right = &b->lanes[r].spans[i];

            if (!action_equal(&left->action, &right->action) ||
                left->start != right->start || left->end != right->end)
                return false;
        }
    }
    return a->ranks == b->ranks;
}

void
each_capacity(const struct run *widest, run_law *law)
{
    struct program *program;
    struct run run;

    program = program_of(widest->lowered);
    for (int k = program_smallest_capacity(program);
         k <= widest->forecast.capacity + 1; k++) {
        run_again(&run, widest, k);
        ck_assert_int_eq(run.forecast.capacity, k);
        law(&run);
        run_fini(&run);
    }
    law(widest);
    program_free(program);
}

void
each_schedule(const char *schedule, run_law *law)
{
    for (int s = 0; s < SETTINGS; s++)
        for (int ranks = 1; ranks <= SWEEP_RANKS; ranks++)
            for (int mbs = 1; mbs <= SWEEP_MBS; mbs++) {
                struct run run;

                run_init(&run, lowered_of(schedule, ranks, mbs),
                         settings[s].costs, NULL, settings[s].latency,
                         CAPACITY_AUTO);
                law(&run);
                run_fini(&run);
            }
}

/* The first `count` numbers of a list. */
static void
keep_factors(char *kept, const char *all, int count)
{
    while (*all && !(*all == ',' && --count == 0))
        *kept++ = *all++;
    *kept = '\0';
}

void
each_random(run_law *law)
{
    static const char all_factors[] = "1,3,2,5,1,2,0.5,4,1,3,2,1";

    for (unsigned seed = 0; seed < RANDOM_PLANS; seed++) {
        struct plan *plan = plan_random(seed);
        const struct setting *setting = &settings[seed % SETTINGS];
        char factors[sizeof all_factors];
        struct run run;

        keep_factors(factors, all_factors, plan->stages);
        run_init(&run, lower(plan), setting->costs, factors, setting->latency,
                 CAPACITY_AUTO);
        law(&run);
        run_fini(&run);
        plan_free(plan);
    }
}
