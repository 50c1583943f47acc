/* period.c -- finds the growth of a step after the other, exactly.
 *
 * Often one step shows it. From below: a chain of actions that begins at a
 * rank's clock and ends at the same rank's takes a period at most, and so does
 * all that a rank computes. From above: let every step be the first one again,
 * T later. Such a row keeps all rules if each rank has ended its step by then,
 * and each link has brought its last message T after its first was sent; ranks
 * that run as soon as they can are never later. Where the bounds meet, T is
 * the period.
 *
 * Else it walks steps until two things agree. From below: the marks of a step
 * follow from marks of the step before (see walker.h); where the way back from
 * a mark comes by the same mark twice, the time between is the weight of a
 * cycle, and the mean of any cycle is at most the period. From above: let y
 * be, for each mark, the largest of at - k * mean over the steps k so far. If
 * the next step raises no y, the mean is at least the period (Baccelli et al.,
 * theorem 3.23; a subeigenvector).
 */
#include "config.h"

#include "sim/period.h"

#include "base/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "plan/walker.h"

/* Products of ticks and steps. */
__extension__ typedef __int128 period_wide;

static bool
is_larger(struct period a, struct period b)
{
    return (period_wide)a.ticks * b.steps > (period_wide)b.ticks * a.steps;
}

static struct period
lowest_terms(struct period period)
{
    int64_t a = period.ticks, b = period.steps;

    while (b != 0) {
        int64_t rest = a % b;

        a = b;
        b = rest;
    }
    return (struct period){period.ticks / a, period.steps / a};
}

/* ---- what one step shows ---- */

/* The busiest rank's own list is a cycle. */
static struct period
busiest_rank(const struct plan *plan, const struct cost *cost)
{
    struct period most = {0, 1};

    for (int r = 0; r < plan->ranks; r++) {
        const struct action_list *list = &plan->lists[r];
        int64_t busy = 0;

        for (size_t i = 0; i < list->count; i++)
            if (!action_is_transfer(&list->at[i]))
                busy += cost_at(cost, r, i, &list->at[i]);
        if (busy > most.ticks)
            most.ticks = busy;
    }
    return most;
}

/* The rank from whose clock at the begin this one's at the end follows. */
static int
next_on_way(const struct walker *walker, int rank)
{
    return walker_clock_rank(walker->ranks[rank].clock.from);
}

/* The largest mean of the cycles of ranks on these ways. */
static struct period
largest_cycle(const struct walker *walker)
{
    int ranks = walker->plan->ranks;
    int *seen = memory_new((size_t)ranks, sizeof *seen); /* by which way */
    struct period most = {0, 1};

    for (int start = 0; start < ranks; start++) {
        struct period cycle = {0, 0};
        int r = start;

        for (; seen[r] == 0; r = next_on_way(walker, r))
            seen[r] = start + 1;
        if (seen[r] <= start)
            continue;
        for (; seen[r] > 0; r = next_on_way(walker, r)) {
            cycle.ticks += walker->ranks[r].clock.at;
            cycle.steps++;
            seen[r] = -1;
        }
        if (is_larger(cycle, most))
            most = cycle;
    }
    free(seen);
    return most;
}

/* A T after which the same step can begin again. */
static int64_t
enough(const struct walker *walker)
{
    int64_t most = 0;

    for (int r = 0; r < walker->plan->ranks; r++) {
        const struct walk_rank *rank = &walker->ranks[r];

        if (rank->clock.at - rank->began > most)
            most = rank->clock.at - rank->began;
    }
    for (int i = 0; i < plan_links(walker->plan); i++) {
        const struct walk_link *link = &walker->links[i];
        int64_t n = link->received - 1;

        if (n >= 0 && link->ring[n % link->slots].time.at - link->first > most)
            most = link->ring[n % link->slots].time.at - link->first;
    }
    return most;
}

bool
period_shown(const struct walker *walker, struct period *period)
{
    int64_t above;

    /* Rendezvous, wires and all-reduces tie steps together in more ways. */
    if (walker->capacity == 0 || walker->wire_count > 0 ||
        walker->weights_left)
        return false;
    above = enough(walker);
    *period = lowest_terms(largest_cycle(walker));
    if (period->ticks == above * period->steps)
        return true;
    *period = busiest_rank(walker->plan, walker->cost);
    return period->ticks == above;
}

/* ---- steps in a row ---- */

/* The marks after a step. */
struct past {
    int64_t *at;
    int *from;
};

struct period_search {
    size_t marks;
    struct past *steps; /* count, after each step walked */
    size_t room;
    int count;
    struct period mean; /* the largest cycle mean so far */
    period_wide *y;     /* marks, in ticks * mean.steps */
    int *seen;          /* marks: the step at which a way back came by, or 0 */
};

/* at - step * mean, in ticks * mean.steps. */
static period_wide
lead(const struct period_search *search, int step, size_t mark)
{
    return (period_wide)search->steps[step].at[mark] * search->mean.steps -
           (period_wide)step * search->mean.ticks;
}

static void
note_marks(struct period_search *search, struct walker *walker)
{
    struct past *past;

    memory_grow(&search->steps, &search->room, (size_t)search->count,
                sizeof *search->steps);
    search->marks = walker_marks(walker);
    past = &search->steps[search->count++];
    past->at = memory_new(search->marks, sizeof *past->at);
    past->from = memory_new(search->marks, sizeof *past->from);
    walker_read_marks(walker, past->at, past->from);
}

/* Goes back from a mark of the last step and takes the largest mean of the
 * cycles on the way; true if one is larger than the mean so far. */
static bool
raise_mean(struct period_search *search, size_t mark)
{
    int last = search->count - 1;
    int m = (int)mark;
    bool raised = false;

    memset(search->seen, 0, search->marks * sizeof *search->seen);
    for (int k = last;; m = search->steps[k--].from[m]) {
        int later = search->seen[m];

        if (later > 0) {
            struct period cycle = {search->steps[later].at[m] -
                                       search->steps[k].at[m],
                                   later - k};

            if (is_larger(cycle, search->mean)) {
                search->mean = cycle;
                raised = true;
            }
        }
        if (k == 0)
            return raised;
        search->seen[m] = k;
    }
}

/* Whether the last step raises a y; the mark that it raises most is where a
 * larger cycle shows. */
static bool
raises_lead(const struct period_search *search, size_t *mark)
{
    int last = search->count - 1;
    period_wide most = 0;

    for (size_t m = 0; m < search->marks; m++) {
        period_wide raise = lead(search, last, m) - search->y[m];

        if (raise > most) {
            most = raise;
            *mark = m;
        }
    }
    return most > 0;
}

/* Takes the leads of a step into y. */
static void
add_leads(struct period_search *search, int step)
{
    for (size_t m = 0; m < search->marks; m++) {
        period_wide now = lead(search, step, m);

        if (step == 0 || now > search->y[m])
            search->y[m] = now;
    }
}

/* Whether the last step proves the mean, or shows a larger one that the steps
 * so far prove. */
static bool
is_settled(struct period_search *search)
{
    int last = search->count - 1;
    size_t mark = 0;

    while (raises_lead(search, &mark)) {
        if (!raise_mean(search, mark)) {
            add_leads(search, last);
            return false;
        }
        for (int k = 0; k < last; k++)
            add_leads(search, k);
    }
    return true;
}

/* Goes on from a walker's first step. */
static struct period
search_period(struct walker *walker)
{
    struct period_search search = {
        .mean = busiest_rank(walker->plan, walker->cost)};

    note_marks(&search, walker);
    search.y = memory_new(search.marks, sizeof *search.y);
    search.seen = memory_new(search.marks, sizeof *search.seen);
    add_leads(&search, 0);
    do {
        walker_step(walker, NULL, NULL);
        note_marks(&search, walker);
    } while (!is_settled(&search));
    for (int k = 0; k < search.count; k++) {
        free(search.steps[k].at);
        free(search.steps[k].from);
    }
    free(search.steps);
    free(search.y);
    free(search.seen);
    return lowest_terms(search.mean);
}

struct period
period_of(const struct plan *plan, const struct cost *cost, int capacity)
{
    /* Slots for 64 steps: a sender that is further ahead waits for nothing. */
    int64_t most = 64 * (int64_t)plan->mbs;
    struct walker *walker =
        walker_new(plan, cost, capacity < most ? capacity : (int)most);
    struct period period;

    walker_step(walker, NULL, NULL);
    if (!period_shown(walker, &period))
        period = search_period(walker);
    walker_free(walker);
    return period;
}
