/* beam.c -- searches level by level, with dominance and bounds. */
#include "config.h"

#include "search/beam.h"

#include "base/memory.h"
#include "search/beam_level.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Which actions may come next: of all that can run, on all ranks, let one end
 * first. On its rank, the next action either starts before that end or leaves
 * a gap for the first one. Only actions that can run now start before that
 * end: each of them is tried (Giffler and Thompson, 1960).
 *
 * To fill a gap never makes a plan longer, but a forward takes memory early,
 * and a backward alone may have been worth more in a block. Then a plan may
 * also pass them: none of these actions is the next of the rank. The rank's
 * next one then starts no earlier than any action ends that fills a gap for
 * nothing. */

/* A block, the longest action, moves on by three levels. */
enum { LEVELS = 4, ASK_EVERY = 256 };

/* An action that a rank could run next. */
struct option {
    struct action action;
    int64_t start;
    int64_t end;
};

struct beam_run {
    struct beam *beam;
    const struct problem *problem;
    struct beginning state; /* that is looked at */
    struct beam_level *levels;
    struct option *options; /* of one rank, for list_options() */
    struct option *tried;   /* of the rank that branch() looks at */
    struct beam_node *best; /* the end of the best plan, or NULL */
    int64_t looked;         /* beginnings */
    bool stopped;
};

/* ---- what may come next ---- */

static int
level_of(const struct beginning *b)
{
    int level = 0;

    for (int s = 0; s < b->problem->stages; s++)
        level += b->stages[s].forwards + b->stages[s].backwards +
                 b->stages[s].weights;
    return level;
}

/* A beginning to look at further: with this action after a node. */
static void
enter(struct beam_run *run, struct beam_node *node,
      const struct beam_entry *bounds, int level)
{
    const struct beginning *b = &run->state;
    struct beam_entry entry = *bounds;
    int rank = run->problem->shape->rank_of_stage[node->action.stage];

    entry.node = node;
    beam_entry_pack(&entry, b, rank);
    beam_level_insert(&run->levels[level % LEVELS], run->problem, &entry);
}

/* Looks at a beginning with one more action. */
static void
try_option(struct beam_run *run, struct beam_node *parent,
           const struct option *option)
{
    const struct problem *p = run->problem;
    struct beginning *b = &run->state;
    int rank = p->shape->rank_of_stage[option->action.stage];
    int64_t clock = b->clock[rank];
    struct beam_entry bounds = {.next = -1};
    struct beam_node *node;
    int level;

    beginning_run(b, &option->action, option->end);
    level = level_of(b);
    bounds.bound = beginning_bound(b, &bounds.likely);
    if (bounds.bound < run->beam->below) {
        node = memory_new(1, sizeof *node);
        *node = (struct beam_node){parent, option->action, 1};
        if (parent)
            parent->users++;
        if (level < 3 * p->stages * p->mbs) {
            enter(run, node, &bounds, level);
        } else {
            beam_node_release(run->best);
            run->best = node;
            run->beam->below = run->beam->makespan = bounds.bound;
        }
    }
    beginning_undo(b, &option->action);
    b->clock[rank] = clock;
}

static void
add_option(struct beam_run *run, int *count, struct action action,
           int64_t start)
{
    int rank = run->problem->shape->rank_of_stage[action.stage];

    if (start >= 0)
        run->options[(*count)++] = (struct option){
            action, start, start + cost_of(run->problem->cost, rank, &action)};
}

/* The blocks of a forward with a backward of its rank. A whole one takes no
 * longer, but must wait for weight gradients that are owed. */
static void
add_blocks(struct beam_run *run, int *count, int s, int64_t forward)
{
    struct beginning *b = &run->state;
    const struct problem *p = run->problem;
    int rank = p->shape->rank_of_stage[s];

    if (forward < 0 || p->cost->ticks[s][ACTION_OVERLAP_F_B] < 0)
        return;
    for (int i = p->first[rank]; i < p->first[rank + 1]; i++) {
        int other = p->owned[i];
        enum action_kind kind =
            b->stages[other].weights < b->stages[other].backwards
                ? ACTION_BACKWARD_INPUT
                : ACTION_FULL_BACKWARD;
        struct action action = beginning_next(b, s, ACTION_FORWARD);
        int64_t backward;

        if (b->stages[other].backwards == b->stages[other].forwards)
            continue;
        /* Both are in memory. */
        b->stages[s].forwards++;
        backward = beginning_ready(b, other, kind);
        b->stages[s].forwards--;
        if (backward < 0)
            continue;
        action.kind = ACTION_OVERLAP_F_B;
        action.pair_kind = (uint8_t)kind;
        action.pair_stage = (uint16_t)other;
        action.pair_mb = b->stages[other].backwards;
        add_option(run, count, action,
                   forward > backward ? forward : backward);
    }
}

/* Fills run->options with what a rank could run next; returns the number. */
static int
list_options(struct beam_run *run, int rank)
{
    static const enum action_kind kinds[] = {
        ACTION_FULL_BACKWARD, ACTION_BACKWARD_INPUT, ACTION_BACKWARD_WEIGHT,
        ACTION_FORWARD};
    const struct problem *p = run->problem;
    int count = 0;

    for (int i = p->first[rank]; i < p->first[rank + 1]; i++) {
        int s = p->owned[i];

        for (int k = 0; k < 4; k++)
            add_option(run, &count, beginning_next(&run->state, s, kinds[k]),
                       beginning_ready(&run->state, s, kinds[k]));
        add_blocks(run, &count, s,
                   beginning_ready(&run->state, s, ACTION_FORWARD));
    }
    return count;
}

/* The bit of an action in passed[] of its stage; a block's is that of its
 * backward's stage. */
static uint64_t
bit_of(const struct problem *p, const struct action *action)
{
    int place = action->kind;

    if (action->kind == ACTION_OVERLAP_F_B)
        for (int i = p->first[p->shape->rank_of_stage[action->stage]];
             p->owned[i] < action->pair_stage; i++)
            place++;
    return UINT64_C(1) << (place < 63 ? place : 63);
}

static bool
is_passed(const struct beam_run *run, const struct option *option)
{
    return run->state.passed[option->action.stage] &
           bit_of(run->problem, &option->action);
}

/* Whether to fill a gap with an action of a rank may make a plan longer. */
static bool
may_harm(const struct problem *p, int rank, const struct action *action)
{
    bool several = p->first[rank + 1] - p->first[rank] > 1;

    if (action->kind == ACTION_BACKWARD_WEIGHT)
        return false;
    return p->blocks ||
           (action->kind == ACTION_FORWARD && several && p->room.most);
}

/* The rank and the end of the action that ends first, of all that may come
 * next; -1 if there is none. */
static int
first_to_end(struct beam_run *run, struct option *first)
{
    int found = -1;

    for (int r = 0; r < run->problem->ranks; r++) {
        int count = list_options(run, r);

        for (int i = 0; i < count; i++) {
            const struct option *option = &run->options[i];

            if (is_passed(run, option) ||
                (found >= 0 && option->end >= first->end))
                continue;
            *first = *option;
            found = r;
        }
    }
    return found;
}

/* Tries all actions of a rank that may start before `first` ends, then passes
 * them. */
static void
branch(struct beam_run *run, const struct beam_entry *entry, int rank,
       const struct option *first)
{
    const struct problem *p = run->problem;
    int count = list_options(run, rank);
    struct option *options = run->tried;
    int64_t latest = INT64_MAX;

    memcpy(options, run->options, (size_t)count * sizeof *options);
    for (int i = 0; i < count; i++)
        if (is_passed(run, &options[i]) && options[i].end < latest &&
            !may_harm(p, rank, &options[i].action))
            latest = options[i].end;
    for (int i = 0; i < count; i++) {
        struct option *option = &options[i];
        bool starts_first = option->start < first->end ||
                            action_equal(&option->action, &first->action);

        if (is_passed(run, option) || !starts_first)
            continue;
        if (option->start < latest)
            try_option(run, entry->node, option);
    }
    for (int i = 0; i < count; i++)
        if (options[i].start < first->end ||
            action_equal(&options[i].action, &first->action))
            run->state.passed[options[i].action.stage] |=
                bit_of(p, &options[i].action);
}

static void
expand(struct beam_run *run, const struct beam_entry *entry)
{
    struct option first;
    int rank;

    beam_entry_unpack(entry, &run->state);
    while ((rank = first_to_end(run, &first)) >= 0) {
        branch(run, entry, rank, &first);
        if (!may_harm(run->problem, rank, &first.action))
            return;
    }
}

static bool
goes_on(struct beam_run *run)
{
    const struct beam *beam = run->beam;

    if (++run->looked % ASK_EVERY == 0 && beam->goes_on)
        run->stopped = run->stopped || !beam->goes_on(beam->asked);
    return !run->stopped;
}

/* Level 0: nothing is done. */
static void
begin(struct beam_run *run)
{
    const struct problem *p = run->problem;
    size_t most = 0;
    struct beam_entry entry = {.next = -1};

    beginning_init(&run->state, p);
    run->levels = memory_new(LEVELS, sizeof *run->levels);
    for (int i = 0; i < LEVELS; i++)
        beam_level_clear(&run->levels[i]);
    for (int r = 0; r < p->ranks; r++) {
        size_t owned = (size_t)(p->first[r + 1] - p->first[r]);

        most = owned > most ? owned : most;
    }
    most = 4 * most + most * most;
    run->options = memory_new(most, sizeof *run->options);
    run->tried = memory_new(most, sizeof *run->tried);
    beam_entry_pack(&entry, &run->state, 0);
    beam_level_insert(&run->levels[0], p, &entry);
}

static struct plan *
plan_of(const struct beam_run *run)
{
    const struct plan *shape = run->problem->shape;
    struct plan *plan =
        plan_new(shape->name, shape->ranks, shape->stages, shape->mbs);
    size_t count = 0;
    struct action *actions;

    memcpy(plan->rank_of_stage, shape->rank_of_stage,
           (size_t)shape->stages * sizeof *shape->rank_of_stage);
    for (const struct beam_node *n = run->best; n; n = n->parent)
        count++;
    actions = memory_new(count, sizeof *actions);
    for (const struct beam_node *n = run->best; n; n = n->parent)
        actions[--count] = n->action;
    for (const struct beam_node *n = run->best; n; n = n->parent)
        count++;
    for (size_t i = 0; i < count; i++)
        plan_add(plan, plan->rank_of_stage[actions[i].stage], actions[i]);
    free(actions);
    return plan;
}

struct plan *
beam_search(struct beam *beam, const struct problem *problem)
{
    struct beam_run run = {.beam = beam, .problem = problem};
    struct plan *plan = NULL;

    beam->proven = true;
    begin(&run);
    for (int l = 0; l < 3 * problem->stages * problem->mbs; l++) {
        struct beam_level *level = &run.levels[l % LEVELS];

        if (beam_level_narrow(level, beam->below, (size_t)beam->width))
            beam->proven = false;
        for (size_t i = 0; i < level->count && goes_on(&run); i++)
            if (level->entries[i].bound < beam->below)
                expand(&run, &level->entries[i]);
        beam_level_clear(level);
    }
    if (run.best)
        plan = plan_of(&run);
    beam_node_release(run.best);
    beam->proven = beam->proven && !run.stopped;
    for (int i = 0; i < LEVELS; i++) {
        beam_level_clear(&run.levels[i]);
        free(run.levels[i].entries);
    }
    free(run.levels);
    free(run.options);
    free(run.tried);
    beginning_fini(&run.state);
    return plan;
}
