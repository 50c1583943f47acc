/* problem.h -- what a search is given, with all that follows from it once: the
 * least times of stages, messages and the ways between them, and the room that
 * ranks have.
 *
 * Microbatches are alike to a search, which lets them pass every stage in
 * ascending order: of any plan, call the first forward of each stage
 * microbatch 0's, and so on. So links are first in, first out, and weight
 * gradients are added in order. */
#ifndef PIPELAB_SEARCH_PROBLEM_H
#define PIPELAB_SEARCH_PROBLEM_H

#include "plan/cost.h"
#include "plan/footprint.h"
#include "plan/plan.h"

#include <stdbool.h>
#include <stdint.h>

/* What ranks have memory for; borrowed. */
struct room {
    const struct footprint *stages; /* what a microbatch takes on each */
    const int64_t *most;            /* ranks; NULL: there is no limit */
};

/* The least that a stage takes for one microbatch, and the least ways from it
 * to the end of the step. A forward and a backward in one block may take less
 * than apart: then each is counted as saving all that it can. */
struct stage_times {
    int64_t forward;
    int64_t input; /* min(I, B) */
    struct {
        int64_t forward;
        int64_t input;
        int64_t whole;  /* min(I + W, B) */
        int64_t weight; /* W */
    } work;             /* what they add to the work of their rank */
    int64_t up;         /* a message to the next stage */
    int64_t down;       /* a message to the stage before */
    int64_t head;       /* from 0 to its first forward */
    int64_t turn; /* from the end of a forward to its gradient's arrival */
    int64_t tail; /* from the end of an I to the end of the step */
};

struct problem {
    const struct plan *shape;
    const struct cost *cost;
    struct room room;
    int ranks;
    int stages;
    int mbs;
    int *owned;     /* stages, by rank, ascending */
    int *first;     /* ranks + 1: where a rank's begin in owned */
    int64_t *steps; /* ranks: of all its STEPs */
    struct stage_times *times;
    bool blocks; /* some OVERLAP_F_B has a time of its own */
    bool timed;  /* every action takes time. A makespan ends with one that
                  * does: elsewhere messages may not count */
};

/* Borrows shape and cost. */
void
problem_init(struct problem *problem, const struct plan *shape,
             const struct cost *cost, struct room room);
void
problem_fini(struct problem *problem);

/* All that a rank does in a step, at the least. */
int64_t
problem_work(const struct problem *problem, int rank);

/* What the forwards, backwards and weight gradients that a stage has done leave
 * in memory. */
static inline int64_t
problem_held(const struct problem *problem, int stage, int forwards,
             int backwards, int weights)
{
    const struct footprint *bytes = &problem->room.stages[stage];

    return (forwards - backwards) * bytes->stash +
           (backwards - weights) * bytes->owed;
}

#endif
