#include "config.h"

#include "optimum.h"
#include "plan/place.h"

#include <assert.h>
#include <stdbool.h>

/* How far a plan in the making is. Microbatches are all alike, so nothing is
 * lost by taking them in ascending order at each stage: of any plan, call the
 * first forward of each stage microbatch 0's, and so on. */
struct state {
    int forwards[OPTIMUM_STAGES];
    int backwards[OPTIMUM_STAGES]; /* whole or input gradient */
    int owed[OPTIMUM_STAGES];      /* weight gradients */
    int64_t forward_at[OPTIMUM_STAGES][OPTIMUM_MBS]; /* ends */
    int64_t backward_at[OPTIMUM_STAGES][OPTIMUM_MBS];
    int64_t clock[OPTIMUM_STAGES]; /* ranks */
    int live[OPTIMUM_STAGES];      /* ranks */
    int64_t start;                 /* of what was added last, and its rank */
    int rank;
};

struct search {
    const struct plan *shape;
    const struct cost *cost;
    int cap;
    int64_t best;
};

static int64_t
later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t
hop(const struct search *q, int stage)
{
    return plan_crosses(q->shape, stage) ? q->cost->latency : 0;
}

/* When a stage's next forward or backward has its input; -1 if it is not yet
 * known or there is none. */
static int64_t
forward_ready(const struct search *q, const struct state *state, int s)
{
    int mb = state->forwards[s];

    if (mb == q->shape->mbs || (s > 0 && state->forwards[s - 1] <= mb))
        return -1;
    return s == 0 ? 0 : state->forward_at[s - 1][mb] + hop(q, s - 1);
}

static int64_t
backward_ready(const struct search *q, const struct state *state, int s)
{
    bool last = s == q->shape->stages - 1;
    int mb = state->backwards[s];

    if (mb == state->forwards[s] || (!last && state->backwards[s + 1] <= mb))
        return -1;
    return last ? state->forward_at[s][mb]
                : later(state->forward_at[s][mb],
                        state->backward_at[s + 1][mb] + hop(q, s));
}

static void
search_on(struct search *q, const struct state *state);

/* Adds an action and goes on from there, unless memory is short. Plans are made
 * in the order of their actions' starts, so that each comes up once. */
static void
add(struct search *q, const struct state *state, struct action action,
    int64_t ready)
{
    int rank = q->shape->rank_of_stage[action.stage];
    struct state next = *state;
    struct action parts[2];
    int count = action_parts(&action, parts);

    next.start = later(ready, state->clock[rank]);
    next.rank = rank;
    if (next.start < state->start ||
        (next.start == state->start && rank < state->rank))
        return;
    next.clock[rank] = next.start + cost_of(q->cost, rank, &action);
    for (int p = 0; p < count; p++) {
        int s = parts[p].stage;

        if (parts[p].kind == ACTION_FORWARD) {
            next.forward_at[s][next.forwards[s]++] = next.clock[rank];
            if (q->cap > 0 && ++next.live[rank] > q->cap)
                return;
        } else if (parts[p].kind == ACTION_BACKWARD_WEIGHT) {
            next.owed[s]--;
            next.live[rank]--;
        } else {
            next.backward_at[s][next.backwards[s]++] = next.clock[rank];
            if (parts[p].kind == ACTION_BACKWARD_INPUT)
                next.owed[s]++;
            else
                next.live[rank]--;
        }
    }
    search_on(q, &next);
}

/* Weight gradients are added in order: no B while a W is owed. */
static void
add_whole(struct search *q, const struct state *state, struct action action,
          int64_t ready)
{
    if (state->owed[action.stage] == 0)
        add(q, state, action, ready);
}

/* A block that lasts the sum of its two is never better than one after the
 * other. */
static void
add_overlaps(struct search *q, const struct state *state, int s)
{
    int64_t ready = forward_ready(q, state, s);

    if (q->cost->ticks[s][ACTION_OVERLAP_F_B] < 0)
        return;
    for (int b = 0; ready >= 0 && b < q->shape->stages; b++) {
        int64_t other = backward_ready(q, state, b);
        struct action action =
            action_of(ACTION_OVERLAP_F_B, s, state->forwards[s]);

        if (q->shape->rank_of_stage[b] != q->shape->rank_of_stage[s] ||
            other < 0)
            continue;
        action.pair_stage = (uint16_t)b;
        action.pair_mb = state->backwards[b];
        action.pair_kind = ACTION_FULL_BACKWARD;
        if (state->owed[b] == 0)
            add(q, state, action, later(ready, other));
        action.pair_kind = ACTION_BACKWARD_INPUT;
        add(q, state, action, later(ready, other));
    }
}

static int64_t
makespan_of(const struct search *q, const struct state *state)
{
    int64_t makespan = 0;

    for (int r = 0; r < q->shape->ranks; r++) {
        int64_t end = state->clock[r];

        for (int s = 0; s < q->shape->stages; s++)
            if (q->shape->rank_of_stage[s] == r)
                end += q->cost->ticks[s][ACTION_OPTIMIZER_STEP];
        makespan = later(makespan, end);
    }
    return makespan;
}

static void
search_on(struct search *q, const struct state *state)
{
    bool complete = true;

    if (makespan_of(q, state) >= q->best)
        return;
    for (int s = 0; s < q->shape->stages; s++) {
        int64_t forward = forward_ready(q, state, s);
        int64_t backward = backward_ready(q, state, s);
        int mb = state->backwards[s];

        complete = complete && mb == q->shape->mbs && state->owed[s] == 0;
        if (backward >= 0) {
            add_whole(q, state, action_of(ACTION_FULL_BACKWARD, s, mb),
                      backward);
            add(q, state, action_of(ACTION_BACKWARD_INPUT, s, mb), backward);
        }
        if (forward >= 0)
            add(q, state, action_of(ACTION_FORWARD, s, state->forwards[s]),
                forward);
        if (state->owed[s] > 0)
            add(q, state, action_of(ACTION_BACKWARD_WEIGHT, s, 0), 0);
        add_overlaps(q, state, s);
    }
    if (complete)
        q->best = makespan_of(q, state);
}

int64_t
optimum_makespan(const struct plan *shape, const struct cost *cost,
                 int max_activations)
{
    struct search q = {.shape = shape,
                       .cost = cost,
                       .cap = max_activations,
                       .best = INT64_MAX};
    struct state state = {.start = 0};

    assert(shape->stages <= OPTIMUM_STAGES && shape->mbs <= OPTIMUM_MBS);
    search_on(&q, &state);
    return q.best;
}
