/* lab_1f1b.c -- one forward, one backward: GPipe's bubble in a fixed amount of
 * memory. Narayanan et al. (ICML 2021), section 3.2. */
#include "config.h"

#include "course/course.h"

/* min(P-r, M) on rank r. */
static bool
holds_as_many_as_are_below(const struct course_plan *plan)
{
    for (int r = 0; r < plan->plan->ranks; r++) {
        int below = plan->plan->ranks - r;

        if (plan->program->peak_activations[r] !=
            (below < plan->plan->mbs ? below : plan->plan->mbs))
            return false;
    }
    return true;
}

static bool
takes_as_long_as_gpipe(const struct course_plan *plan)
{
    struct course_plan gpipe;
    bool same;

    course_plan_init(&gpipe, "gpipe", plan->plan->ranks, plan->plan->mbs);
    same = gpipe.forecast.metrics.makespan == plan->forecast.metrics.makespan;
    course_plan_fini(&gpipe);
    return same;
}

/* Microbatches whose forward has begun and whose backward has not ended. */
static int
in_flight(const struct trace *trace, int rank, int64_t tick)
{
    const struct lane *lane = &trace->lanes[rank];
    int64_t live = 0;

    for (size_t i = 0; i < lane->count; i++) {
        const struct span *span = &lane->spans[i];

        if (span->start <= tick)
            live += footprint_taken(&trace->rule, &span->action);
        if (span->end <= tick)
            live -= footprint_freed(&trace->rule, &span->action);
    }
    return (int)(live / ACTIVATION_ONE);
}

static void
show_memory(struct lab *lab, const char *schedule)
{
    struct course_plan plan;
    FILE *out = lab_show(lab);

    course_plan_init(&plan, schedule, COURSE_RANKS, COURSE_MBS);
    fprintf(out, "%s, microbatches in flight at each tick\n", schedule);
    for (int r = 0; r < COURSE_RANKS; r++) {
        fprintf(out, "rank %d  ", r);
        for (int64_t t = 0; t < plan.forecast.metrics.makespan; t++)
            fprintf(out, " %d", in_flight(&plan.forecast.trace, r, t));
        fputc('\n', out);
    }
    course_plan_fini(&plan);
}

static void
lab_1f1b_run(struct lab *lab)
{
    struct course_plan plan;

    course_plan_init(&plan, "1f1b", COURSE_RANKS, 4);
    lab_say(lab,
            "After a warm-up each rank does one forward, one backward, in "
            "turn. Hold this against the picture of lab gpipe: the "
            "makespan is the same, the peaks are not.");
    course_plan_show(lab, &plan);
    course_plan_fini(&plan);
    course_claim_law(lab, "1f1b", takes_as_long_as_gpipe,
                     "the makespan is GPipe's, and so is the bubble");
    course_claim_law(lab, "1f1b", holds_as_many_as_are_below,
                     "rank r holds min(P-r, M) microbatches at most");
    lab_say(lab,
            "Where the memory goes, with 8 microbatches. GPipe piles them "
            "all up; 1F1B lets the next one in when one has left:");
    show_memory(lab, "gpipe");
    show_memory(lab, "1f1b");
    course_plan_init(&plan, "1f1b", COURSE_RANKS, 256);
    lab_claim(lab, plan.program->peak_activations[0] == COURSE_RANKS,
              "however many microbatches, rank 0 holds P of them",
              "%g of 256, at a bubble of %.1f %%",
              plan.program->peak_activations[0],
              100.0 * plan.forecast.metrics.bubble_fraction);
    course_plan_fini(&plan);
    course_claim_monolith(lab, "1f1b");
}

static void
lab_1f1b_sheet(struct sheet *sheet)
{
    sheet_task(
        sheet,
        "1F1B, 4 ranks, 4 microbatches; F takes one tick, B two. Rank r "
        "does P-1-r forwards, then one forward and one backward in "
        "turn, then the backwards that are left. Write F0 .. F3 and B0 "
        ".. B3 into the ticks in which each rank computes them. Compare "
        "with GPipe: which tick is the last? How many microbatches does "
        "each rank hold at most, that is F begun and B not ended?");
    course_sheet_grid(sheet, "1f1b", 4);
}

const struct lab_page lab_1f1b = {
    .name = "1f1b",
    .summary = "the same bubble in the memory of P microbatches",
    .run = lab_1f1b_run,
    .sheet = lab_1f1b_sheet,
    .shell = {"pipelab train --steps 50", "pipelab simulate --microbatches 32",
              "pipelab simulate --stage-cost 1,2,1,1"},
    .gdb = {"gdb --args pipelab train --lockstep --steps 1",
            "tbreak rank_action_begin if action->kind == "
            "ACTION_FULL_BACKWARD",
            "run", "pipelab memory", "pipelab until 0B3", "pipelab links"},
};
