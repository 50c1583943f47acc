/* list_search.c -- tries rules and building blocks for list schedules, changes
 * those of the best, and keeps the shortest. */
#include "config.h"

#include "search/list_search.h"

#include "base/memory.h"
#include "base/rng.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* ACTIONS scheduled by each part, but not more list schedules than MOST; of a
 * local search CHANGES. */
enum { ACTIONS = 300 * 1000, MOST = 400, CHANGES = 200 };

/* Rules that a part of the search tries, and its best so far. */
struct candidates {
    const struct list_search *search;
    struct list_rules trial;
    struct list_rules best;
    struct list_times times; /* of the best; INT64_MAX: none yet */
    int left;                /* list schedules that may be tried */
};

static struct list_rules
new_rules(const struct problem *p)
{
    return (struct list_rules){
        .ranks = memory_new((size_t)p->ranks, sizeof(struct list_rule)),
        .starts = memory_new((size_t)p->stages, sizeof(struct block_start)),
        .pairs = p->blocks,
    };
}

static void
copy_rules(const struct problem *p, struct list_rules *to,
           const struct list_rules *from)
{
    struct list_rule *ranks = to->ranks;
    struct block_start *starts = to->starts;

    memcpy(ranks, from->ranks, (size_t)p->ranks * sizeof *ranks);
    memcpy(starts, from->starts, (size_t)p->stages * sizeof *starts);
    *to = *from;
    to->ranks = ranks;
    to->starts = starts;
}

/* At most `most` list schedules, by the size of the shape. */
static int
tries(const struct problem *p, int most)
{
    int64_t actions = 3 * (int64_t)p->stages * p->mbs;

    return ACTIONS / actions < most ? (int)(ACTIONS / actions) : most;
}

static void
begin_candidates(struct candidates *c, const struct list_search *search)
{
    *c = (struct candidates){
        .search = search,
        .trial = new_rules(search->problem),
        .best = new_rules(search->problem),
        .times = {INT64_MAX, INT64_MAX},
        .left = tries(search->problem, MOST),
    };
}

static void
end_candidates(struct candidates *c)
{
    free(c->trial.ranks);
    free(c->trial.starts);
    free(c->best.ranks);
    free(c->best.starts);
}

static int64_t
first_of(const struct list_search *search, const struct list_times *times)
{
    return search->for_makespan ? times->makespan : times->span;
}

static bool
is_no_longer(const struct list_search *search, const struct list_times *a,
             const struct list_times *b)
{
    if (first_of(search, a) != first_of(search, b))
        return first_of(search, a) < first_of(search, b);
    return search->for_makespan ? a->span <= b->span
                                : a->makespan <= b->makespan;
}

/* Schedules by the trial's rules, and keeps them unless they are longer. */
static void
try_trial(struct candidates *c)
{
    const struct list_search *search = c->search;
    struct list_times most = c->times;
    struct list_times times;

    *(search->for_makespan ? &most.span : &most.makespan) = INT64_MAX;
    times = list_schedule(NULL, search->problem, &c->trial, most);

    c->left--;
    if (times.makespan == INT64_MAX ||
        !is_no_longer(search, &times, &c->times))
        return;
    c->times = times;
    copy_rules(search->problem, &c->best, &c->trial);
}

/* Whether what is found need be bettered. There is a plan in any case. */
static bool
is_wanting(const struct candidates *c)
{
    const struct list_search *search = c->search;

    if (c->times.makespan == INT64_MAX)
        return true;
    return first_of(search, &c->times) > search->enough &&
           (!search->goes_on || search->goes_on(search->asked));
}

/* Whether the part has more to try. */
static bool
is_on(const struct candidates *c)
{
    return (c->left > 0 || c->times.makespan == INT64_MAX) && is_wanting(c);
}

/* ---- rules ---- */

/* The caps to try, by level 0 .. 3: what 1F1B holds, what ZB-H2 holds, and the
 * largest, without and with the forwards of ZB-H2. */
enum { CAP_LEVELS = 4 };

static void
set_cap(const struct list_search *search, int rank, int level,
        struct list_rule *rule)
{
    const struct problem *p = search->problem;
    int left = p->ranks - rank;
    int64_t one = 0;

    for (int i = p->first[rank]; i < p->first[rank + 1]; i++)
        one += p->room.stages[p->owned[i]].stash;
    rule->cap = search->most[rank];
    rule->lead = INT_MAX;
    if (level == 0 && left * one < rule->cap)
        rule->cap = left * one;
    if (level == 1 && (2 * left - 1) * one < rule->cap)
        rule->cap = (2 * left - 1) * one;
    if (level == 3)
        rule->lead = 2 * left * (p->first[rank + 1] - p->first[rank]);
}

/* All combinations of rules, the same on all ranks (caps differ); for a large
 * shape only as many as tries() allows. */
static void
try_rules(struct candidates *c)
{
    enum { RULES = 2 * CAP_LEVELS * (LIST_BLOCK + 1) * 2 * 3 };
    int ranks = c->search->problem->ranks;
    int prompts = c->search->problem->blocks ? 2 : 1;

    for (int i = 0; i < prompts * RULES && is_on(c); i++) {
        int n = i / prompts;
        struct list_rule rule = {
            .split = n % 2 == 0,
            .prompt = i % prompts,
            .order = (enum list_order)(n / 8 % LIST_BLOCK),
            .deep_first = n / 8 / LIST_BLOCK % 2,
            .patience = 2 * (n / 16 / LIST_BLOCK),
        };

        for (int r = 0; r < ranks; r++) {
            c->trial.ranks[r] = rule;
            set_cap(c->search, r, CAP_LEVELS - 1 - n / 2 % CAP_LEVELS,
                    &c->trial.ranks[r]);
        }
        try_trial(c);
    }
}

/* A small change to the rule of one rank. */
static void
change_rule(const struct list_search *search, int rank, struct rng *rng,
            struct list_rule *rule)
{
    const struct problem *p = search->problem;
    int64_t stash = p->room.stages[p->owned[p->first[rank]]].stash;
    int64_t least = 0;

    for (int i = p->first[rank]; i < p->first[rank + 1]; i++)
        least += p->room.stages[p->owned[i]].stash;
    switch (rng_below(rng, p->blocks ? 7 : 6)) {
    case 6:
        rule->apart ^= 1u << rng_below(rng, 2);
        break;
    case 0:
        rule->order = (enum list_order)rng_below(rng, LIST_BLOCK);
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
    case 4:
        if (rule->lead == INT_MAX)
            rule->lead = stash > 0 ? (int)(rule->cap / stash) : p->mbs;
        rule->lead += (int)rng_below(rng, 5) - 2;
        rule->lead = rule->lead < 1 ? 1 : rule->lead;
        break;
    default:
        rule->cap += ((int)rng_below(rng, 9) - 4) * (stash / 2);
        if (rule->cap < least)
            rule->cap = least;
        if (rule->cap > search->most[rank])
            rule->cap = search->most[rank];
    }
}

static void
climb_rules(struct candidates *c)
{
    const struct list_search *search = c->search;
    uint32_t ranks = (uint32_t)search->problem->ranks;
    struct rng rng;

    rng_init(&rng, 0, RNG_SEARCH, 0);
    c->left = tries(search->problem, CHANGES);
    while (is_on(c)) {
        int changes = 1 + (int)rng_below(&rng, 2);

        copy_rules(search->problem, &c->trial, &c->best);
        for (int i = 0; i < changes; i++) {
            int rank = (int)rng_below(&rng, ranks);

            change_rule(search, rank, &rng, &c->trial.ranks[rank]);
        }
        /* Also at equal length: further changes may then shorten it. */
        try_trial(c);
    }
}

/* ---- building blocks ---- */

/* How a microbatch passes the ranks, in percent of the time that it takes at
 * least: forwards of the second chunk, those of the first being as fast as they
 * can, and gradients of the first and of the second. */
struct speeds {
    int forward;
    int input[2];
    int weight; /* thirds of a period from I to W */
    bool waits; /* three forwards long, before the first gradient */
};

static int64_t
times_percent(int64_t time, int percent)
{
    return time * percent / 100;
}

static void
set_starts(const struct problem *p, const struct speeds *speeds,
           struct list_rules *rules)
{
    struct block_start *at = rules->starts;
    int half = p->stages > p->ranks ? p->stages / 2 : p->stages;
    int64_t time = 0;

    for (int s = 0; s < p->stages; s++) {
        at[s].forward = time;
        time += times_percent(p->times[s].forward + p->times[s].up,
                              s >= half ? speeds->forward : 100);
    }
    time = at[p->stages - 1].forward + p->times[p->stages - 1].forward;
    if (speeds->waits)
        time += 3 * p->times[0].forward;
    for (int s = p->stages - 1; s >= 0; s--) {
        at[s].input = time;
        at[s].weight =
            time + p->times[s].input + speeds->weight * rules->period / 3;
        time += times_percent(p->times[s].input + p->times[s].down,
                              speeds->input[s >= half]);
    }
}

/* The time of a microbatch on the busiest rank. */
static int64_t
block_period(const struct problem *p)
{
    int64_t period = 1;

    for (int r = 0; r < p->ranks; r++) {
        int64_t work = 0;

        for (int i = p->first[r]; i < p->first[r + 1]; i++)
            work += p->times[p->owned[i]].work.forward +
                    p->times[p->owned[i]].work.whole;
        period = work > period ? work : period;
    }
    return period;
}

static void
try_blocks(struct candidates *c)
{
    static const int deep[] = {100, 200, 300, 400};
    static const int shallow[] = {100, 150, 200, 300};
    const struct problem *p = c->search->problem;

    c->trial.period = block_period(p);
    for (int r = 0; r < p->ranks; r++)
        c->trial.ranks[r] = (struct list_rule){
            .cap = c->search->most[r],
            .lead = INT_MAX,
            .split = true,
            .prompt = p->blocks,
            .order = LIST_BLOCK,
        };
    for (int n = 0; n < 4 * 4 * 3 * 4 && is_on(c); n++) {
        int third = n / 4 % 3;
        struct speeds speeds = {
            .waits = n % 2 == 0,
            .forward = p->blocks ? 100 * (third + 1) : 100,
            .weight = p->blocks ? 0 : third,
            .input = {shallow[n / 12 % 4], deep[n / 48 % 4]},
        };

        c->trial.reserves = n / 2 % 2 == 0;
        set_starts(p, &speeds, &c->trial);
        try_trial(c);
    }
}

/* Moves what a stage, or all stages from it to another, do of one kind. */
static void
change_block(const struct problem *p, struct rng *rng,
             struct list_rules *rules)
{
    int from = (int)rng_below(rng, (uint32_t)p->stages);
    int end = from + 1;
    uint32_t most =
        rules->period < INT32_MAX ? (uint32_t)rules->period : INT32_MAX;
    int64_t by = (int64_t)rng_below(rng, 2 * most + 1) - most;
    uint32_t kind = rng_below(rng, 3);

    if (rng_below(rng, 4) == 0)
        end += (int)rng_below(rng, (uint32_t)(p->stages - from));
    if (rng_below(rng, 2) == 0)
        by /= 4;
    for (int s = from; s < end; s++) {
        struct block_start *at = &rules->starts[s];

        if (kind == 0)
            at->forward += by;
        else if (kind == 1)
            at->input += by;
        else
            at->weight += by;
    }
}

/* Lets forwards of a stage be in blocks or not, or those of as many ranks. */
static void
change_pairs(const struct problem *p, struct rng *rng,
             struct list_rules *rules)
{
    unsigned stage = 1u << rng_below(rng, 2);
    int from = (int)rng_below(rng, (uint32_t)p->ranks);
    int end = from + 1;

    if (rng_below(rng, 4) == 0)
        end += (int)rng_below(rng, (uint32_t)(p->ranks - from));
    for (int r = from; r < end; r++)
        rules->ranks[r].apart ^= stage;
}

static void
climb_blocks(struct candidates *c)
{
    const struct problem *p = c->search->problem;
    struct rng rng;

    rng_init(&rng, 0, RNG_SEARCH, 1);
    c->left = tries(p, CHANGES);
    while (is_on(c)) {
        int changes = 1 + (int)rng_below(&rng, 3);

        copy_rules(p, &c->trial, &c->best);
        if (rng_below(&rng, 8) == 0)
            c->trial.reserves = !c->trial.reserves;
        for (int i = 0; i < changes; i++)
            if (p->blocks && rng_below(&rng, 2) == 0)
                change_pairs(p, &rng, &c->trial);
            else
                change_block(p, &rng, &c->trial);
        try_trial(c);
    }
}

void
list_search(const struct list_search *search, struct plan *plan)
{
    struct candidates rules;
    struct candidates blocks;

    begin_candidates(&rules, search);
    begin_candidates(&blocks, search);
    try_rules(&rules);
    if (is_wanting(&rules)) {
        try_blocks(&blocks);
        climb_blocks(&blocks);
        climb_rules(&rules);
    }
    list_schedule(plan, search->problem,
                  blocks.times.makespan < INT64_MAX &&
                          is_no_longer(search, &blocks.times, &rules.times)
                      ? &blocks.best
                      : &rules.best,
                  (struct list_times){INT64_MAX, INT64_MAX});
    end_candidates(&rules);
    end_candidates(&blocks);
}
