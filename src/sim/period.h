/* period.h -- what each further step of a training costs.
 *
 * Ranks do not meet between steps, so a rank whose step is over begins the
 * next one while others still work at theirs. E(k) is the end of the last
 * action of step k over all ranks; once the pattern repeats, E(k+1) - E(k) is
 * the period, or its mean, if it alternates.
 *
 *   rank 0 | step 0 ......    | step 1 ......    |
 *   rank 1   | step 0 ......    | step 1 ......    |
 *            <---- makespan --->                        of step 0, from silence
 *                      <----- period ----->             E(1) - E(0)
 *
 * The times of a step follow from those of the step before by maxima and sums:
 * a max-plus linear system, whose growth is its largest cycle mean (Baccelli,
 * Cohen, Olsder and Quadrat, Synchronization and Linearity, 1992, chapter
 * 3). */
#ifndef PIPELAB_SIM_PERIOD_H
#define PIPELAB_SIM_PERIOD_H

#include "plan/cost.h"
#include "plan/plan.h"
#include "plan/walker.h"

#include <stdbool.h>
#include <stdint.h>

/* The period: ticks in a number of steps, in lowest terms. */
struct period {
    int64_t ticks;
    int64_t steps;
};

/* Of a lowered plan that runs without deadlock at this capacity, 0 or more.
 * Exact: the mean of a cycle that is found, and proven to be the largest. */
struct period
period_of(const struct plan *plan, const struct cost *cost, int capacity);

/* The same if one step shows it, else false: the walker has come to the end of
 * its first step. If its links are unbounded, the period is that at each
 * capacity of walker_slots() or more. */
bool
period_shown(const struct walker *walker, struct period *period);

static inline double
period_ticks(struct period period)
{
    return (double)period.ticks / (double)period.steps;
}

#endif
