/* lab_async.c -- blocking sends deadlock, one slot cures it.
 *
 *   rank 0: send F3 up  ---->        <----  rank 1: send B0 down
 *
 * With no slot a send waits for its recv, and neither rank comes to its recv.
 * With one, the send drops its message there and goes on: that is what isend
 * is for. */
#include "config.h"

#include "course/course.h"

#include "plan/walk.h"
#include "plan/why.h"

/* Trains at capacity 0 on threads: no rank can move, and this is found at
 * once, not by a timeout. */
static void
run_into_it(struct lab *lab, const struct course_plan *plan)
{
    const struct plan *lowered = plan->program->lowered;
    struct course_training training;
    size_t foretold[COURSE_RANKS];
    const size_t *found;
    int waiting = 0;
    int same = 0;
    bool runs = walk_completes(lowered, 0, foretold);

    course_train(&training, plan, 0);
    found = training.trainer->run->board.position;
    why_print_stuck(lab_show(lab), lowered, found, 0);
    for (int r = 0; r < COURSE_RANKS; r++) {
        waiting += found[r] < lowered->lists[r].count;
        same += found[r] == foretold[r];
    }
    lab_claim(lab, training.status == RUN_DEADLOCK,
              "with no slots, threads that train by 1F1B deadlock",
              "%d of %d ranks wait in the first step", waiting, COURSE_RANKS);
    lab_claim(lab, !runs && same == COURSE_RANKS,
              "the check foretells it without running: the same ranks at the "
              "same actions",
              "%d of %d", same, COURSE_RANKS);
    course_training_fini(&training);
}

/* Tries one capacity after the other. */
static int
smallest_capacity(const struct course_plan *plan)
{
    int capacity = 0;

    while (!walk_completes(plan->program->lowered, capacity, NULL))
        capacity++;
    return capacity;
}

static bool
needs_one_slot(const struct course_plan *plan)
{
    bool neighbours = plan->plan->ranks > 1 && plan->plan->mbs > 1;

    return smallest_capacity(plan) == neighbours;
}

static bool
needs_no_slot(const struct course_plan *plan)
{
    return smallest_capacity(plan) == 0;
}

/* Makespan in ticks when messages take a tick and links have so many slots. */
static int64_t
makespan_at(const struct course_plan *plan, int capacity)
{
    struct cost cost;
    struct forecast forecast;
    int64_t makespan;

    cost_init(&cost, plan->plan->stages);
    cost.latency = 1;
    forecast_make(&forecast, plan->program, &cost, capacity, FORECAST_FIGURES);
    makespan = forecast.complete ? forecast.metrics.makespan : -1;
    forecast_fini(&forecast);
    cost_fini(&cost);
    return makespan;
}

static const char *const tried[] = {"naive", "gpipe", "1f1b", "eager-1f1b",
                                    "zb1p"};
enum { SCHEDULES = sizeof tried / sizeof *tried, MOST_SLOTS = 4 };

static void
try_capacities(struct lab *lab)
{
    FILE *out = lab_show(lab);

    fprintf(out, "%-12s %16s   makespan, a message taking a tick\n", "",
            "smallest that");
    fprintf(out, "%-12s %16s  ", "schedule", "gets through");
    for (int k = 0; k <= MOST_SLOTS; k++)
        fprintf(out, "    K = %d", k);
    fputc('\n', out);
    for (int i = 0; i < SCHEDULES; i++) {
        struct course_plan plan;

        course_plan_init(&plan, tried[i], COURSE_RANKS, COURSE_MBS);
        fprintf(out, "%-12s %16d  ", tried[i], smallest_capacity(&plan));
        for (int k = 0; k <= MOST_SLOTS; k++) {
            int64_t makespan = makespan_at(&plan, k);

            if (makespan < 0)
                fprintf(out, " %8s", "deadlock");
            else
                fprintf(out, " %8lld", (long long)makespan);
        }
        fputc('\n', out);
        course_plan_fini(&plan);
    }
}

static void
lab_async_run(struct lab *lab)
{
    struct course_plan plan;
    struct course_training training;

    course_plan_init(&plan, "1f1b", COURSE_RANKS, COURSE_MBS);
    lab_say(lab,
            "1F1B on %d threads, and links without a slot: a send is over "
            "when the receiver has taken it. Each rank that blocks enters "
            "itself on a board; when all are on it, none can ever move "
            "again:",
            COURSE_RANKS);
    run_into_it(lab, &plan);
    lab_say(lab, "One slot on each link, and a send need not wait for its "
                 "recv:");
    course_train(&training, &plan, 1);
    lab_claim(lab, training.status == RUN_DONE,
              "with one slot the same plan trains to the end",
              "%d of %d steps, loss %.4g", training.trainer->step,
              COURSE_STEPS, training.trainer->losses[COURSE_STEPS - 1]);
    course_training_fini(&training);
    course_plan_fini(&plan);
    lab_say(lab, "Which schedule needs how many? Deadlock is a matter of the "
                 "lists alone, so each capacity can be tried without a "
                 "thread:");
    try_capacities(lab);
    course_claim_law(lab, "1f1b", needs_one_slot,
                     "1F1B needs one slot wherever two ranks have two "
                     "microbatches");
    course_claim_law(lab, "gpipe", needs_no_slot,
                     "GPipe needs none: no two neighbours ever send to each "
                     "other");
}

static void
lab_async_sheet(struct sheet *sheet)
{
    sheet_task(
        sheet,
        "Links with K slots, 4 ranks, 8 microbatches; F takes one tick, B "
        "two, a message one. With K = 0 a send waits until its recv has "
        "come. For each schedule: what is the smallest K that gets through "
        "to the end? Write the makespan for each K, or deadlock. Begin "
        "with 1F1B at K = 0: which rank waits for which in a circle?");
    sheet_head(sheet, "schedule");
    sheet_head(sheet, "smallest K");
    for (int k = 0; k <= MOST_SLOTS; k++)
        sheet_head(sheet, "K = %d", k);
    for (int i = 0; i < SCHEDULES; i++) {
        struct course_plan plan;

        course_plan_init(&plan, tried[i], COURSE_RANKS, COURSE_MBS);
        sheet_add(sheet, "%s", tried[i]);
        sheet_add(sheet, "%d", smallest_capacity(&plan));
        for (int k = 0; k <= MOST_SLOTS; k++) {
            int64_t makespan = makespan_at(&plan, k);

            if (makespan < 0)
                sheet_add(sheet, "deadlock");
            else
                sheet_add(sheet, "%lld", (long long)makespan);
        }
        course_plan_fini(&plan);
    }
}

const struct lab_page lab_async = {
    .name = "async",
    .summary = "blocking sends deadlock; one slot cures it",
    .run = lab_async_run,
    .sheet = lab_async_sheet,
    .shell = {"pipelab schedule --check --capacity 0 --schedule 1f1b",
              "pipelab train --capacity 0 --steps 1",
              "pipelab train --capacity 1 --steps 1", "pipelab compare"},
    .gdb = {"gdb --args pipelab train --capacity 0 --steps 1",
            "break run_fail", "run", "info threads", "pipelab ranks",
            "pipelab links", "bt"},
};
