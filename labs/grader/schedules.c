#include "config.h"

#include "schedules.h"

#include "base/plural.h"
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
                  "%d rank%s, %d microbatch%s: the plan's shape has changed; "
                  "add actions and leave the rest of the plan alone",
                  ranks, plural(ranks), mbs, plural_es(mbs));
}

struct plan *
empty_plan(int ranks, int mbs)
{
    static char shape[80];
    struct plan *plan;

    snprintf(shape, sizeof shape, "%d rank%s, %d microbatch%s", ranks,
             plural(ranks), mbs, plural_es(mbs));
    doing(shape);
    plan = plan_new(shape, ranks, ranks, mbs);
    for (int s = 0; s < ranks; s++)
        plan->rank_of_stage[s] = s;
    return plan;
}

struct plan *
made(void (*policy)(struct plan *), int ranks, int mbs)
{
    struct plan *plan = empty_plan(ranks, mbs);

    policy(plan);
    must_have_its_shape(plan, ranks, mbs);
    return plan;
}

/* Who waits for whom where links of so many slots are not enough. */
static void
say_who_waits(const struct plan *lowered, const size_t position[], int slots)
{
    char waiting[2000] = "";
    FILE *out = fmemopen(waiting, sizeof waiting - 1, "w");

    if (out) {
        why_print_stuck(out, lowered, position, slots);
        fclose(out);
    }
    ck_abort_msg("%s: deadlock with links %s:%s", lowered->name,
                 slots == 0 ? "without slots" : "of one slot", waiting);
}

/* The caller frees the program. */
static struct program *
must_be_valid(const struct plan *plan, int slots)
{
    size_t position[MOST_RANKS];
    struct cause cause;
    struct program *program = program_make(plan, &cause);

    if (!program)
        ck_abort_msg("%s", cause.text);
    ck_assert_msg(program->trains, "%s: there is no backward in it",
                  plan->name);
    if (!walk_completes(program->lowered, slots, position))
        say_who_waits(program->lowered, position, slots);
    return program;
}

void
must_run_with(const struct plan *plan, int slots)
{
    program_free(must_be_valid(plan, slots));
}

void
must_run(const struct plan *plan)
{
    must_run_with(plan, 1);
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
    struct program *program = must_be_valid(plan, 1);

    for (int r = 0; r < plan->ranks; r++)
        ck_assert_msg(program->peak_activations[r] <= most[r],
                      "%s: rank %d keeps the activations of %g microbatches "
                      "at once; %d are enough",
                      plan->name, r, program->peak_activations[r], most[r]);
    program_free(program);
}

void
must_take(const struct plan *plan, int64_t ticks)
{
    struct program *program = must_be_valid(plan, 1);
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
