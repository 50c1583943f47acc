/* list_schedule.h -- list scheduling: a free rank runs the ready action that a
 * few rules prefer; the order in which it runs them is its list of the plan.
 *
 * Microbatches pass each stage in ascending order. A rank starts a forward only
 * if its memory lets it end all microbatches that it has begun, the oldest
 * first. So the oldest microbatch of all can always go on: there is no
 * deadlock. */
#ifndef PIPELAB_SEARCH_LIST_SCHEDULE_H
#define PIPELAB_SEARCH_LIST_SCHEDULE_H

#include "search/problem.h"

#include <stdbool.h>
#include <stdint.h>

/* Which action a rank prefers when several are ready. Weight gradients come
 * last, but in the order of a building block. */
enum list_order {
    LIST_BACKWARD_FIRST,
    LIST_FORWARD_FIRST,
    LIST_ALTERNATE, /* a forward after a backward and the other way round */
    LIST_BLOCK,     /* as in a building block that repeats */
    LIST_ORDERS
};

/* The rule of a rank. */
struct list_rule {
    int64_t cap; /* what it may hold, as the room counts */
    int lead;    /* the most forwards of all its stages that are ahead of
                      * their backwards */
    bool split;  /* splits its backwards into I and W */
    bool prompt; /* with split: those in a block are whole, and after an I its
                      * W comes next. So alone, too, they take as long as
                      * whole ones, but their gradient leaves early */
    enum list_order order;
    bool deep_first; /* prefers its last stage; else the oldest microbatch */
    unsigned apart;  /* bit n: its stage number n has no forward in a block */
    int patience;    /* does not start a W if other work is ready within
                      * patience / 4 of the W's time */
};

/* Of a building block: when the actions of microbatch 0 start on a stage. Those
 * of microbatch m start m periods later. */
struct block_start {
    int64_t forward;
    int64_t input;
    int64_t weight;
};

struct list_rules {
    struct list_rule *ranks;
    struct block_start *starts; /* stages; or NULL without LIST_BLOCK */
    int64_t period;
    bool pairs;    /* runs a forward and a backward that are ready as one
                    * OVERLAP_F_B where that is shorter */
    bool reserves; /* keeps room for the forwards that the block has before */
};

struct list_times {
    int64_t makespan; /* with unbounded links */
    int64_t span;     /* the longest from a rank's first start to its end:
                       * steps in a row take no longer */
};

/* Fills an empty plan with the problem's placement, by the rules. plan NULL:
 * the times only. The caps are no more than the problem's room has, and one
 * microbatch fits. Both times are INT64_MAX if one of them is more than `most`,
 * which it stops at, or if the plan has no end. */
struct list_times
list_schedule(struct plan *plan, const struct problem *problem,
              const struct list_rules *rules, struct list_times most);

#endif
