/* lab_naive.c -- the pipe without a pipeline: each microbatch goes all the way
 * up and back before the next one starts. */
#include "config.h"

#include "course/course.h"

/* Ranks that compute during a tick. */
static int
working_at(const struct trace *trace, int64_t tick)
{
    int working = 0;

    for (int r = 0; r < trace->ranks; r++)
        for (size_t i = 0; i < trace->lanes[r].count; i++) {
            const struct span *span = &trace->lanes[r].spans[i];

            working += span->parts[SPAN_COMPUTE] > 0 && span->start <= tick &&
                       tick < span->end;
        }
    return working;
}

/* A bubble of 1 - 1/P: the ranks take turns, so all of them together take as
 * long as they would one after the other. */
static bool
takes_turns(const struct course_plan *plan)
{
    return plan->forecast.metrics.makespan ==
           plan->plan->ranks * course_busy(plan);
}

static void
lab_naive_show_more_microbatches(struct lab *lab)
{
    FILE *out = lab_show(lab);

    fprintf(out, "%-14s %10s %10s\n", "microbatches", "makespan", "bubble");
    for (int mbs = 1; mbs <= 16; mbs *= 2) {
        struct course_plan plan;

        course_plan_init(&plan, "naive", COURSE_RANKS, mbs);
        fprintf(out, "%-14d %10lld %9.1f%%\n", mbs,
                (long long)plan.forecast.metrics.makespan,
                100.0 * plan.forecast.metrics.bubble_fraction);
        course_plan_fini(&plan);
    }
}

static void
lab_naive_run(struct lab *lab)
{
    struct course_plan plan;
    int64_t makespan;
    int64_t alone = 0;

    course_plan_init(&plan, "naive", COURSE_RANKS, 2);
    makespan = plan.forecast.metrics.makespan;
    lab_say(lab,
            "Four ranks, two microbatches; F is one tick, B two. Follow "
            "the first microbatch up and down: a rank that has handed it on "
            "has nothing to do until it comes back.");
    course_plan_show(lab, &plan);
    for (int64_t t = 0; t < makespan; t++)
        alone += working_at(&plan.forecast.trace, t) == 1;
    lab_claim(lab, alone == makespan, "at every tick exactly one rank works",
              "%lld of %lld ticks", (long long)alone, (long long)makespan);
    lab_claim(lab, plan.program->peak_activations[0] == 1,
              "a rank holds the activations of one microbatch, no more",
              "peak %g on rank 0", plan.program->peak_activations[0]);
    course_plan_fini(&plan);
    lab_say(lab, "Cutting the batch finer is no help:");
    lab_naive_show_more_microbatches(lab);
    course_claim_law(lab, "naive", takes_turns,
                     "the bubble is 1 - 1/P for every P and M");
    course_claim_monolith(lab, "naive");
}

static void
lab_naive_sheet(struct sheet *sheet)
{
    sheet_task(
        sheet,
        "Naive schedule, 4 ranks, 2 microbatches; F takes one tick, B "
        "two. Write F0, B0, F1, B1 into the ticks in which each rank "
        "computes them. A microbatch goes all the way up and back before "
        "the next one starts. Then count the empty cells: what share of "
        "ranks x ticks is idle? Is it 1 - 1/P?");
    course_sheet_grid(sheet, "naive", 2);
}

const struct lab_page lab_naive = {
    .name = "naive",
    .summary = "one microbatch at a time: a bubble of 1 - 1/P",
    .run = lab_naive_run,
    .sheet = lab_naive_sheet,
    .shell = {"pipelab schedule --schedule naive --microbatches 2",
              "pipelab simulate --schedule naive --stages 8 --microbatches 1"},
    .gdb = {"gdb --args pipelab train --schedule naive --lockstep --steps 1",
            "tbreak rank_action_begin if action->mb == 1", "run",
            "pipelab ranks", "pipelab next", "pipelab grid"},
};
