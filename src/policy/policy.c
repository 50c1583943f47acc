#include "config.h"

#include "policy/policy.h"

#include <string.h>

static const struct policy table[] = {
    {"naive", "one microbatch at a time: one rank works, the others wait",
     PLACEMENT_ONE, NULL, policy_naive, NULL},
    {"gpipe", "all forwards, then all backwards", PLACEMENT_ONE, NULL,
     policy_gpipe, NULL},
    {"1f1b", "warm-up, then one forward one backward, then cool-down",
     PLACEMENT_ONE, NULL, policy_1f1b, NULL},
    {"eager-1f1b", "1F1B that runs ahead twice as far", PLACEMENT_ONE, NULL,
     policy_eager_1f1b, NULL},
    {"interleaved-1f1b", "1F1B over several stages a rank", PLACEMENT_LOOPED,
     policy_interleaved_1f1b_suits, policy_interleaved_1f1b, NULL},
    {"looped-bfs", "GPipe over several stages a rank, a stage at a time",
     PLACEMENT_LOOPED, NULL, policy_looped_bfs, NULL},
    {"zb1p", "ZB-H1, interleaved if there are several stages a rank",
     PLACEMENT_LOOPED, policy_zb1p_suits, policy_zb1p, NULL},
    {"zb-h2", "no idle time inside a rank, for twice the activations",
     PLACEMENT_ONE, NULL, policy_zb_h2, NULL},
    {"zbv", "no idle time inside a rank over V-shaped stages", PLACEMENT_V,
     NULL, policy_zbv, NULL},
    {"v-half", "half of 1F1B's activations over V-shaped stages", PLACEMENT_V,
     NULL, policy_v_half, NULL},
    {"v-min", "a third of 1F1B's activations over V-shaped stages",
     PLACEMENT_V, NULL, policy_v_min, NULL},
    {"dualpipev", "forwards and backwards overlapped over V-shaped stages",
     PLACEMENT_V, policy_dualpipev_suits, policy_dualpipev, NULL},
    {"greedy", "the shortest found for the costs and the memory given",
     PLACEMENT_LOOPED, NULL, NULL, policy_greedy},
};

enum { POLICIES = sizeof table / sizeof *table };

const struct policy *
policy_at(int i)
{
    return i < POLICIES ? &table[i] : NULL;
}

const struct policy *
policy_find(const char *name, struct cause *cause)
{
    char names[256] = "";

    for (int i = 0; i < POLICIES; i++) {
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
        if (i > 0)
            strncat(names, ", ", sizeof names - strlen(names) - 1);
        strncat(names, table[i].name, sizeof names - strlen(names) - 1);
    }
    fail(cause, "--schedule %s is unknown; use one of %s", name, names);
    return NULL;
}

bool
policy_suits(const struct policy *policy, int ranks, int stages, int mbs,
             struct cause *cause)
{
    if (!plan_shape_valid(ranks, stages, mbs, cause))
        return false;
    if (policy->placement == PLACEMENT_ONE && stages != ranks)
        return fail(cause,
                    "--schedule %s puts one stage on each rank; %d stages on "
                    "%d ranks do not fit, give --ranks %d or --stages %d",
                    policy->name, stages, ranks, stages, ranks);
    if (policy->placement == PLACEMENT_LOOPED && stages % ranks != 0)
        return fail(cause,
                    "--schedule %s gives every rank the same number of stages; "
                    "%d stages do not divide among %d ranks, make --stages a "
                    "multiple of %d",
                    policy->name, stages, ranks, ranks);
    if (policy->placement == PLACEMENT_V && stages != 2 * ranks) {
        if (stages % 2 == 0)
            return fail(cause,
                        "--schedule %s puts two stages on each rank; %d stages "
                        "on %d ranks do not fit, give --ranks %d or --stages "
                        "%d",
                        policy->name, stages, ranks, stages / 2, 2 * ranks);
        return fail(cause,
                    "--schedule %s puts two stages on each rank; %d stages on "
                    "%d ranks do not fit, give --stages %d",
                    policy->name, stages, ranks, 2 * ranks);
    }
    return !policy->suits || policy->suits(ranks, mbs, cause);
}

/* At most F, I and W of each microbatch on each of so many stages. */
static size_t
most_actions(int stages, int mbs)
{
    return 3 * (size_t)stages * (size_t)mbs;
}

size_t
policy_bytes(const struct policy *policy, int stages, int mbs)
{
    /* A search keeps three plans, and a time and a way back for each action of
     * one. */
    size_t plans = policy->search ? 6 : 1;

    return plans * most_actions(stages, mbs) * sizeof(struct action);
}

struct plan *
policy_plan_for(const char *name, const struct policy_task *task,
                struct policy_result *result, struct cause *cause)
{
    const struct policy *policy = policy_find(name, cause);
    struct plan *plan;

    if (!policy || !policy_suits(policy, task->ranks, task->stages, task->mbs,
                                 cause))
        return NULL;
    if (policy->search)
        return policy->search(task, result, cause);
    plan = placement_plan(policy->placement, name, task->ranks, task->stages,
                          task->mbs);
    for (int r = 0; r < task->ranks; r++)
        plan_reserve(plan, r,
                     most_actions(task->stages / task->ranks, task->mbs));
    policy->make(plan);
    return plan;
}

struct plan *
policy_plan(const char *name, int ranks, int stages, int mbs,
            struct cause *cause)
{
    struct policy_result result;
    struct cost cost;
    struct plan *plan;

    if (!plan_shape_valid(ranks, stages, mbs, cause))
        return NULL;
    cost_init(&cost, stages);
    plan = policy_plan_for(name,
                           &(struct policy_task){.ranks = ranks,
                                                 .stages = stages,
                                                 .mbs = mbs,
                                                 .cost = &cost},
                           &result, cause);
    cost_fini(&cost);
    return plan;
}
