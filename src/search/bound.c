/* bound.c -- computes lower bounds of makespans and periods. */
#include "config.h"

#include "search/bound.h"

#include "base/memory.h"
#include "search/beginning.h"
#include "plan/place.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void
raise(struct bound *bound, int64_t ticks, enum bound_reason reason, int rank)
{
    if (ticks > bound->ticks)
        *bound = (struct bound){ticks, reason, rank, 0};
}

/* ---- memory ---- */

/* From the start of a forward until what it takes is free. owed: only but for
 * what its W needs. */
static int64_t
residence(const struct problem *p, int s, bool owed)
{
    const struct stage_times *t = &p->times[s];

    return t->forward + t->turn +
           (owed || p->blocks ? t->input : t->work.whole);
}

/* How fast a rank's memory can fill and empty, and how much of it one
 * microbatch needs how long. */
struct filling {
    double most;
    double largest; /* stash */
    double fill;    /* a tick */
    double empty;
    double area;
};

static void
add_stage(const struct problem *p, int s, struct filling *f)
{
    const struct stage_times *t = &p->times[s];
    const struct footprint *bytes = &p->room.stages[s];
    double stash = (double)bytes->stash;
    double owed = (double)bytes->owed;
    double split =
        stash * (double)residence(p, s, true) + owed * (double)t->work.weight;
    double whole = stash * (double)residence(p, s, false);
    double back = (double)(p->blocks ? t->input : t->work.whole);

    f->area += (double)p->mbs * fmin(split, whole);
    f->largest = fmax(f->largest, stash);
    f->fill = fmax(f->fill, stash / (double)t->forward);
    f->empty = fmax(f->empty, fmax(owed / (double)t->work.weight,
                                   (owed > stash ? owed : stash) / back));
}

/* The most size x time of a rank within a time. */
static double
area_within(const struct filling *f, double time)
{
    double full = f->most - f->largest;
    double up = full / f->fill;
    double down = full / f->empty;
    double meet;

    if (up + down <= time)
        return f->most * time - full * (up + down) / 2.0;
    meet = f->empty * time / (f->fill + f->empty);
    return f->largest * time + f->fill * meet * meet / 2.0 +
           f->empty * (time - meet) * (time - meet) / 2.0;
}

static int64_t
bound_area(const struct problem *p, int rank)
{
    struct filling f = {.most = (double)p->room.most[rank]};
    double low = 0.0;
    double high;

    for (int i = p->first[rank]; i < p->first[rank + 1]; i++)
        add_stage(p, p->owned[i], &f);
    if (f.largest <= 0.0)
        return 0;
    if (f.most <= f.largest)
        return (int64_t)(f.area / f.most);
    high = 1.0 + f.area / f.largest;
    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2.0;

        if (area_within(&f, middle) < f.area)
            low = middle;
        else
            high = middle;
    }
    return (int64_t)ceil(low - 1e-6 * (1.0 + low));
}

/* The least time from the first of a stage's forwards to its last, where
 * forward n starts no sooner than `round` after forward n - fit. */
static int64_t
rounds_take(const struct problem *p, int s, int64_t fit, int64_t round)
{
    int64_t least = p->times[s].forward;

    if (fit >= p->mbs)
        return (p->mbs - 1) * least;
    if (round < fit * least)
        round = fit * least;
    return (p->mbs - 1) / fit * round + (p->mbs - 1) % fit * least;
}

/* From the start of a forward of a rank's first stage until what its last
 * stage takes of the same microbatch is free. */
static int64_t
way_to_last(const struct problem *p, int rank)
{
    int first = p->owned[p->first[rank]];
    int last = p->owned[p->first[rank + 1] - 1];
    const struct footprint *bytes = &p->room.stages[last];

    return p->times[last].head - p->times[first].head +
           residence(p, last, bytes->owed < bytes->stash);
}

/* The same for the first stage of a rank with n stages, of which K activations
 * fit. K of the first stage's alone leave no room for the others: with more
 * than K - n + 1 the oldest has passed the others and is free there. */
static int64_t
bound_rounds(const struct problem *p, int rank)
{
    int s = p->owned[p->first[rank]];
    int others = p->first[rank + 1] - p->first[rank] - 1;
    const struct footprint *bytes = &p->room.stages[s];
    int64_t smallest = bytes->stash;
    int64_t fit;
    int64_t own;
    int64_t shared;

    for (int i = p->first[rank]; i < p->first[rank + 1]; i++)
        if (p->room.stages[p->owned[i]].stash < smallest)
            smallest = p->room.stages[p->owned[i]].stash;
    fit = smallest > 0 ? p->room.most[rank] / smallest : INT64_MAX;
    own = rounds_take(p, s, fit, residence(p, s, bytes->owed < bytes->stash));
    shared = fit > others
                 ? rounds_take(p, s, fit - others, way_to_last(p, rank))
                 : own;
    return own > shared ? own : shared;
}

/* From the start of a forward until some of what its rank's stages up to this
 * one hold of the same microbatch is free: it passes them again, one after the
 * other, on its way back. */
static int64_t
held_together(const struct problem *p, int s, int first)
{
    const struct stage_times *t = &p->times[s];
    const struct footprint *bytes = &p->room.stages[s];
    int64_t together = residence(p, s, bytes->owed < bytes->stash);
    int64_t two = t->forward + t->turn + t->input;

    for (int i = first; p->owned[i] < s; i++)
        if (two + p->times[p->owned[i]].input < together)
            together = two + p->times[p->owned[i]].input;
    return together;
}

/* From time 0 to the end of the step: a microbatch that has begun a stage holds
 * what the rank's stages before took of it, too, so that fewer fit. */
static int64_t
bound_nested(const struct problem *p, int rank)
{
    int64_t held = 0;
    int64_t bound = 0;

    for (int i = p->first[rank]; i < p->first[rank + 1]; i++) {
        int s = p->owned[i];
        int64_t end;

        held += p->room.stages[s].stash;
        if (held <= 0)
            continue;
        end = p->times[s].head + residence(p, s, true) + p->times[s].tail +
              rounds_take(p, s, p->room.most[rank] / held,
                          held_together(p, s, p->first[rank]));
        bound = end > bound ? end : bound;
    }
    return bound;
}

/* What a rank's memory asks for, from its first forward to its end; *to_end
 * receives the same to the end of the step. */
static int64_t
bound_memory(const struct problem *p, int rank, int64_t *to_end)
{
    int s = p->owned[p->first[rank]];
    int64_t area = bound_area(p, rank);
    int64_t last = bound_rounds(p, rank);
    int64_t own = residence(p, s, false);
    int64_t way = residence(p, s, true) + p->times[s].tail;

    *to_end = last + (own > way ? own : way);
    return area > last + own ? area : last + own;
}

/* ---- wires ---- */

static void
bound_wires(const struct problem *p, struct bound *bound)
{
    size_t ranks = (size_t)p->ranks;
    int64_t *busy;

    if (!p->cost->network)
        return;
    busy = memory_new(ranks * ranks, sizeof *busy);
    for (int link = 0; link < plan_links(p->shape); link++) {
        struct link_cost cost;

        if (!plan_crosses(p->shape, link / 2))
            continue;
        cost = cost_link(p->cost, p->shape, link);
        if (cost.wire < 0)
            continue;
        busy[cost.wire] += p->mbs * cost.hold;
        if (busy[cost.wire] > bound->ticks)
            *bound =
                (struct bound){busy[cost.wire], BOUND_WIRE,
                               cost.wire / p->ranks, cost.wire % p->ranks};
    }
    free(busy);
}

/* ---- all of them ---- */

struct bound
bound_period(const struct problem *p)
{
    struct bound bound = {.reason = BOUND_WORK};

    for (int r = 0; r < p->ranks; r++)
        raise(&bound, problem_work(p, r), BOUND_WORK, r);
    for (int r = 0; p->timed && p->room.most && r < p->ranks; r++) {
        int64_t to_end;

        raise(&bound, bound_memory(p, r, &to_end) + p->steps[r], BOUND_MEMORY,
              r);
    }
    bound_wires(p, &bound);
    return bound;
}

struct bound
bound_makespan(const struct problem *p)
{
    struct bound bound = {.reason = BOUND_WAY};
    struct beginning nothing;
    int64_t likely;
    int64_t way;

    if (!p->timed)
        return bound_period(p);
    beginning_init(&nothing, p);
    way = beginning_bound(&nothing, &likely);
    for (int r = 0; r < p->ranks; r++)
        raise(&bound, beginning_bound_rank(&nothing, r), BOUND_WORK, r);
    raise(&bound, way, BOUND_WAY, 0);
    beginning_fini(&nothing);
    for (int r = 0; p->room.most && r < p->ranks; r++) {
        int64_t head = p->times[p->owned[p->first[r]]].head;
        int64_t to_end;
        int64_t own = bound_memory(p, r, &to_end) + p->steps[r];

        raise(&bound, head + (own > to_end ? own : to_end), BOUND_MEMORY, r);
        raise(&bound, bound_nested(p, r), BOUND_MEMORY, r);
    }
    bound_wires(p, &bound);
    return bound;
}

struct bound
bound_of_shape(const struct plan *shape, const struct cost *cost)
{
    struct problem problem;
    struct bound bound;

    problem_init(&problem, shape, cost, (struct room){NULL, NULL});
    bound = bound_makespan(&problem);
    problem_fini(&problem);
    return bound;
}

const char *
bound_text(const struct bound *bound, char text[BOUND_TEXT])
{
    switch (bound->reason) {
    case BOUND_WORK:
        snprintf(text, BOUND_TEXT, "the work of rank %d", bound->rank);
        break;
    case BOUND_MEMORY:
        snprintf(text, BOUND_TEXT, "the memory of rank %d", bound->rank);
        break;
    case BOUND_WIRE:
        snprintf(text, BOUND_TEXT, "the messages from rank %d to rank %d",
                 bound->rank, bound->peer);
        break;
    default:
        snprintf(text, BOUND_TEXT, "the way of one microbatch");
    }
    return text;
}
