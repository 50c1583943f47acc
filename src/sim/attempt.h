/* attempt.h -- runs a plan that is not valid in virtual time, as far as it
 * goes.
 *
 *   rank 0  F0 F1 .  B0---                 the end of its list
 *   rank 1  .  F0 B0---     stops at 1F2:  it needs 0F2, which is not in the
 *                                          plan
 *
 * The check (plan/program.h) says what is wrong first. This shows what such a
 * plan does until then, and on the other ranks after that. A rank goes through
 * its list up to an action that cannot run. Links have as many slots as they
 * need. A valid plan runs to its end, with the times of its forecast. */
#ifndef PIPELAB_SIM_ATTEMPT_H
#define PIPELAB_SIM_ATTEMPT_H

#include "plan/cost.h"
#include "plan/plan.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { ATTEMPT_WHY = 160 };

/* Where a rank stopped. */
struct attempt_stop {
    size_t index;          /* in its list; the list's length at the end */
    char why[ATTEMPT_WHY]; /* empty at the end of the list */
};

struct attempt {
    const struct plan *plan;    /* borrowed */
    struct trace trace;         /* what has run */
    struct attempt_stop *stops; /* ranks */
};

/* The plan may be compute-only or lowered, and need not have been checked.
 * Memory and time grow with stages x microbatches and with the actions.
 * Release with attempt_fini(). */
void
attempt_make(struct attempt *attempt, const struct plan *plan,
             const struct cost *cost);
void
attempt_fini(struct attempt *attempt);

/* Prints a line for each rank that stopped before its list's end:
 *
 *   rank 1 stops at position 4, 1F2: it needs 0F2, which is not in the plan */
void
attempt_print_stops(FILE *out, const struct attempt *attempt);

#endif
