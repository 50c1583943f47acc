#include "config.h"

#include "schedule/exchange.h"

#include "base/memory.h"
#include "base/rng.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const int64_t NEVER = INT64_MAX;

/* How far an action is moved at most. */
enum { REACH = 6 };

/* A place in a plan. */
struct place {
    int rank;
    size_t index;
};

/* A result that other actions wait for. */
struct result {
    int64_t end; /* NEVER: not yet there */
    struct place place;
};

struct exchange {
    struct plan *plan;
    const struct cost *cost;
    const struct exchange_limits *limits;
    struct rng rng;
    /* Of the plan as it is, and of a change that is tried. */
    struct result *forwards;  /* stages x mbs */
    struct result *gradients; /* stages x mbs: of the input */
    int64_t **start;          /* ranks x actions of the rank */
    int64_t *clock;           /* ranks */
    int64_t *end;             /* ranks: of the last action that takes time */
    size_t *position;         /* ranks */
    /* Of the plan as it is: the critical path. */
    struct place *path;
    size_t path_count;
    struct action *saved; /* a rank's list before the change */
    size_t saved_count;
};

static struct result *
result_at(const struct exchange *x, struct result *results, int stage, int mb)
{
    return &results[(size_t)stage * (size_t)x->plan->mbs + (size_t)mb];
}

/* ---- time ---- */

static int64_t
arrival(const struct exchange *x, const struct result *result, int upper)
{
    if (result->end == NEVER)
        return NEVER;
    return result->end +
           (plan_crosses(x->plan, upper) ? x->cost->latency : 0);
}

/* The results that a simple action waits for, and the stage below each link
 * that they cross. */
static int
inputs_of(const struct exchange *x, const struct action *part,
          struct result *inputs[2], int links[2])
{
    int s = part->stage;
    int count = 0;

    if (part->kind == ACTION_FORWARD && s > 0) {
        links[count] = s - 1;
        inputs[count++] = result_at(x, x->forwards, s - 1, part->mb);
    }
    if (part->kind == ACTION_FULL_BACKWARD ||
        part->kind == ACTION_BACKWARD_INPUT) {
        links[count] = -1;
        inputs[count++] = result_at(x, x->forwards, s, part->mb);
        if (s + 1 < x->plan->stages) {
            links[count] = s;
            inputs[count++] = result_at(x, x->gradients, s + 1, part->mb);
        }
    }
    if (part->kind == ACTION_BACKWARD_WEIGHT) {
        links[count] = -1;
        inputs[count++] = result_at(x, x->gradients, s, part->mb);
    }
    return count;
}

/* When the inputs of an action are there, and which came last. */
static int64_t
ready_at(const struct exchange *x, const struct action *action,
         const struct result **last)
{
    struct action parts[2];
    int part_count = action_parts(action, parts);
    int64_t ready = 0;

    *last = NULL;
    for (int p = 0; p < part_count; p++) {
        struct result *inputs[2];
        int links[2];
        int count = inputs_of(x, &parts[p], inputs, links);

        for (int i = 0; i < count; i++) {
            int64_t when = arrival(x, inputs[i], links[i]);

            if (when > ready) {
                ready = when;
                *last = inputs[i];
            }
        }
    }
    return ready;
}

static void
leave_results(struct exchange *x, const struct action *action,
              struct result result)
{
    struct action parts[2];
    int count = action_parts(action, parts);

    for (int p = 0; p < count; p++)
        if (parts[p].kind != ACTION_BACKWARD_WEIGHT)
            *result_at(x,
                       parts[p].kind == ACTION_FORWARD ? x->forwards
                                                       : x->gradients,
                       parts[p].stage, parts[p].mb) = result;
}

/* Runs a rank's list as far as it goes. */
static bool
run_rank(struct exchange *x, int rank)
{
    const struct action_list *list = &x->plan->lists[rank];
    size_t before = x->position[rank];

    for (; x->position[rank] < list->count; x->position[rank]++) {
        const struct action *action = &list->at[x->position[rank]];
        int64_t ticks = cost_of(x->cost, action);
        const struct result *last;
        int64_t start = ready_at(x, action, &last);

        if (start == NEVER)
            break;
        if (start < x->clock[rank])
            start = x->clock[rank];
        x->start[rank][x->position[rank]] = start;
        x->clock[rank] = start + ticks;
        if (ticks > 0)
            x->end[rank] = x->clock[rank];
        leave_results(x, action,
                      (struct result){x->clock[rank],
                                      {rank, x->position[rank]}});
    }
    return x->position[rank] > before;
}

/* A rank's end, optimizer steps included. */
static int64_t
end_of(const struct exchange *x, int rank)
{
    int64_t steps = 0;

    for (int s = 0; s < x->plan->stages; s++)
        if (x->plan->rank_of_stage[s] == rank)
            steps += x->cost->ticks[s][ACTION_OPTIMIZER_STEP];
    return steps > 0 ? x->clock[rank] + steps : x->end[rank];
}

/* The makespan; NEVER if the plan gets stuck. */
static int64_t
run(struct exchange *x)
{
    size_t results = (size_t)x->plan->stages * (size_t)x->plan->mbs;
    int64_t makespan = 0;
    bool moved = true;

    for (size_t i = 0; i < results; i++)
        x->forwards[i].end = x->gradients[i].end = NEVER;
    for (int r = 0; r < x->plan->ranks; r++) {
        x->clock[r] = 0;
        x->end[r] = 0;
        x->position[r] = 0;
    }
    while (moved) {
        moved = false;
        for (int r = 0; r < x->plan->ranks; r++)
            moved = run_rank(x, r) || moved;
    }
    for (int r = 0; r < x->plan->ranks; r++) {
        if (x->position[r] < x->plan->lists[r].count)
            return NEVER;
        if (end_of(x, r) > makespan)
            makespan = end_of(x, r);
    }
    return makespan;
}

/* From the end of the last rank back to what each action waited for. */
static void
trace_path(struct exchange *x)
{
    struct place at = {0, 0};

    for (int r = 1; r < x->plan->ranks; r++)
        if (end_of(x, r) > end_of(x, at.rank))
            at.rank = r;
    at.index = x->plan->lists[at.rank].count - 1;
    x->path_count = 0;
    for (;;) {
        const struct action *action =
            &x->plan->lists[at.rank].at[at.index];
        int64_t start = x->start[at.rank][at.index];
        const struct result *last;
        int64_t ready = ready_at(x, action, &last);

        x->path[x->path_count++] = at;
        if (at.index > 0 && (!last || ready < start))
            at.index--;
        else if (last)
            at = last->place;
        else
            return;
    }
}

/* ---- changes ---- */

static bool
fits(const struct exchange *x, int rank)
{
    const struct action_list *list = &x->plan->lists[rank];
    int live = 0;

    if (x->limits->max_activations == 0)
        return true;
    for (size_t i = 0; i < list->count; i++) {
        struct action parts[2];
        int count = action_parts(&list->at[i], parts);

        for (int p = 0; p < count; p++)
            if (parts[p].kind == ACTION_FORWARD) {
                if (++live > x->limits->max_activations)
                    return false;
            } else if (parts[p].kind != ACTION_BACKWARD_INPUT) {
                live--;
            }
    }
    return true;
}

/* What an action adds to its stage, of which microbatches come in order. */
static unsigned
orders_of(const struct action *part)
{
    enum { OUTPUT = 1, INPUT_GRADIENT = 2, WEIGHT_GRADIENT = 4 };

    switch ((enum action_kind)part->kind) {
    case ACTION_FORWARD:
        return OUTPUT;
    case ACTION_BACKWARD_INPUT:
        return INPUT_GRADIENT;
    case ACTION_BACKWARD_WEIGHT:
        return WEIGHT_GRADIENT;
    default:
        return INPUT_GRADIENT | WEIGHT_GRADIENT;
    }
}

/* Whether two actions of a rank must keep their order. (That some wait for
 * others over other stages is found out when they run.) */
static bool
tied(const struct action *a, const struct action *b)
{
    struct action first[2];
    struct action second[2];
    int firsts = action_parts(a, first);
    int seconds = action_parts(b, second);

    for (int i = 0; i < firsts; i++)
        for (int j = 0; j < seconds; j++)
            if (first[i].stage == second[j].stage &&
                (first[i].mb == second[j].mb ||
                 (orders_of(&first[i]) & orders_of(&second[j]))))
                return true;
    return false;
}

/* Takes an action so many places on, or back if negative, or as far as it may
 * go. Returns where it then is. */
static size_t
move(struct action_list *list, size_t index, int distance)
{
    int step = distance < 0 ? -1 : 1;

    for (; distance != 0; distance -= step) {
        size_t next = index + (size_t)step;
        struct action action = list->at[index];

        if (next >= list->count || tied(&action, &list->at[next]))
            break;
        list->at[index] = list->at[next];
        list->at[next] = action;
        index = next;
    }
    return index;
}

/* B becomes I, and W further on. */
static void
split(struct exchange *x, struct place at)
{
    struct action_list *list = &x->plan->lists[at.rank];
    struct action weight = list->at[at.index];

    weight.kind = ACTION_BACKWARD_WEIGHT;
    list->at[at.index].kind = ACTION_BACKWARD_INPUT;
    plan_add(x->plan, at.rank, weight);
    memmove(&list->at[at.index + 2], &list->at[at.index + 1],
            (list->count - at.index - 2) * sizeof *list->at);
    list->at[at.index + 1] = weight;
    move(list, at.index + 1, 1 + (int)rng_below(&x->rng, REACH));
}

/* I becomes B, if its W can come back to it. */
static void
join(struct exchange *x, struct place at)
{
    struct action_list *list = &x->plan->lists[at.rank];
    struct action weight = list->at[at.index];
    size_t index = at.index + 1;

    weight.kind = ACTION_BACKWARD_WEIGHT;
    while (!action_equal(&list->at[index], &weight))
        index++;
    index = move(list, index, (int)at.index - (int)index);
    if (index != at.index + 1)
        return;
    list->at[at.index].kind = ACTION_FULL_BACKWARD;
    memmove(&list->at[index], &list->at[index + 1],
            (list->count - index - 1) * sizeof *list->at);
    list->count--;
}

/* A small change somewhere on the critical path. */
static void
change(struct exchange *x, struct place at)
{
    struct action_list *list = &x->plan->lists[at.rank];
    enum action_kind kind = (enum action_kind)list->at[at.index].kind;
    bool other = rng_below(&x->rng, 3) == 0;
    int distance = 1 + (int)rng_below(&x->rng, REACH);

    if (other && kind == ACTION_FULL_BACKWARD)
        split(x, at);
    else if (other && kind == ACTION_BACKWARD_INPUT)
        join(x, at);
    else
        move(list, at.index, rng_below(&x->rng, 2) ? distance : -distance);
}

static void
save(struct exchange *x, int rank)
{
    const struct action_list *list = &x->plan->lists[rank];

    memcpy(x->saved, list->at, list->count * sizeof *list->at);
    x->saved_count = list->count;
}

static void
restore(struct exchange *x, int rank)
{
    struct action_list *list = &x->plan->lists[rank];

    memcpy(list->at, x->saved, x->saved_count * sizeof *list->at);
    list->count = x->saved_count;
}

static void
copy_lists(struct plan *to, const struct plan *from)
{
    for (int r = 0; r < from->ranks; r++) {
        to->lists[r].count = 0;
        for (size_t i = 0; i < from->lists[r].count; i++)
            plan_add(to, r, from->lists[r].at[i]);
    }
}

/* ---- search ---- */

static void
set_up(struct exchange *x)
{
    const struct plan *plan = x->plan;
    size_t results = (size_t)plan->stages * (size_t)plan->mbs;
    size_t ranks = (size_t)plan->ranks;

    x->forwards = memory_new(results, sizeof *x->forwards);
    x->gradients = memory_new(results, sizeof *x->gradients);
    x->start = memory_new(ranks, sizeof *x->start);
    x->clock = memory_new(ranks, sizeof *x->clock);
    x->end = memory_new(ranks, sizeof *x->end);
    x->position = memory_new(ranks, sizeof *x->position);
    x->path = memory_new(3 * results, sizeof *x->path);
    x->saved = memory_new(3 * results, sizeof *x->saved);
    for (int r = 0; r < plan->ranks; r++) {
        size_t most = 0;

        for (int s = 0; s < plan->stages; s++)
            most += plan->rank_of_stage[s] == r;
        x->start[r] =
            memory_new(3 * most * (size_t)plan->mbs, sizeof **x->start);
    }
    rng_init(&x->rng, 0, RNG_SEARCH, 1);
}

static void
tear_down(struct exchange *x)
{
    for (int r = 0; r < x->plan->ranks; r++)
        free(x->start[r]);
    free(x->start);
    free(x->forwards);
    free(x->gradients);
    free(x->clock);
    free(x->end);
    free(x->position);
    free(x->path);
    free(x->saved);
}

/* Tries one change. True if the plan became shorter. */
static bool
try_change(struct exchange *x, int64_t *makespan)
{
    struct place at = x->path[rng_below(&x->rng, (uint32_t)x->path_count)];
    int64_t before = *makespan;
    int64_t changed;

    save(x, at.rank);
    change(x, at);
    changed = fits(x, at.rank) ? run(x) : NEVER;
    /* Sideways too: a plateau may lead on. */
    if (changed > before) {
        restore(x, at.rank);
        return false;
    }
    trace_path(x);
    *makespan = changed;
    return changed < before;
}

void
exchange_shorten(struct plan *plan, const struct cost *cost,
                 const struct exchange_limits *limits)
{
    struct exchange x = {.plan = plan, .cost = cost, .limits = limits};
    /* As it was when it last became shorter, before it went sideways. */
    struct plan *shortest =
        plan_new(plan->name, plan->ranks, plan->stages, plan->mbs);
    int64_t makespan;

    set_up(&x);
    copy_lists(shortest, plan);
    makespan = run(&x);
    trace_path(&x);
    for (int n = 0; n < limits->tries && makespan > limits->bound; n++)
        if (try_change(&x, &makespan))
            copy_lists(shortest, plan);
    copy_lists(plan, shortest);
    plan_free(shortest);
    tear_down(&x);
}
