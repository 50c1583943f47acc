/* lab_gpipe.c -- microbatches one behind the other: all forwards, then all
 * backwards. */
#include "config.h"

#include "course/course.h"

#include "train/rank_memory.h"

#include <inttypes.h>
#include <stdlib.h>

/* (P-1)/(M+P-1): filling and draining the pipe cost what P-1 microbatches
 * would. Huang et al., "GPipe" (NeurIPS 2019), section 2.3. */
static bool
fills_and_drains(const struct course_plan *plan)
{
    int64_t a_microbatch = course_busy(plan) / plan->plan->mbs;

    return plan->forecast.metrics.makespan ==
           (plan->plan->mbs + plan->plan->ranks - 1) * a_microbatch;
}

static bool
stashes_every_microbatch(const struct course_plan *plan)
{
    for (int r = 0; r < plan->plan->ranks; r++)
        if (plan->program->peak_activations[r] != plan->plan->mbs)
            return false;
    return true;
}

/* Actions that stand on the wrong side of a rank's first backward. */
static int
out_of_order(const struct plan *plan)
{
    int wrong = 0;

    for (int r = 0; r < plan->ranks; r++) {
        bool backward = false;

        for (size_t i = 0; i < plan->lists[r].count; i++) {
            bool forward = plan->lists[r].at[i].kind == ACTION_FORWARD;

            wrong += forward && backward;
            backward |= !forward;
        }
    }
    return wrong;
}

static void
lab_gpipe_show_more_microbatches(struct lab *lab)
{
    FILE *out = lab_show(lab);

    fprintf(out, "%-14s %10s %10s %15s %6s\n", "microbatches", "makespan",
            "bubble", "(P-1)/(M+P-1)", "peak");
    for (int mbs = 1; mbs <= 32; mbs *= 2) {
        struct course_plan plan;

        course_plan_init(&plan, "gpipe", COURSE_RANKS, mbs);
        fprintf(out, "%-14d %10lld %9.1f%% %12d/%-2d %6g\n", mbs,
                (long long)plan.forecast.metrics.makespan,
                100.0 * plan.forecast.metrics.bubble_fraction,
                COURSE_RANKS - 1, mbs + COURSE_RANKS - 1,
                plan.program->peak_activations[0]);
        course_plan_fini(&plan);
    }
}

/* A training, and the bytes of activations that rank 0 holds in it. */
struct remade {
    struct course_plan plan;
    struct course_training training;
    uint64_t hash;
    int64_t bytes;
};

static void
remade_init(struct remade *remade, bool again)
{
    struct course_plan *plan = &remade->plan;
    struct memory_summary *memory;

    course_plan_init(plan, "gpipe", COURSE_RANKS, COURSE_MBS);
    if (again)
        course_plan_recompute(plan);
    course_train(&remade->training, plan, plan->forecast.capacity);
    remade->hash = trainer_weights_hash(remade->training.trainer);
    memory = rank_memory(plan->plan, &course_mlp, remade->training.split,
                         COURSE_BATCH, OPTIMIZER_ADAM, plan->cost.recompute);
    remade->bytes = memory[0].bytes[MEMORY_ACTIVATIONS];
    free(memory);
}

static void
remade_fini(struct remade *remade)
{
    course_training_fini(&remade->training);
    course_plan_fini(&remade->plan);
}

static void
remade_print(FILE *out, const char *what, const struct remade *remade)
{
    fprintf(out, "%-20s %8lld %14.1f %13.1f   %016" PRIx64 "\n", what,
            (long long)remade->plan.forecast.metrics.makespan,
            100.0 * remade->plan.forecast.metrics.bubble_fraction,
            (double)remade->bytes / 1024, remade->hash);
}

/* Re-materialization: GPipe, section 2.3. */
static void
run_forwards_again(struct lab *lab)
{
    FILE *out = lab_show(lab);
    struct remade kept, again;
    int64_t longer;

    remade_init(&kept, false);
    remade_init(&again, true);
    longer = again.plan.forecast.metrics.makespan -
             kept.plan.forecast.metrics.makespan;
    fprintf(out, "%-20s %8s %14s %13s   weights\n", "activations", "makespan",
            "bubble (%)", "rank 0 (KiB)");
    remade_print(out, "all kept", &kept);
    remade_print(out, "inputs, F runs again", &again);
    lab_claim(lab, kept.hash == again.hash,
              "a forward that runs again makes the same activations: the "
              "weights are the same, bit for bit",
              "%016" PRIx64 " and %016" PRIx64, kept.hash, again.hash);
    lab_claim(lab,
              again.bytes < kept.bytes &&
                  longer == COURSE_MBS + COURSE_RANKS - 1,
              "a rank then holds M inputs and one microbatch's activations, "
              "for a third more of work; the bubble stays",
              "%.1f KiB for %.1f; %lld ticks longer, an F for each of "
              "M + P - 1",
              (double)again.bytes / 1024, (double)kept.bytes / 1024,
              (long long)longer);
    remade_fini(&kept);
    remade_fini(&again);
}

static void
lab_gpipe_run(struct lab *lab)
{
    struct course_plan plan;

    course_plan_init(&plan, "gpipe", COURSE_RANKS, 4);
    lab_say(lab, "Each rank starts the next microbatch when it has handed on "
                 "the last; backwards come when every forward is through. The "
                 "weights change once, at the end, so the result is that of "
                 "the whole batch.");
    course_plan_show(lab, &plan);
    lab_claim(lab, out_of_order(plan.plan) == 0,
              "on every rank all forwards come before any backward",
              "%d of %zu actions are out of order", out_of_order(plan.plan),
              plan_actions(plan.plan));
    course_plan_fini(&plan);
    lab_say(lab, "More microbatches, less bubble; and more memory:");
    lab_gpipe_show_more_microbatches(lab);
    course_claim_law(lab, "gpipe", fills_and_drains,
                     "the bubble is (P-1)/(M+P-1)");
    course_claim_law(lab, "gpipe", stashes_every_microbatch,
                     "every rank holds the activations of all M microbatches "
                     "at once");
    course_claim_monolith(lab, "gpipe");
    lab_say(lab, "GPipe's way to less memory: a stage keeps its input alone "
                 "and runs its forward again just before the backward. With "
                 "8 microbatches, trained on threads both ways:");
    run_forwards_again(lab);
}

static void
lab_gpipe_sheet(struct sheet *sheet)
{
    sheet_task(
        sheet,
        "GPipe, 4 ranks, 4 microbatches; F takes one tick, B two. All "
        "forwards, then all backwards; F(r,m) needs F(r-1,m), B(r,m) "
        "needs B(r+1,m). Write F0 .. F3 and B0 .. B3 into the ticks in "
        "which each rank computes them. Then count the empty cells: is "
        "their share (P-1)/(M+P-1)? How many microbatches does each rank "
        "hold at most?");
    course_sheet_grid(sheet, "gpipe", 4);
}

const struct lab_page lab_gpipe = {
    .name = "gpipe",
    .summary = "all forwards, then all backwards: a bubble of (P-1)/(M+P-1)",
    .run = lab_gpipe_run,
    .sheet = lab_gpipe_sheet,
    .shell = {"pipelab schedule --schedule gpipe",
              "pipelab simulate --schedule gpipe --microbatches 32",
              "pipelab compare --sweep microbatches=4..32 --schedule gpipe",
              "pipelab train --schedule gpipe --recompute all"},
    .gdb = {"gdb --args pipelab train --schedule gpipe --lockstep --steps 1",
            "tbreak rank_action_begin if action->kind == "
            "ACTION_FULL_BACKWARD",
            "run", "pipelab memory", "pipelab grid", "pipelab until 0B0"},
};
