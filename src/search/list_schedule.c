/* list_schedule.c -- makes plans by list scheduling. */
#include "config.h"

#include "search/list_schedule.h"

#include "base/memory.h"
#include "search/beginning.h"

#include <stdlib.h>

static const int64_t NEVER = INT64_MAX;

struct list_rank {
    int64_t look;  /* when it next looks for work, or NEVER */
    int64_t start; /* of its first action, or NEVER */
    int64_t left;  /* of its work, at the least */
    bool was_forward;
};

struct listing {
    const struct problem *problem;
    const struct list_rules *rules;
    struct list_times most;
    bool stopped;      /* it takes more */
    struct plan *plan; /* or NULL */
    struct beginning state;
    struct list_rank *ranks;
};

/* An action that a rank could run. */
struct choice {
    struct action action;
    int64_t when; /* it is ready, or NEVER */
    int64_t rank; /* of preference: the lowest is preferred */
};

/* ---- preferences ---- */

/* When the block has an action. */
static int64_t
block_time(const struct listing *l, const struct action *action)
{
    const struct block_start *at = &l->rules->starts[action->stage];

    return action->mb * l->rules->period +
           (action->kind == ACTION_FORWARD           ? at->forward
            : action->kind == ACTION_BACKWARD_WEIGHT ? at->weight
                                                     : at->input);
}

/* Lower is preferred: first by kind, then by stage or microbatch. */
static int64_t
preference(const struct listing *l, int rank, const struct action *action)
{
    const struct list_rule *rule = &l->rules->ranks[rank];
    bool forward = action->kind == ACTION_FORWARD;
    bool first = forward;

    if (rule->order == LIST_BLOCK)
        return block_time(l, action);
    if (rule->order == LIST_BACKWARD_FIRST)
        first = !forward;
    else if (rule->order == LIST_ALTERNATE)
        first = forward != l->ranks[rank].was_forward;
    return (first ? 0 : INT64_C(1) << 32) +
           (rule->deep_first ? -(int64_t)action->stage : action->mb);
}

/* Whether a rank, with a forward more, has room for the forwards of its other
 * stages that the block runs before that one, if nothing is freed until
 * then. */
static bool
reserves(const struct listing *l, int rank, const struct action *forward)
{
    const struct problem *p = l->state.problem;
    int64_t time = block_time(l, forward);
    int64_t held = p->room.stages[forward->stage].stash;

    for (int i = p->first[rank]; i < p->first[rank + 1]; i++) {
        int s = p->owned[i];
        const struct stage_count *at = &l->state.stages[s];
        int64_t ahead = time - l->rules->starts[s].forward;
        int64_t before =
            ahead > 0 ? (ahead + l->rules->period - 1) / l->rules->period : 0;

        held += problem_held(p, s, at->forwards, at->backwards, at->weights);
        before = before < p->mbs ? before : p->mbs;
        if (s != forward->stage && before > at->forwards)
            held += (before - at->forwards) * p->room.stages[s].stash;
    }
    return held <= p->room.most[rank];
}

static void
consider(struct choice *best, struct choice choice, int64_t now)
{
    bool ready = choice.when <= now;
    bool best_ready = best->when <= now;

    if (best->when == NEVER || (ready != best_ready ? ready
                                : ready             ? choice.rank < best->rank
                                        : choice.when < best->when))
        *best = choice;
}

/* Whether a rank's forwards are as far ahead as they may be. Those of its
 * oldest microbatch may always run, so that this one can go on. */
static bool
leads(const struct listing *l, int rank, const struct action *forward)
{
    const struct problem *p = l->problem;
    int oldest = p->mbs;
    int ahead = 0;

    for (int i = p->first[rank]; i < p->first[rank + 1]; i++) {
        const struct stage_count *at = &l->state.stages[p->owned[i]];

        ahead += at->forwards - at->backwards;
        oldest = at->backwards < oldest ? at->backwards : oldest;
    }
    return ahead >= l->rules->ranks[rank].lead && forward->mb > oldest;
}

/* The next action of a kind on a stage as a choice. */
static void
consider_next(const struct listing *l, int rank, int stage,
              enum action_kind kind, int64_t now, struct choice *best)
{
    struct choice choice = {
        .when = beginning_ready(&l->state, stage, kind),
    };

    if (choice.when < 0)
        return;
    choice.action = beginning_next(&l->state, stage, kind);
    if (kind == ACTION_FORWARD &&
        (leads(l, rank, &choice.action) ||
         (l->rules->reserves && !reserves(l, rank, &choice.action))))
        return;
    choice.rank = preference(l, rank, &choice.action);
    consider(best, choice, now);
}

/* The kind of backward that a rank would run on a stage, in a block or alone: a
 * whole one where it does not split them, but not before a weight gradient that
 * is owed. */
static enum action_kind
backward_kind(const struct listing *l, int rank, int stage, bool alone)
{
    const struct stage_count *at = &l->state.stages[stage];
    const struct list_rule *rule = &l->rules->ranks[rank];

    return (rule->split && (alone || !rule->prompt)) ||
                   at->weights < at->backwards
               ? ACTION_BACKWARD_INPUT
               : ACTION_FULL_BACKWARD;
}

/* The forward (or backward, or either) to run next: the preferred one of those
 * that are ready now, else the one that is ready first. */
static struct choice
choose(const struct listing *l, int rank, int64_t now, bool forwards,
       bool backwards)
{
    const struct problem *p = l->problem;
    struct choice best = {.when = NEVER};

    for (int i = p->first[rank]; i < p->first[rank + 1]; i++) {
        int s = p->owned[i];

        if (forwards)
            consider_next(l, rank, s, ACTION_FORWARD, now, &best);
        if (backwards)
            consider_next(l, rank, s, backward_kind(l, rank, s, forwards), now,
                          &best);
    }
    return best;
}

/* The preferred weight gradient that is owed: the oldest, or the block's
 * first. */
static struct choice
choose_weight(const struct listing *l, int rank, int64_t now)
{
    const struct problem *p = l->problem;
    struct choice best = {.when = NEVER};

    for (int i = p->first[rank + 1] - 1; i >= p->first[rank]; i--) {
        struct choice choice = {
            .when = beginning_ready(&l->state, p->owned[i],
                                    ACTION_BACKWARD_WEIGHT),
        };

        if (choice.when < 0)
            continue;
        choice.action =
            beginning_next(&l->state, p->owned[i], ACTION_BACKWARD_WEIGHT);
        choice.rank = l->rules->ranks[rank].order == LIST_BLOCK
                          ? block_time(l, &choice.action)
                          : choice.action.mb;
        consider(&best, choice, now);
    }
    return best;
}

/* ---- running ---- */

static void
look_at(struct listing *l, int stage, int64_t when)
{
    int rank = l->problem->shape->rank_of_stage[stage];
    int64_t clock = l->state.clock[rank];

    when = when > clock ? when : clock;
    if (when < l->ranks[rank].look)
        l->ranks[rank].look = when;
}

/* Lets the receivers of what an action made look for work when it is there. */
static void
wake_receivers(struct listing *l, const struct action *action, int64_t end)
{
    const struct problem *p = l->problem;
    struct action parts[2];
    int count = action_parts(action, parts);

    for (int i = 0; i < count; i++) {
        int s = parts[i].stage;

        if (parts[i].kind == ACTION_FORWARD) {
            if (s + 1 < p->stages)
                look_at(l, s + 1, end + p->times[s].up);
        } else if (parts[i].kind != ACTION_BACKWARD_WEIGHT && s > 0) {
            look_at(l, s - 1, end + p->times[s].down);
        }
    }
}

/* What is still to do after an action, at the least. */
static void
take_work(struct listing *l, struct list_rank *at, const struct action *action)
{
    struct action parts[2];
    int count = action_parts(action, parts);

    for (int i = 0; i < count; i++) {
        const struct stage_times *t = &l->problem->times[parts[i].stage];

        at->left -= parts[i].kind == ACTION_FORWARD           ? t->work.forward
                    : parts[i].kind == ACTION_BACKWARD_WEIGHT ? t->work.weight
                                                              : t->work.whole;
        if (parts[i].kind == ACTION_BACKWARD_INPUT)
            at->left += t->work.weight;
    }
}

static void
list_run(struct listing *l, int rank, const struct action *action, int64_t now)
{
    int64_t end = now + cost_of(l->problem->cost, rank, action);
    struct list_rank *at = &l->ranks[rank];

    if (l->plan)
        plan_add(l->plan, rank, *action);
    beginning_run(&l->state, action, end);
    at->look = end;
    if (at->start == NEVER)
        at->start = now;
    if (action->kind != ACTION_BACKWARD_WEIGHT)
        at->was_forward = action->kind == ACTION_FORWARD;
    wake_receivers(l, action, end);
    take_work(l, at, action);
    l->stopped = l->stopped || end + at->left > l->most.makespan ||
                 end + at->left - at->start > l->most.span;
}

static bool
is_apart(const struct listing *l, int rank, int stage)
{
    const int *owned = &l->problem->owned[l->problem->first[rank]];
    int n = 0;

    while (owned[n] != stage)
        n++;
    return n < 32 && l->rules->ranks[rank].apart >> n & 1;
}

/* A forward and a backward that are both ready, as one block, where that is
 * shorter. */
static bool
run_pair(struct listing *l, int rank, int64_t now)
{
    const struct cost *cost = l->problem->cost;
    struct choice forward = choose(l, rank, now, true, false);
    struct choice backward;
    struct action block = forward.action;
    bool shorter;

    if (forward.when > now || is_apart(l, rank, block.stage))
        return false;
    /* The forward is in memory beside the backward. */
    l->state.stages[block.stage].forwards++;
    backward = choose(l, rank, now, false, true);
    l->state.stages[block.stage].forwards--;
    if (backward.when > now || (backward.action.stage == block.stage &&
                                backward.action.mb == block.mb))
        return false;
    block.kind = ACTION_OVERLAP_F_B;
    block.pair_kind = backward.action.kind;
    block.pair_stage = backward.action.stage;
    block.pair_mb = backward.action.mb;
    shorter = cost_of(cost, rank, &block) <
              cost_of(cost, rank, &forward.action) +
                  cost_of(cost, rank, &backward.action);
    if (shorter)
        list_run(l, rank, &block, now);
    return shorter;
}

/* In the order of a block, a weight gradient waits until all others of the
 * rank's actions that are ready come later; after the rank's last forward,
 * until nothing else is ready. */
static bool
weight_is_due(const struct listing *l, int rank, const struct choice *choice,
              const struct choice *weight)
{
    const struct problem *p = l->problem;
    bool draining = true;

    if (l->rules->ranks[rank].order != LIST_BLOCK || weight->when == NEVER)
        return false;
    for (int i = p->first[rank]; i < p->first[rank + 1]; i++)
        draining = draining && l->state.stages[p->owned[i]].forwards == p->mbs;
    return !draining && weight->rank < choice->rank;
}

/* Whether a rank that could run nothing else before runs a weight gradient. */
static bool
weight_fits(const struct listing *l, int rank, const struct choice *choice,
            const struct choice *weight, int64_t now)
{
    int64_t wait;

    if (weight->when == NEVER)
        return false;
    wait = cost_of(l->problem->cost, rank, &weight->action) *
           l->rules->ranks[rank].patience / 4;
    return choice->when == NEVER || choice->when - now >= wait;
}

static void
look(struct listing *l, int rank)
{
    int64_t now = l->ranks[rank].look;
    struct choice weight = choose_weight(l, rank, now);
    struct choice choice;

    if (l->rules->ranks[rank].prompt && weight.when <= now) {
        list_run(l, rank, &weight.action, now);
        return;
    }
    if (l->rules->pairs && run_pair(l, rank, now))
        return;
    choice = choose(l, rank, now, true, true);
    if (choice.when <= now && !weight_is_due(l, rank, &choice, &weight))
        list_run(l, rank, &choice.action, now);
    else if (choice.when <= now || weight_fits(l, rank, &choice, &weight, now))
        list_run(l, rank, &weight.action, now);
    else
        l->ranks[rank].look = choice.when;
}

static struct list_times
times_of(const struct listing *l)
{
    const struct problem *p = l->problem;
    struct list_times times = {0, 0};

    if (l->stopped)
        return (struct list_times){NEVER, NEVER};
    for (int s = 0; s < p->stages; s++)
        if (l->state.stages[s].weights < p->mbs)
            return (struct list_times){NEVER, NEVER};
    for (int r = 0; r < p->ranks; r++) {
        int64_t end = l->state.clock[r] + p->steps[r];

        if (end > times.makespan)
            times.makespan = end;
        if (end - l->ranks[r].start > times.span)
            times.span = end - l->ranks[r].start;
    }
    return times;
}

/* The rank that looks for work next, or -1. */
static int
first_to_look(const struct listing *l)
{
    int64_t first = NEVER;
    int rank = -1;

    for (int r = 0; r < l->problem->ranks; r++)
        if (l->ranks[r].look < first) {
            first = l->ranks[r].look;
            rank = r;
        }
    return rank;
}

struct list_times
list_schedule(struct plan *plan, const struct problem *problem,
              const struct list_rules *rules, struct list_times most)
{
    int64_t *caps = memory_new((size_t)problem->ranks, sizeof *caps);
    struct room room = {problem->room.stages, caps};
    struct problem held = *problem;
    struct listing l = {
        .problem = problem,
        .rules = rules,
        .most = most,
        .plan = plan,
        .ranks = memory_new((size_t)problem->ranks, sizeof *l.ranks),
    };
    struct list_times times;

    held.room = room;
    beginning_init(&l.state, &held);
    for (int r = 0; r < problem->ranks; r++) {
        caps[r] = rules->ranks[r].cap;
        l.ranks[r].start = NEVER;
        l.ranks[r].left = problem_work(problem, r);
    }
    for (int next; !l.stopped && (next = first_to_look(&l)) >= 0;)
        look(&l, next);
    times = times_of(&l);
    beginning_fini(&l.state);
    free(l.ranks);
    free(caps);
    return times;
}
