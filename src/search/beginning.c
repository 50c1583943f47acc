/* beginning.c -- runs plans action by action, and bounds how they can end. */
#include "config.h"

#include "search/beginning.h"

#include "base/larger.h"
#include "base/memory.h"
#include "plan/place.h"

#include <stdlib.h>

void
beginning_init(struct beginning *beginning, const struct problem *problem)
{
    size_t stages = (size_t)problem->stages;

    *beginning = (struct beginning){
        .problem = problem,
        .left = memory_new(stages, sizeof *beginning->left),
        .stages = memory_new(stages, sizeof *beginning->stages),
        .passed = memory_new(stages, sizeof *beginning->passed),
        .clock = memory_new((size_t)problem->ranks, sizeof(int64_t)),
        .arrived =
            memory_new(2 * stages * (size_t)problem->mbs, sizeof(int64_t)),
    };
}

void
beginning_fini(struct beginning *beginning)
{
    free(beginning->left);
    free(beginning->stages);
    free(beginning->passed);
    free(beginning->clock);
    free(beginning->arrived);
}

/* ---- memory ---- */

/* What a rank holds when it has run all weight gradients that it owes. */
static int64_t
held_unowed(const struct beginning *b, int rank)
{
    const struct problem *p = b->problem;
    int64_t held = 0;

    for (int i = p->first[rank]; i < p->first[rank + 1]; i++) {
        const struct stage_count *at = &b->stages[p->owned[i]];

        held += problem_held(p, p->owned[i], at->forwards, at->backwards,
                             at->backwards);
    }
    return held;
}

/* The most during or after an I, beside what is held. */
static int64_t
input_takes(const struct footprint *bytes)
{
    return larger_of(bytes->input, bytes->owed - bytes->stash);
}

/* The most during a backward and its weight gradient, beside what is held. */
static int64_t
least_during(const struct footprint *bytes)
{
    int64_t split = input_takes(bytes);

    return bytes->backward < split ? bytes->backward : split;
}

/* Ends a microbatch on a rank; *held is before and after. */
static bool
can_end(const struct beginning *b, int rank, int mb, int64_t *held)
{
    const struct problem *p = b->problem;
    int64_t most = p->room.most[rank];

    for (int i = p->first[rank]; i < p->first[rank + 1]; i++)
        if (b->stages[p->owned[i]].forwards <= mb) {
            *held += p->room.stages[p->owned[i]].stash;
            if (*held > most)
                return false;
        }
    for (int i = p->first[rank + 1] - 1; i >= p->first[rank]; i--)
        if (b->stages[p->owned[i]].backwards <= mb) {
            const struct footprint *bytes = &p->room.stages[p->owned[i]];

            if (*held + least_during(bytes) > most)
                return false;
            *held -= bytes->stash;
        }
    return true;
}

/* Whether a rank could end all microbatches that it has begun, one after the
 * other, the oldest first. The oldest microbatch of all can then go on on every
 * rank: there is no deadlock. (Dijkstra's banker's algorithm, 1965.) */
static bool
can_end_all(const struct beginning *b, int rank)
{
    const struct problem *p = b->problem;
    int64_t held = held_unowed(b, rank);
    int64_t one = 0; /* the most that one microbatch takes beside others */
    int64_t during = 0;
    int oldest = p->mbs;
    int begun = 0;

    for (int i = p->first[rank]; i < p->first[rank + 1]; i++) {
        const struct stage_count *at = &b->stages[p->owned[i]];

        oldest = at->backwards < oldest ? at->backwards : oldest;
        begun = at->forwards > begun ? at->forwards : begun;
        one += p->room.stages[p->owned[i]].stash;
        during = larger_of(during, least_during(&p->room.stages[p->owned[i]]));
    }
    /* A microbatch leaves no more than it found: where there is room for any,
     * there is for all that follow. */
    for (int mb = oldest;
         mb < begun && held + one + during > p->room.most[rank]; mb++)
        if (!can_end(b, rank, mb, &held))
            return false;
    return true;
}

/* The same, were a stage one forward further. */
static bool
is_safe(const struct beginning *b, int rank, int stage)
{
    bool safe;

    b->stages[stage].forwards++;
    safe = can_end_all(b, rank);
    b->stages[stage].forwards--;
    return safe;
}

/* Whether an action of a kind fits a rank's memory while it runs, and leaves
 * it safe. */
static bool
has_room(const struct beginning *b, int stage, enum action_kind kind)
{
    const struct problem *p = b->problem;
    int rank = p->shape->rank_of_stage[stage];
    const struct footprint *bytes = &p->room.stages[stage];
    int64_t more = kind == ACTION_FORWARD          ? bytes->stash
                   : kind == ACTION_FULL_BACKWARD  ? bytes->backward
                   : kind == ACTION_BACKWARD_INPUT ? input_takes(bytes)
                                                   : 0;
    int64_t held = 0;

    /* What is held fits. */
    if (!p->room.most || more <= 0)
        return true;
    for (int i = p->first[rank]; i < p->first[rank + 1]; i++) {
        const struct stage_count *at = &b->stages[p->owned[i]];

        held += problem_held(p, p->owned[i], at->forwards, at->backwards,
                             at->weights);
    }
    return held + more <= p->room.most[rank] &&
           (kind != ACTION_FORWARD || is_safe(b, rank, stage));
}

/* ---- actions ---- */

static int64_t
forward_ready(const struct beginning *b, int s)
{
    const struct problem *p = b->problem;
    int mb = b->stages[s].forwards;

    if (mb == p->mbs || (s > 0 && b->stages[s - 1].forwards <= mb))
        return -1;
    return plan_crosses(p->shape, s - 1) ? *beginning_input(b, s, mb) : 0;
}

static int64_t
backward_ready(const struct beginning *b, int s)
{
    const struct problem *p = b->problem;
    int mb = b->stages[s].backwards;

    if (mb == b->stages[s].forwards ||
        (s + 1 < p->stages && b->stages[s + 1].backwards <= mb))
        return -1;
    return plan_crosses(p->shape, s) ? *beginning_gradient(b, s, mb) : 0;
}

int64_t
beginning_ready(const struct beginning *b, int s, enum action_kind kind)
{
    const struct stage_count *at = &b->stages[s];
    int64_t clock = b->clock[b->problem->shape->rank_of_stage[s]];
    int64_t ready = 0;

    if (kind == ACTION_FORWARD)
        ready = forward_ready(b, s);
    else if (kind != ACTION_BACKWARD_WEIGHT)
        ready = backward_ready(b, s);
    /* A B while a W is owed would add gradients out of order. */
    else if (at->weights == at->backwards)
        return -1;
    if (kind == ACTION_FULL_BACKWARD && at->weights < at->backwards)
        return -1;
    if (ready < 0 || !has_room(b, s, kind))
        return -1;
    return larger_of(ready, clock);
}

struct action
beginning_next(const struct beginning *b, int s, enum action_kind kind)
{
    const struct stage_count *at = &b->stages[s];

    return action_of(kind, s,
                     kind == ACTION_FORWARD           ? at->forwards
                     : kind == ACTION_BACKWARD_WEIGHT ? at->weights
                                                      : at->backwards);
}

/* Counts an action up or down. */
static void
count_action(struct beginning *b, const struct action *action, int by)
{
    struct stage_count *at = &b->stages[action->stage];

    if (action->kind == ACTION_FORWARD)
        at->forwards += by;
    else if (action->kind == ACTION_BACKWARD_WEIGHT)
        at->weights += by;
    else
        at->backwards += by;
    if (action->kind == ACTION_FULL_BACKWARD)
        at->weights += by;
}

void
beginning_run(struct beginning *b, const struct action *action, int64_t end)
{
    const struct problem *p = b->problem;
    struct action parts[2];
    int count = action_parts(action, parts);

    b->clock[p->shape->rank_of_stage[action->stage]] = end;
    for (int i = 0; i < count; i++) {
        int s = parts[i].stage;

        count_action(b, &parts[i], 1);
        if (parts[i].kind == ACTION_FORWARD) {
            if (s + 1 < p->stages)
                *beginning_input(b, s + 1, parts[i].mb) = end + p->times[s].up;
        } else if (parts[i].kind != ACTION_BACKWARD_WEIGHT && s > 0) {
            *beginning_gradient(b, s - 1, parts[i].mb) =
                end + p->times[s].down;
        }
    }
}

void
beginning_undo(struct beginning *b, const struct action *action)
{
    struct action parts[2];
    int count = action_parts(action, parts);

    for (int i = 0; i < count; i++)
        count_action(b, &parts[i], -1);
}

/* ---- how it can end ---- */

static void
bound_forwards(const struct beginning *b)
{
    struct left *left = b->left;
    const struct problem *p = b->problem;

    for (int s = 0; s < p->stages; s++) {
        const struct stage_times *t = &p->times[s];
        int64_t clock = b->clock[p->shape->rank_of_stage[s]];
        int done = b->stages[s].forwards;
        int rest = p->mbs - done;
        int64_t ready = 0;

        if (rest == 0) {
            left[s].forward = INT64_MAX;
            left[s].forwards_end = clock;
            continue;
        }
        if (s > 0 && b->stages[s - 1].forwards == done)
            ready = left[s - 1].forward + t[-1].forward + t[-1].up;
        else if (plan_crosses(p->shape, s - 1))
            ready = *beginning_input(b, s, done);
        left[s].forward = larger_of(clock, ready);
        left[s].forwards_end = left[s].forward + rest * t->forward;
        if (s > 0 && b->stages[s - 1].forwards < p->mbs)
            left[s].forwards_end =
                larger_of(left[s].forwards_end,
                          left[s - 1].forwards_end + t[-1].up + t->forward);
    }
}

static void
bound_backwards(const struct beginning *b)
{
    struct left *left = b->left;
    const struct problem *p = b->problem;

    for (int s = p->stages - 1; s >= 0; s--) {
        const struct stage_times *t = &p->times[s];
        int64_t clock = b->clock[p->shape->rank_of_stage[s]];
        int done = b->stages[s].backwards;
        int rest = p->mbs - done;
        bool last = s == p->stages - 1;
        int64_t ready = 0;

        left[s].backward = INT64_MAX;
        left[s].backwards_end = clock;
        if (rest == 0)
            continue;
        if (b->stages[s].forwards == done)
            ready = left[s].forward + t->forward + t->turn;
        else if (!last && b->stages[s + 1].backwards == done)
            ready = left[s + 1].backward + t[1].input + t[1].down;
        else if (plan_crosses(p->shape, s))
            ready = *beginning_gradient(b, s, done);
        left[s].backward = larger_of(clock, ready);
        left[s].backwards_end = left[s].backward + rest * t->input;
        if (last && b->stages[s].forwards < p->mbs)
            left[s].backwards_end = larger_of(left[s].backwards_end,
                                              left[s].forwards_end + t->input);
        if (!last && b->stages[s + 1].backwards < p->mbs)
            left[s].backwards_end =
                larger_of(left[s].backwards_end,
                          left[s + 1].backwards_end + t[1].down + t->input);
    }
}

/* Its work and the ways from there to the end. */
int64_t
beginning_bound_rank(const struct beginning *b, int rank)
{
    const struct left *left = b->left;
    const struct problem *p = b->problem;
    int64_t from = INT64_MAX;  /* its next action starts */
    int64_t chain = INT64_MAX; /* other than a W */
    int64_t work = 0;
    int64_t through = 0; /* its forwards and input gradients */
    int64_t forwards = 0;
    int64_t after = INT64_MAX; /* from the last of them to the end */
    int64_t beyond = INT64_MAX;
    int64_t bound;

    for (int i = p->first[rank]; i < p->first[rank + 1]; i++) {
        int s = p->owned[i];
        const struct stage_times *t = &p->times[s];
        const struct stage_count *at = &b->stages[s];
        int64_t first = left[s].forward < left[s].backward ? left[s].forward
                                                           : left[s].backward;

        chain = first < chain ? first : chain;
        if (at->weights < at->backwards)
            from = b->clock[rank];
        forwards += (p->mbs - at->forwards) * t->work.forward;
        through += (p->mbs - at->backwards) * t->work.input;
        work += (p->mbs - at->backwards) * t->work.whole +
                (at->backwards - at->weights) * t->work.weight;
        if (at->backwards < p->mbs && t->tail < after)
            after = t->tail;
        if (at->forwards < p->mbs && t->turn + t->input + t->tail < beyond)
            beyond = t->turn + t->input + t->tail;
    }
    from = chain < from ? chain : from;
    bound = from == INT64_MAX ? b->clock[rank] : from + forwards + work;
    bound += p->steps[rank];
    if (after < INT64_MAX)
        bound = larger_of(bound, chain + forwards + through + after);
    if (beyond < INT64_MAX)
        bound = larger_of(bound, chain + forwards + beyond);
    return bound;
}

int64_t
beginning_bound(const struct beginning *b, int64_t *likely)
{
    const struct problem *p = b->problem;
    int64_t bound = 0;

    bound_forwards(b);
    bound_backwards(b);
    *likely = 0;
    for (int s = 0; s < p->stages; s++)
        if (b->stages[s].backwards < p->mbs)
            bound =
                larger_of(bound, b->left[s].backwards_end + p->times[s].tail);
    for (int r = 0; r < p->ranks; r++) {
        int64_t own = beginning_bound_rank(b, r);

        *likely += own;
        bound = larger_of(bound, own);
    }
    return bound;
}
