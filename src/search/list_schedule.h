/* list_schedule.h -- list scheduling: a free rank runs the ready action that a
 * few rules prefer; the order in which it runs them is its list of the plan.
 *
 * Microbatches pass each stage in ascending order, so links are first in,
 * first out and weight gradients are added in order. A rank starts a
 * microbatch only if its memory has room for that microbatch on all of the
 * rank's stages. So the oldest microbatch can always go on: there is no
 * deadlock. */
#ifndef PIPELAB_SEARCH_LIST_SCHEDULE_H
#define PIPELAB_SEARCH_LIST_SCHEDULE_H

#include "plan/cost.h"
#include "plan/plan.h"

#include <stdbool.h>
#include <stdint.h>

/* Which action a rank prefers when several are ready. Weight gradients come
 * last. */
enum greedy_order {
    GREEDY_BACKWARD_FIRST,
    GREEDY_FORWARD_FIRST,
    GREEDY_ALTERNATE, /* a forward after a backward and the other way round */
    GREEDY_ORDERS
};

struct greedy_rule {
    int cap;    /* the most live activations, as the shape counts them
                              * (plan/footprint.h); at least the number of the
                              * rank's stages */
    bool split; /* splits its backwards into I and W */
    enum greedy_order order;
    bool deep_first; /* prefers its last stage; else the oldest
                              * microbatch */
    int patience;    /* does not start a W if other work is ready
                              * within patience / 4 of the W's time */
};

/* Fills an empty plan with the shape's placement, by rules[ranks]. Returns the
 * makespan with unbounded links. plan NULL: the makespan only. */
int64_t
greedy_schedule(struct plan *plan, const struct plan *shape,
                const struct cost *cost, const struct greedy_rule rules[]);

/* A lower bound: no plan of the shape has a shorter makespan. It is the
 * largest of
 *
 *   the path of one microbatch up all stages and back, with latencies,
 *   for each rank: time until its first input + all its work,
 *   for each rank: time until its first input + all its forwards and input
 *                  gradients + path from its last input gradient to the end
 *
 * If an overlapped forward and backward have a cost of their own, every
 * forward counts as saving as much as possible. */
int64_t
greedy_bound(const struct plan *shape, const struct cost *cost);

#endif
