#include "config.h"

#include "schedules.h"

#include "plan/program.h"
#include "plan/cost.h"
#include "plan/walk.h"
#include "plan/why.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* A smaller plan would keep the laws more easily. */
static void
must_have_its_shape(const struct plan *plan, int ranks, int mbs)
{
    bool same = plan->ranks == ranks && plan->stages == ranks &&
                plan->mbs == mbs && !plan->lowered;

    for (int s = 0; same && s < ranks; s++)
        same = plan->rank_of_stage[s] == s;
    ck_assert_msg(same,
                  "%d ranks, %d microbatches: the plan's shape has changed; "
                  "add actions and leave the rest of the plan alone",
                  ranks, mbs);
}

struct plan *
made(void (*policy)(struct plan *), int ranks, int mbs)
{
    static char shape[80];
    struct plan *plan;

    snprintf(shape, sizeof shape, "%d ranks, %d microbatches", ranks, mbs);
    doing(shape);
    plan = plan_new(shape, ranks, ranks, mbs);
    for (int s = 0; s < ranks; s++)
        plan->rank_of_stage[s] = s;
    policy(plan);
    must_have_its_shape(plan, ranks, mbs);
    return plan;
}

/* Who waits for whom where links of one slot are not enough. */
static void
say_who_waits(const struct plan *lowered, const size_t position[])
{
    char waiting[2000] = "";
    FILE *out = fmemopen(waiting, sizeof waiting - 1, "w");

    if (out) {
        why_print_stuck(out, lowered, position, 1);
        fclose(out);
    }
    ck_abort_msg("%s: deadlock with links of one slot:%s", lowered->name,
                 waiting);
}

/* The caller frees the program. */
static struct program *
must_be_valid(const struct plan *plan)
{
    size_t position[MOST_RANKS];
    struct cause cause;
    struct program *program = program_make(plan, &cause);

    if (!program)
        ck_abort_msg("%s", cause.text);
    if (!walk_completes(program->lowered, 1, position))
        say_who_waits(program->lowered, position);
    return program;
}

void
must_run(const struct plan *plan)
{
    program_free(must_be_valid(plan));
}

void
must_run_at_every_shape(void (*policy)(struct plan *))
{
    for (int ranks = 1; ranks <= MOST_RANKS; ranks++)
        for (int mbs = 1; mbs <= MOST_MBS; mbs++) {
            struct plan *plan = made(policy, ranks, mbs);

            must_run(plan);
            plan_free(plan);
        }
}

void
must_keep_at_most(const struct plan *plan, const int most[])
{
    struct program *program = must_be_valid(plan);

    for (int r = 0; r < plan->ranks; r++)
        ck_assert_msg(program->peak_activations[r] <= most[r],
                      "%s: rank %d keeps the activations of %d microbatches "
                      "at once; %d are enough",
                      plan->name, r, program->peak_activations[r], most[r]);
    program_free(program);
}

void
must_take(const struct plan *plan, int64_t ticks)
{
    struct program *program = must_be_valid(plan);
    struct cost cost;
    struct walk walk;
    int64_t makespan = 0;

    cost_init(&cost, plan->stages);
    walk_run(&walk, program->lowered, &cost, WALK_UNBOUNDED, walk_latest,
             &makespan);
    walk_fini(&walk);
    cost_fini(&cost);
    program_free(program);
    ck_assert_msg(makespan == ticks,
                  "%s: it takes %" PRId64 " ticks, should take %" PRId64,
                  plan->name, makespan, ticks);
}
