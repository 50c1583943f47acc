/* held.h -- when the ranks of a plan hold most. */
#ifndef PIPELAB_SIM_HELD_H
#define PIPELAB_SIM_HELD_H

#include "plan/cost.h"
#include "plan/footprint.h"
#include "plan/plan.h"

#include <stdint.h>

/* The start of the first action at which a rank's activations in flight are at
 * their peak (see footprint_peaks()), in a step from silence at a capacity of
 * 0 or more; 0 where a deadlock comes before. stages[plan->stages],
 * at[plan->ranks]. */
void
held_most_at(const struct plan *lowered, const struct cost *cost, int capacity,
             const struct footprint stages[], int64_t at[]);

#endif
