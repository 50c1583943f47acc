/* list_schedule.h -- list scheduling: whenever a rank is free it takes, of what is
 * ready, what a few rules prefer; the lists it takes things in are the plan.
 *
 * Microbatches go through each stage in ascending order, so links are first in,
 * first out and weight gradients add up in order. A rank starts a microbatch
 * only if its memory has room for all of the rank's stages of it, so the oldest
 * microbatch always gets through: there is no deadlock. */
#ifndef PIPELAB_SEARCH_LIST_SCHEDULE_H
#define PIPELAB_SEARCH_LIST_SCHEDULE_H

#include "plan/cost.h"
#include "plan/plan.h"

#include <stdbool.h>
#include <stdint.h>

/* What a rank prefers when several things are ready. Weight gradients come
 * last. */
enum greedy_order {
    GREEDY_BACKWARD_FIRST,
    GREEDY_FORWARD_FIRST,
    GREEDY_ALTERNATE, /* a forward after a backward and the other way round */
    GREEDY_ORDERS
};

struct greedy_rule {
    int cap;                 /* live activations, at least the rank's stages */
    bool split;              /* its backwards, in I and W */
    enum greedy_order order;
    bool deep_first;         /* of its stages the last one; else the oldest
                              * microbatch */
    int patience;            /* quarters of a W that it idles rather than start
                              * one, if something else is about to come */
};

/* Fills an empty plan of the shape and placement by one rule a rank. Returns
 * the makespan with unbounded links. plan NULL: the makespan only. */
int64_t
greedy_schedule(struct plan *plan, const struct plan *shape,
                const struct cost *cost, const struct greedy_rule rules[]);

/* No plan of the shape is shorter: the longest way of a microbatch, or what the
 * busiest rank has to do from its first input on, with what the ranks above it
 * still have to do then. Where a block of a forward and a backward has a time
 * of its own, every forward counts as saving all that it can. */
int64_t
greedy_bound(const struct plan *shape, const struct cost *cost);

#endif
