#include "config.h"

#include "base/memory.h"
#include "base/rng.h"
#include "schedule/check.h"
#include "schedule/greedy.h"
#include "schedule/lower.h"
#include "schedule/policy.h"
#include "schedule/walk.h"

#include <stdlib.h>
#include <string.h>

/* Our own: for given costs, latency and memory, the shortest of
 *
 *   - every other policy that suits the shape and fits the memory,
 *   - list schedules under every combination of a few rules,
 *   - list schedules found from the best of those by changing the rule of one
 *     rank at a time, as long as that helps
 *
 * so it is never longer than what it competes with. The search is bounded in
 * actions, not in seconds: the same task gives the same plan on any machine. */
enum {
    SEARCH_ACTIONS = 20 * 1000 * 1000, /* to schedule in all */
    LEAST_TRIES = 50,
    MOST_TRIES = 10000
};

struct search {
    const struct policy_task *task;
    struct policy_result *result;
    struct plan *best;          /* owned */
    /* Where the best list schedule stands, if any fits the memory. */
    struct plan *shape;         /* empty, with its placement; owned */
    struct greedy_rule *rules;  /* ranks */
    int64_t makespan;           /* INT64_MAX if none */
};

static int64_t
last_end(const struct plan *plan, const struct cost *cost)
{
    struct plan *lowered = lower(plan);
    int64_t makespan = 0;
    struct walk walk;

    walk_run(&walk, lowered, cost, WALK_UNBOUNDED, walk_latest, &makespan);
    walk_fini(&walk);
    plan_free(lowered);
    return makespan;
}

static bool
fits(const struct plan *plan, int max_activations)
{
    struct cause cause;
    struct check check;
    bool fit = true;

    if (!check_plan(&check, plan, &cause))
        return false;
    for (int r = 0; max_activations > 0 && r < plan->ranks; r++)
        fit = fit && check.peak_activations[r] <= max_activations;
    check_fini(&check);
    return fit;
}

/* Keeps a plan if it is shorter than the best so far; owns it. */
static bool
keep(struct search *search, struct plan *plan, int64_t makespan)
{
    if (search->best && makespan >= search->result->makespan) {
        plan_free(plan);
        return false;
    }
    plan_free(search->best);
    search->best = plan;
    search->result->makespan = makespan;
    return true;
}

static void
try_policies(struct search *search)
{
    const struct policy_task *task = search->task;
    struct cause cause;

    for (int i = 0; policy_at(i); i++) {
        const struct policy *policy = policy_at(i);
        struct plan *plan;

        if (policy->search || !policy_suits(policy, task->ranks, task->stages,
                                            task->mbs, &cause))
            continue;
        plan = policy_plan(policy->name, task->ranks, task->stages, task->mbs,
                           &cause);
        if (!fits(plan, task->max_activations)) {
            plan_free(plan);
        } else if (keep(search, plan, last_end(plan, task->cost))) {
            search->result->beaten = policy->name;
            search->result->beaten_makespan = search->result->makespan;
        }
    }
}

static void
use_rules(struct search *search, struct plan *shape,
          const struct greedy_rule rules[], int64_t makespan)
{
    if (makespan >= search->makespan)
        return;
    search->makespan = makespan;
    memcpy(search->rules, rules,
           (size_t)shape->ranks * sizeof *search->rules);
    if (search->shape != shape) {
        plan_free(search->shape);
        search->shape = plan_new("greedy", shape->ranks, shape->stages,
                                 shape->mbs);
        memcpy(search->shape->rank_of_stage, shape->rank_of_stage,
               (size_t)shape->stages * sizeof *shape->rank_of_stage);
    }
}

/* How far down to go for memory: what the task allows, and less. */
static int
cap_at(const struct search *search, int rank, int level)
{
    const struct policy_task *task = search->task;
    int chunks = task->stages / task->ranks;
    int most = task->max_activations ? task->max_activations
                                     : chunks * task->mbs;
    /* What 1F1B and ZB-H2 hold, and all there is. */
    int caps[] = {chunks * (task->ranks - rank),
                  chunks * (2 * (task->ranks - rank) - 1), most};

    return caps[level] < most ? caps[level] : most;
}

/* Every combination of rules, the same on all ranks. */
static void
try_rules(struct search *search, struct plan *shape)
{
    struct greedy_rule *rules =
        memory_new((size_t)shape->ranks, sizeof *rules);

    for (int n = 0; n < 2 * 3 * GREEDY_ORDERS * 2 * 3; n++) {
        int level = n / 2 % 3;
        struct greedy_rule rule = {
            .split = n % 2,
            .order = (enum greedy_order)(n / 6 % GREEDY_ORDERS),
            .deep_first = n / 6 / GREEDY_ORDERS % 2,
            .patience = 2 * (n / 12 / GREEDY_ORDERS),
        };

        for (int r = 0; r < shape->ranks; r++) {
            rules[r] = rule;
            rules[r].cap = cap_at(search, r, level);
        }
        use_rules(search, shape, rules,
                  greedy_schedule(NULL, shape, search->task->cost, rules));
    }
    free(rules);
}

/* A small change to the rule of one rank. */
static void
change(struct greedy_rule *rule, struct rng *rng, int least, int most)
{
    switch (rng_below(rng, 5)) {
    case 0:
        rule->order = (enum greedy_order)rng_below(rng, GREEDY_ORDERS);
        break;
    case 1:
        rule->deep_first = !rule->deep_first;
        break;
    case 2:
        rule->split = !rule->split;
        break;
    case 3:
        rule->patience = (int)rng_below(rng, 5);
        break;
    default:
        rule->cap += (int)rng_below(rng, 5) - 2;
        if (rule->cap < least)
            rule->cap = least;
        if (rule->cap > most)
            rule->cap = most;
    }
}

static void
climb(struct search *search)
{
    const struct policy_task *task = search->task;
    int chunks = task->stages / task->ranks;
    int most = task->max_activations ? task->max_activations
                                     : chunks * task->mbs;
    int tries = SEARCH_ACTIONS / (3 * task->stages * task->mbs + 1);
    struct greedy_rule *rules =
        memory_new((size_t)task->ranks, sizeof *rules);
    struct rng rng;

    if (tries < LEAST_TRIES)
        tries = LEAST_TRIES;
    if (tries > MOST_TRIES)
        tries = MOST_TRIES;
    rng_init(&rng, 0, RNG_SEARCH, 0);
    for (int n = 0; n < tries && search->makespan > search->result->bound;
         n++) {
        int changes = 1 + (int)rng_below(&rng, 2);
        int64_t makespan;

        memcpy(rules, search->rules,
               (size_t)task->ranks * sizeof *search->rules);
        for (int c = 0; c < changes; c++)
            change(&rules[rng_below(&rng, (uint32_t)task->ranks)], &rng,
                   chunks, most);
        makespan = greedy_schedule(NULL, search->shape, task->cost, rules);
        /* Sideways too: a plateau may lead on. */
        if (makespan <= search->makespan) {
            search->makespan = makespan;
            memcpy(search->rules, rules,
                   (size_t)task->ranks * sizeof *search->rules);
        }
    }
    free(rules);
}

static struct plan *
empty_shape(const struct policy_task *task, enum placement placement)
{
    struct plan *shape =
        plan_new("greedy", task->ranks, task->stages, task->mbs);

    for (int s = 0; s < task->stages; s++)
        shape->rank_of_stage[s] = placement_rank(placement, task->ranks, s);
    return shape;
}

static void
try_placement(struct search *search, enum placement placement)
{
    struct plan *shape = empty_shape(search->task, placement);
    int64_t bound = greedy_bound(shape, search->task->cost);

    if (search->result->bound == 0 || bound < search->result->bound)
        search->result->bound = bound;
    try_rules(search, shape);
    plan_free(shape);
}

struct plan *
policy_greedy(const struct policy_task *task, struct policy_result *result,
              struct cause *cause)
{
    int chunks = task->stages / task->ranks;
    struct search search = {
        .task = task,
        .result = result,
        .makespan = INT64_MAX,
        .rules = memory_new((size_t)task->ranks, sizeof *search.rules),
    };

    *result = (struct policy_result){.beaten = NULL};
    if (task->max_activations > 0 && task->max_activations < chunks) {
        fail(cause,
             "--max-activations %d is less than the %d stages of a rank, which "
             "a microbatch needs; use %d or more",
             task->max_activations, chunks, chunks);
        free(search.rules);
        return NULL;
    }
    try_policies(&search);
    try_placement(&search, PLACEMENT_LOOPED);
    if (task->stages == 2 * task->ranks)
        try_placement(&search, PLACEMENT_V);
    climb(&search);
    if (!search.best || search.makespan < result->makespan) {
        struct plan *plan = search.shape;

        greedy_schedule(plan, plan, task->cost, search.rules);
        search.shape = NULL;
        keep(&search, plan, last_end(plan, task->cost));
    }
    snprintf(search.best->name, sizeof search.best->name, "greedy");
    plan_free(search.shape);
    free(search.rules);
    return search.best;
}
