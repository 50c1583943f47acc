/* draws.h -- what a plan takes where no time is quite what it should be: the
 * figures of many draws of jitter. */
#ifndef PIPELAB_SIM_DRAWS_H
#define PIPELAB_SIM_DRAWS_H

#include "plan/cost.h"
#include "plan/program.h"

#include <stdint.h>

enum { DRAWS = 101 };

/* Of a figure in DRAWS draws, in ticks: the median, and between which values
 * 95 % of them lie. */
struct band {
    int64_t median;
    int64_t low;
    int64_t high;
};

struct draws {
    struct band makespan;
    struct band period; /* rounded to ticks */
};

/* Draws the factors of all actions anew for draw 0 .. DRAWS-1; see the
 * variation of cost.h. The program runs without deadlock at this capacity,
 * which is not CAPACITY_AUTO. */
void
draws_make(struct draws *draws, const struct program *program,
           const struct cost *cost, int capacity, double jitter,
           uint64_t seed);

#endif
