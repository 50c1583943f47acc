/* program.h -- a plan that is ready to run: checked and lowered once, with its
 * figures.
 *
 *   plan --check, lower, match, walk--> program --> { sim | runtime }
 */
#ifndef PIPELAB_PLAN_PROGRAM_H
#define PIPELAB_PLAN_PROGRAM_H

#include "plan/plan.h"

#include <stdbool.h>
#include <stdint.h>

struct program {
    struct plan *lowered;     /* the plan that runs; owned */
    bool trains;              /* it has backwards */
    int64_t messages;         /* in one step */
    int runs_at;              /* a capacity of the links without deadlock */
    double *peak_activations; /* ranks: the most activations alive at the same
                               * time; see footprint.h */
    double largest_peak;      /* the largest of them */
    int unordered_stage; /* the first stage whose weight gradients do not run
                            * in ascending microbatch order, in each copy, or
                            * -1: such a plan
                            * equals the reference only within rounding */
};

/* Proves that a compute-only or lowered plan can run:
 *
 *   complete and ordered  see check.h
 *   matched               on each link, message n received is message n sent
 *   free of deadlock      at some capacity every rank reaches its end
 *
 * NULL with the cause, which names rank, position (see plan_position()) and
 * cell in that plan, if it cannot. The plan may be freed afterwards. */
struct program *
program_make(const struct plan *plan, struct cause *cause);

/* The smallest capacity of the links without deadlock; takes as long as some
 * checks. */
int
program_smallest_capacity(const struct program *program);

/* Accepts NULL. */
void
program_free(struct program *program);

#endif
