/* search.c -- finds short plans: tries all policies and list schedules,
 * changes the rules of the best, and keeps the shortest. */
#include "config.h"

#include "search/search.h"

#include "base/memory.h"
#include "base/rng.h"
#include "plan/program.h"
#include "search/list_schedule.h"
#include "plan/lower.h"
#include "policy/policy.h"
#include "plan/walk.h"

#include <stdlib.h>
#include <string.h>

/* This search is our own. For given costs, latency and memory it keeps the
 * shortest of
 *
 *   - every policy that suits the shape and fits the memory,
 *   - list schedules with every combination of a few rules, the same on all
 *     ranks,
 *   - list schedules found from the best of those by local search: change the
 *     rules of one or two ranks, keep the change unless the plan gets longer.
 *
 * So its plan is never longer than that of a policy. The search is bounded in
 * actions, not in seconds: the same task gives the same plan on every machine.
 * It ends early when the makespan reaches the lower bound of
 * greedy_bound(). */
enum {
    SEARCH_ACTIONS = 10 * 1000 * 1000, /* scheduled by each kind of search */
    MOST_CHANGES = 1500                /* of rules in a local search */
};

/* The best plan so far. */
struct candidate {
    struct plan *plan; /* owned; NULL if none */
    int64_t makespan;  /* INT64_MAX if none */
};

/* The best list schedule on one placement. */
struct listing {
    const struct search_task *task;
    const struct plan *shape; /* empty, with its placement */
    int64_t bound;
    struct greedy_rule *rules; /* ranks */
    int64_t makespan;
};

/* Number of list schedules that one kind of search may try:
 * SEARCH_ACTIONS / (3 S M), at most `most`. */
static int
tries(const struct search_task *task, int most)
{
    int64_t actions = 3 * (int64_t)task->stages * task->mbs;

    return SEARCH_ACTIONS / actions < most ? (int)(SEARCH_ACTIONS / actions)
                                           : most;
}

/* Renumbers the backwards of each stage 0, 1, ... in their order. All
 * microbatches take the same time, so no action starts later, and weight
 * gradients are added in ascending order. */
static void
put_in_order(struct plan *plan)
{
    int *next = memory_new((size_t)plan->stages, sizeof *next);

    for (int r = 0; r < plan->ranks; r++)
        for (size_t i = 0; i < plan->lists[r].count; i++) {
            struct action *action = &plan->lists[r].at[i];

            if (action->kind == ACTION_FULL_BACKWARD)
                action->mb = next[action->stage]++;
        }
    free(next);
}

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

/* Whether a plan is valid and fits the memory; puts its backwards in order. */
static bool
fits(struct plan *plan, int max_activations)
{
    struct cause cause;
    struct program *program;
    bool fit = true;

    program = program_make(plan, &cause);
    if (!program)
        return false;
    for (int r = 0; max_activations > 0 && r < plan->ranks; r++)
        fit = fit && program->peak_activations[r] <= max_activations;
    if (program->unordered_stage >= 0 &&
        !plan_has(plan, ACTION_BACKWARD_INPUT))
        put_in_order(plan);
    program_free(program);
    return fit;
}

/* Takes ownership of a plan; keeps it as the best if it is shorter. */
static bool
keep(struct candidate *best, struct plan *plan, const struct cost *cost)
{
    int64_t makespan = last_end(plan, cost);

    if (makespan >= best->makespan) {
        plan_free(plan);
        return false;
    }
    plan_free(best->plan);
    *best = (struct candidate){plan, makespan};
    return true;
}

static void
try_policies(const struct search_task *task, struct candidate *best,
             struct search_result *result)
{
    struct cause cause;

    for (int i = 0; policy_at(i); i++) {
        const struct policy *policy = policy_at(i);
        struct plan *plan;

        if (!policy_suits(policy, task->ranks, task->stages, task->mbs,
                          &cause))
            continue;
        plan = policy_plan(policy, task->ranks, task->stages, task->mbs);
        plan->freed_by_input = task->freed_by_input;
        if (!fits(plan, task->max_activations)) {
            plan_free(plan);
        } else if (keep(best, plan, task->cost)) {
            result->beaten = policy->name;
            result->beaten_makespan = best->makespan;
        }
    }
}

/* The largest useful cap of a rule: the limit, or all S/P * M activations. */
static int
largest_cap(const struct search_task *task)
{
    return task->max_activations ? task->max_activations
                                 : task->stages / task->ranks * task->mbs;
}

/* The caps to try, by level 0 .. 2: what 1F1B holds, what ZB-H2 holds, and the
 * largest. */
static int
cap_at(const struct search_task *task, int rank, int level)
{
    int chunks = task->stages / task->ranks;
    int most = largest_cap(task);
    int caps[] = {chunks * (task->ranks - rank),
                  chunks * (2 * (task->ranks - rank) - 1), most};

    return caps[level] < most ? caps[level] : most;
}

/* Tries all RULES combinations of rules, the same on all ranks (caps differ);
 * for a large shape only as many as tries() allows. */
static void
try_rules(struct listing *listing)
{
    enum { RULES = 2 * 3 * GREEDY_ORDERS * 2 * 3 };
    const struct search_task *task = listing->task;
    size_t ranks = (size_t)task->ranks;
    struct greedy_rule *rules = memory_new(ranks, sizeof *rules);
    int most = tries(task, RULES);

    listing->makespan = INT64_MAX;
    for (int n = 0; n < most || n == 0; n++) {
        struct greedy_rule rule = {
            .split = n % 2,
            .order = (enum greedy_order)(n / 6 % GREEDY_ORDERS),
            .deep_first = n / 6 / GREEDY_ORDERS % 2,
            .patience = 2 * (n / 12 / GREEDY_ORDERS),
        };
        int64_t makespan;

        for (int r = 0; r < task->ranks; r++) {
            rules[r] = rule;
            rules[r].cap = cap_at(task, r, n / 2 % 3);
        }
        makespan = greedy_schedule(NULL, listing->shape, task->cost, rules);
        if (makespan < listing->makespan) {
            listing->makespan = makespan;
            memcpy(listing->rules, rules, ranks * sizeof *rules);
        }
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
search_climb(struct listing *listing)
{
    const struct search_task *task = listing->task;
    size_t ranks = (size_t)task->ranks;
    int chunks = task->stages / task->ranks;
    int most = tries(task, MOST_CHANGES);
    struct greedy_rule *rules = memory_new(ranks, sizeof *rules);
    struct rng rng;

    rng_init(&rng, 0, RNG_SEARCH, 0);
    for (int n = 0; n < most && listing->makespan > listing->bound; n++) {
        int changes = 1 + (int)rng_below(&rng, 2);
        int64_t makespan;

        memcpy(rules, listing->rules, ranks * sizeof *rules);
        for (int c = 0; c < changes; c++)
            change(&rules[rng_below(&rng, (uint32_t)ranks)], &rng, chunks,
                   largest_cap(task));
        makespan = greedy_schedule(NULL, listing->shape, task->cost, rules);
        /* Also at equal length: further changes may then shorten it. */
        if (makespan <= listing->makespan) {
            listing->makespan = makespan;
            memcpy(listing->rules, rules, ranks * sizeof *rules);
        }
    }
    free(rules);
}

static struct plan *
empty_shape(const struct search_task *task, enum placement placement)
{
    struct plan *shape = placement_plan(placement, "greedy", task->ranks,
                                        task->stages, task->mbs);

    shape->freed_by_input = task->freed_by_input;
    return shape;
}

static void
try_lists(const struct search_task *task, enum placement placement,
          int64_t bound, struct candidate *best)
{
    struct plan *plan = empty_shape(task, placement);
    struct listing listing = {
        .task = task,
        .shape = plan,
        .bound = bound,
        .rules = memory_new((size_t)task->ranks, sizeof *listing.rules),
    };

    try_rules(&listing);
    search_climb(&listing);
    greedy_schedule(plan, plan, task->cost, listing.rules);
    free(listing.rules);
    keep(best, plan, task->cost);
}

static int64_t
bound_of(const struct search_task *task, const enum placement placements[],
         int count)
{
    int64_t bound = INT64_MAX;

    for (int i = 0; i < count; i++) {
        struct plan *shape = empty_shape(task, placements[i]);
        int64_t here = greedy_bound(shape, task->cost);

        if (here < bound)
            bound = here;
        plan_free(shape);
    }
    return bound;
}

/* One kind of search after the other, until the bound is reached. */
static struct candidate
search(const struct search_task *task, struct search_result *result)
{
    static const enum placement placements[] = {PLACEMENT_LOOPED,
                                                PLACEMENT_WAVE};
    int count = task->stages % (2 * task->ranks) == 0 ? 2 : 1;
    struct candidate best = {NULL, INT64_MAX};

    result->bound = bound_of(task, placements, count);
    try_policies(task, &best, result);
    for (int i = 0; i < count && best.makespan > result->bound; i++)
        try_lists(task, placements[i], result->bound, &best);
    return best;
}

struct plan *
search_greedy(const struct search_task *task, struct search_result *result,
              struct cause *cause)
{
    int chunks = task->stages / task->ranks;
    struct candidate best;

    *result = (struct search_result){.beaten = NULL};
    if (task->max_activations > 0 && task->max_activations < chunks) {
        fail(cause,
             "room for %d activations is less than the %d stages of a rank, "
             "which a microbatch needs; allow %d or more",
             task->max_activations, chunks, chunks);
        return NULL;
    }
    best = search(task, result);
    result->makespan = best.makespan;
    plan_rename(best.plan, "greedy");
    return best.plan;
}
