/* list_schedule.c -- makes plans by list scheduling, and computes a lower
 * bound of their makespans. */
#include "config.h"

#include "search/list_schedule.h"

#include "base/memory.h"
#include "plan/footprint.h"

#include <stdlib.h>

static const int64_t NEVER = INT64_MAX;

/* The next microbatch of each kind on a stage. */
struct stage_state {
    int forward;
    int backward;
    int weight;
    int64_t *input;    /* mbs: when the input is there, or NEVER */
    int64_t *gradient; /* mbs: when the output's gradient is, or NEVER */
};

struct rank_state {
    int64_t free;     /* when its present action ends */
    int64_t look;     /* when it next looks for work, or NEVER */
    int64_t promised; /* millionths of activations reserved: microbatches begun
                       * x the rank's stages, minus what is freed */
    int begun;        /* microbatches */
    bool was_forward;
    int *stages; /* count */
    int count;
};

struct greedy {
    const struct plan *shape;
    const struct cost *cost;
    const struct greedy_rule *rules;
    struct footprint_rule memory;
    struct plan *plan; /* or NULL */
    struct stage_state *stages;
    struct rank_state *ranks;
    int64_t *times; /* behind the stages' arrays */
    int *owned;     /* behind the ranks' */
};

/* An action that a rank could run. */
struct choice {
    enum action_kind kind;
    int stage;
    int mb;
    int64_t when; /* it is ready */
    int rank;     /* of preference: the lowest is preferred */
};

static void
set_up(struct greedy *g)
{
    const struct plan *shape = g->shape;
    size_t mbs = (size_t)shape->mbs;
    size_t stages = (size_t)shape->stages;
    int used = 0;

    g->stages = memory_new(stages, sizeof *g->stages);
    g->ranks = memory_new((size_t)shape->ranks, sizeof *g->ranks);
    g->times = memory_new(2 * stages * mbs, sizeof *g->times);
    g->owned = memory_new(stages, sizeof *g->owned);
    for (size_t s = 0; s < stages; s++) {
        g->stages[s].input = g->times + 2 * s * mbs;
        g->stages[s].gradient = g->stages[s].input + mbs;
        for (size_t m = 0; m < mbs; m++) {
            g->stages[s].input[m] = s == 0 ? 0 : NEVER;
            g->stages[s].gradient[m] = NEVER;
        }
    }
    for (int r = 0; r < shape->ranks; r++) {
        g->ranks[r].stages = g->owned + used;
        for (int s = 0; s < shape->stages; s++)
            if (shape->rank_of_stage[s] == r)
                g->ranks[r].stages[g->ranks[r].count++] = s;
        used += g->ranks[r].count;
        g->ranks[r].look = 0;
    }
}

static void
tear_down(struct greedy *g)
{
    free(g->stages);
    free(g->ranks);
    free(g->times);
    free(g->owned);
}

/* Lower is preferred: first by kind (bit 26), then by stage or microbatch. */
static int
preference(const struct greedy *g, int rank, bool forward, int position,
           int mb)
{
    const struct greedy_rule *rule = &g->rules[rank];
    bool first = forward;

    if (rule->order == GREEDY_BACKWARD_FIRST)
        first = !forward;
    else if (rule->order == GREEDY_ALTERNATE)
        first = forward != g->ranks[rank].was_forward;
    return (first ? 0 : 1 << 26) +
           (rule->deep_first ? g->ranks[rank].count - position : mb);
}

/* Whether memory has room for a forward. The first forward of a microbatch on
 * a rank reserves room for all stages of the rank:
 * promised + stages of the rank <= cap. */
static bool
greedy_has_room(const struct greedy *g, int rank, int mb)
{
    const struct rank_state *state = &g->ranks[rank];

    return mb < state->begun ||
           state->promised + state->count * (int64_t)ACTIVATION_ONE <=
               g->rules[rank].cap * (int64_t)ACTIVATION_ONE;
}

static void
consider(struct choice *best, struct choice choice, int64_t now)
{
    bool ready = choice.when <= now;
    bool best_ready = best->when <= now;

    if (choice.when == NEVER)
        return;
    if (ready != best_ready ? ready
        : ready             ? choice.rank < best->rank
                            : choice.when < best->when)
        *best = choice;
}

/* The forward or backward to run next: the preferred one of those that are
 * ready now, else the one that is ready first. */
static struct choice
greedy_choose(const struct greedy *g, int rank, int64_t now)
{
    const struct rank_state *state = &g->ranks[rank];
    int mbs = g->shape->mbs;
    struct choice best = {.when = NEVER};

    for (int i = 0; i < state->count; i++) {
        int s = state->stages[i];
        const struct stage_state *stage = &g->stages[s];

        if (stage->forward < mbs && greedy_has_room(g, rank, stage->forward))
            consider(
                &best,
                (struct choice){ACTION_FORWARD, s, stage->forward,
                                stage->input[stage->forward],
                                preference(g, rank, true, i, stage->forward)},
                now);
        if (stage->backward < stage->forward)
            consider(&best,
                     (struct choice){
                         g->rules[rank].split ? ACTION_BACKWARD_INPUT
                                              : ACTION_FULL_BACKWARD,
                         s, stage->backward, stage->gradient[stage->backward],
                         preference(g, rank, false, i, stage->backward)},
                     now);
    }
    return best;
}

/* The oldest weight gradient that can run; false if there is none. */
static bool
owed_weight(const struct greedy *g, int rank, struct choice *choice)
{
    const struct rank_state *state = &g->ranks[rank];
    bool found = false;

    for (int i = state->count - 1; g->rules[rank].split && i >= 0; i--) {
        int s = state->stages[i];
        const struct stage_state *stage = &g->stages[s];

        if (stage->weight < stage->backward &&
            (!found || stage->weight < choice->mb)) {
            *choice = (struct choice){.kind = ACTION_BACKWARD_WEIGHT,
                                      .stage = s,
                                      .mb = stage->weight};
            found = true;
        }
    }
    return found;
}

/* Sets when a stage's input or gradient is there; its rank looks for work
 * then. */
static void
greedy_deliver(struct greedy *g, int64_t *slot, int stage, int64_t when)
{
    struct rank_state *state = &g->ranks[g->shape->rank_of_stage[stage]];
    int64_t look = when > state->free ? when : state->free;

    *slot = when;
    if (look < state->look)
        state->look = look;
}

static int64_t
arrival(const struct greedy *g, int from, int to, int64_t end)
{
    bool crosses =
        g->shape->rank_of_stage[from] != g->shape->rank_of_stage[to];

    return crosses ? end + cost_message(g->cost, g->shape,
                                        to > from ? 2 * from : 2 * to + 1)
                   : end;
}

static void
start(struct greedy *g, int rank, const struct choice *choice, int64_t now)
{
    struct action action = action_of(choice->kind, choice->stage, choice->mb);
    struct rank_state *state = &g->ranks[rank];
    struct stage_state *stage = &g->stages[choice->stage];
    int s = choice->stage;
    int mb = choice->mb;
    int64_t end = now + cost_of(g->cost, rank, &action);

    state->free = end;
    state->look = end;
    if (g->plan)
        plan_add(g->plan, rank, action);
    state->promised -= footprint_freed(&g->memory, &action);
    if (choice->kind == ACTION_BACKWARD_WEIGHT) {
        stage->weight++;
        return;
    }
    state->was_forward = choice->kind == ACTION_FORWARD;
    if (choice->kind == ACTION_FORWARD) {
        stage->forward++;
        if (mb == state->begun) {
            state->begun++;
            state->promised += state->count * (int64_t)ACTIVATION_ONE;
        }
        if (s + 1 < g->shape->stages)
            greedy_deliver(g, &g->stages[s + 1].input[mb], s + 1,
                           arrival(g, s, s + 1, end));
        else
            greedy_deliver(g, &stage->gradient[mb], s, end);
        return;
    }
    stage->backward++;
    if (s > 0)
        greedy_deliver(g, &g->stages[s - 1].gradient[mb], s - 1,
                       arrival(g, s, s - 1, end));
}

static void
greedy_look(struct greedy *g, int rank)
{
    struct rank_state *state = &g->ranks[rank];
    int64_t now = state->look;
    struct choice choice = greedy_choose(g, rank, now);
    struct choice weight;

    if (choice.when <= now) {
        start(g, rank, &choice, now);
        return;
    }
    if (owed_weight(g, rank, &weight)) {
        struct action action =
            action_of(ACTION_BACKWARD_WEIGHT, weight.stage, weight.mb);
        int64_t wait =
            cost_of(g->cost, rank, &action) * g->rules[rank].patience / 4;

        if (choice.when == NEVER || choice.when - now >= wait) {
            start(g, rank, &weight, now);
            return;
        }
    }
    state->look = choice.when;
}

int64_t
greedy_schedule(struct plan *plan, const struct plan *shape,
                const struct cost *cost, const struct greedy_rule rules[])
{
    struct greedy g = {
        .shape = shape,
        .cost = cost,
        .rules = rules,
        .memory = {.trains = true, .freed_by_input = shape->freed_by_input},
        .plan = plan,
    };
    int64_t makespan = 0;

    set_up(&g);
    for (;;) {
        int next = 0;

        for (int r = 1; r < shape->ranks; r++)
            if (g.ranks[r].look < g.ranks[next].look)
                next = r;
        if (g.ranks[next].look == NEVER)
            break;
        greedy_look(&g, next);
    }
    for (int r = 0; r < shape->ranks; r++) {
        int64_t end = g.ranks[r].free;

        for (int i = 0; i < g.ranks[r].count; i++) {
            struct action step =
                action_of(ACTION_OPTIMIZER_STEP, g.ranks[r].stages[i], 0);

            end += cost_of(cost, r, &step);
        }
        if (end > makespan)
            makespan = end;
    }
    tear_down(&g);
    return makespan;
}

static int64_t
ticks(const struct cost *cost, enum action_kind kind, int stage)
{
    return cost->ticks[stage][kind];
}

static int64_t
lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t
greater(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* The terms of a rank's lower bound; see greedy_bound(). */
struct need {
    int64_t first;    /* time until its first input */
    int64_t chain;    /* sum of its forwards and input gradients */
    int64_t work;     /* sum of all its actions */
    int64_t after;    /* path from its last input gradient to the end */
    int64_t backward; /* its longest backward of one microbatch */
    int64_t block;    /* its shortest OVERLAP_F_B, or NEVER */
};

/* min(B, I + W) of a stage. */
static int64_t
shortest_backward(const struct cost *cost, int stage)
{
    return lesser(ticks(cost, ACTION_FULL_BACKWARD, stage),
                  ticks(cost, ACTION_BACKWARD_INPUT, stage) +
                      ticks(cost, ACTION_BACKWARD_WEIGHT, stage));
}

static int64_t
block_of(const struct cost *cost, int stage)
{
    int64_t block = ticks(cost, ACTION_OVERLAP_F_B, stage);

    return block < 0 ? NEVER : block;
}

static struct need *
needs_of(const struct plan *shape, const struct cost *cost)
{
    struct need *needs = memory_new((size_t)shape->ranks, sizeof *needs);

    for (int r = 0; r < shape->ranks; r++)
        needs[r].first = needs[r].after = needs[r].block = NEVER;
    for (int s = 0; s < shape->stages; s++) {
        struct need *need = &needs[shape->rank_of_stage[s]];

        need->backward = greater(need->backward, shortest_backward(cost, s));
        need->block = lesser(need->block, block_of(cost, s));
    }
    return needs;
}

/* The most time that M forwards of a stage save, each in one block with a
 * backward of the rank: M * max(0, F + backward - OVERLAP). */
static int64_t
saving(const struct plan *shape, const struct cost *cost,
       const struct need *need, int stage)
{
    int64_t apart = ticks(cost, ACTION_FORWARD, stage) + need->backward;

    return shape->mbs * (apart - lesser(apart, block_of(cost, stage)));
}

static int64_t
busiest(const struct plan *shape, const struct need needs[])
{
    int64_t bound = 0;

    for (int r = 0; r < shape->ranks; r++) {
        if (needs[r].work > 0)
            bound = greater(bound, needs[r].first + needs[r].work);
        if (needs[r].chain + needs[r].after > 0)
            bound = greater(bound,
                            needs[r].first + needs[r].chain + needs[r].after);
    }
    return bound;
}

/* The costs with the least that each kind takes on any microbatch. */
static struct cost
least_of(const struct plan *shape, const struct cost *cost)
{
    struct cost least;

    cost_init(&least, shape->stages);
    for (int s = 0; s < shape->stages; s++)
        for (int k = 0; k < ACTION_KINDS; k++)
            least.ticks[s][k] = cost_least(cost, shape->rank_of_stage[s], s,
                                           (enum action_kind)k);
    return least;
}

/* A message's time over the boundary above a stage, in the faster
 * direction. */
static int64_t
crossing(const struct plan *shape, const struct cost *cost, int stage)
{
    return plan_crosses(shape, stage)
               ? lesser(cost_message(cost, shape, 2 * stage),
                        cost_message(cost, shape, 2 * stage + 1))
               : 0;
}

int64_t
greedy_bound(const struct plan *shape, const struct cost *given)
{
    struct cost least = least_of(shape, given);
    const struct cost *cost = &least;
    struct need *needs = needs_of(shape, cost);
    int64_t down = 0; /* time until the input of stage s */
    int64_t path = 0; /* of one microbatch, to its last action with a time */
    int64_t after;    /* from stage s's last input gradient to the end */
    int64_t bound;

    after = ticks(cost, ACTION_OPTIMIZER_STEP, 0);
    for (int s = 0; s < shape->stages; s++) {
        struct need *need = &needs[shape->rank_of_stage[s]];
        int64_t latency = crossing(shape, given, s);
        int64_t forward = ticks(cost, ACTION_FORWARD, s);
        int64_t backward = shortest_backward(cost, s);
        int64_t input = lesser(ticks(cost, ACTION_FULL_BACKWARD, s),
                               ticks(cost, ACTION_BACKWARD_INPUT, s));
        int64_t saved = saving(shape, cost, need, s);

        need->chain += shape->mbs * (forward + input) - saved;
        need->work += shape->mbs * (forward + backward) - saved +
                      ticks(cost, ACTION_OPTIMIZER_STEP, s);
        forward = lesser(forward, block_of(cost, s));
        input = lesser(input, need->block);
        /* Stage 0 has no input gradient to send: its last W ends the run. */
        if (s == 0)
            after += lesser(backward, need->block) - input;
        need->first = lesser(need->first, down);
        need->after = lesser(need->after, after);
        if (forward > 0)
            path = down + forward;
        down += forward + latency;
        after += input;
        /* A message that no timed action follows does not count. */
        if (after > 0)
            after += latency;
    }
    /* The last stage has no link above. */
    if (after > 0)
        path = down + after;
    bound = greater(path, busiest(shape, needs));
    free(needs);
    cost_fini(&least);
    return bound;
}
