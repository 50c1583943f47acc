/* program.c -- makes a plan ready to run, or says why it cannot be. */
#include "config.h"

#include "plan/program.h"

#include "base/memory.h"
#include "plan/check.h"
#include "plan/footprint.h"
#include "plan/lower.h"
#include "plan/match.h"
#include "plan/walk.h"
#include "plan/why.h"
#include "plan/place.h"

#include <stdlib.h>

/* Whether every rank reaches its end, with one slot a link, which is enough for
 * most plans, or with a slot for every message; *runs_at receives which. */
static bool
program_can_run(const struct plan *plan, const struct plan *lowered,
                int *runs_at, struct cause *cause)
{
    size_t *position = memory_new((size_t)lowered->ranks, sizeof *position);
    bool runs = true;

    *runs_at = 1;
    if (!walk_completes(lowered, 1, NULL)) {
        *runs_at = lowered->mbs;
        runs = walk_completes(lowered, lowered->mbs, position);
    }

    if (!runs) {
        char circle[320];

        why_circle(circle, sizeof circle, lowered, position, lowered->mbs,
                   plan->lowered);
        fail(cause,
             "%s: this order can never run, whatever the capacity: %s; "
             "mend the order",
             lowered->name, circle);
    }
    free(position);
    return runs;
}

/* A larger capacity never blocks where a smaller one does not, so double it
 * until the plan runs, then bisect. */
int
program_smallest_capacity(const struct program *program)
{
    int stuck = -1; /* the largest capacity known to deadlock */
    int runs = 0;

    while (runs != program->runs_at &&
           !walk_completes(program->lowered, runs, NULL)) {
        stuck = runs;
        runs = runs ? 2 * runs : 1;
        runs = runs < program->runs_at ? runs : program->runs_at;
    }
    while (runs - stuck > 1) {
        int middle = stuck + (runs - stuck) / 2;

        if (walk_completes(program->lowered, middle, NULL))
            runs = middle;
        else
            stuck = middle;
    }
    return runs;
}

/* The first stage that does not add its weight gradients in ascending order of
 * the microbatches, or -1. */
static int
unordered_stage(const struct plan *plan)
{
    int *last = memory_new((size_t)plan_places(plan), sizeof *last);
    int unordered = -1;

    for (int r = 0; r < plan->ranks && unordered < 0; r++)
        for (size_t i = 0; i < plan->lists[r].count; i++) {
            struct action parts[2];
            int count = action_parts(&plan->lists[r].at[i], parts);

            for (int p = 0; p < count && unordered < 0; p++) {
                if (parts[p].kind != ACTION_FULL_BACKWARD &&
                    parts[p].kind != ACTION_BACKWARD_WEIGHT)
                    continue;
                if (parts[p].mb < last[plan_place(plan, &parts[p])])
                    unordered = parts[p].stage;
                last[plan_place(plan, &parts[p])] = parts[p].mb;
            }
        }
    free(last);
    return unordered;
}

static void
survey(const struct plan *plan, struct program *program)
{
    program->peak_activations =
        memory_new((size_t)plan->ranks, sizeof *program->peak_activations);
    footprint_activations(plan, program->peak_activations);
    for (int r = 0; r < plan->ranks; r++)
        if (program->peak_activations[r] > program->largest_peak)
            program->largest_peak = program->peak_activations[r];
    program->trains = plan_trains(plan);
    program->unordered_stage = unordered_stage(plan);
}

struct program *
program_make(const struct plan *plan, struct cause *cause)
{
    struct program *program;

    if (!check_plan(plan, cause))
        return NULL;
    program = memory_new(1, sizeof *program);
    program->lowered = lower(plan);
    /* A plan that has transfers is matched itself: errors name its
     * positions. */
    if (!match_links(plan->lowered ? plan : program->lowered,
                     &program->messages, cause) ||
        !program_can_run(plan, program->lowered, &program->runs_at, cause)) {
        program_free(program);
        return NULL;
    }
    survey(plan, program);
    return program;
}

void
program_free(struct program *program)
{
    if (!program)
        return;
    plan_free(program->lowered);
    free(program->peak_activations);
    free(program);
}
