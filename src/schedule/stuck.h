/* stuck.h -- who waits for whom, in words: for plans that cannot run and for
 * runs that deadlock. */
#ifndef PIPELAB_SCHEDULE_STUCK_H
#define PIPELAB_SCHEDULE_STUCK_H

#include "schedule/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* One line for each rank that stands before a transfer at position[rank] of a
 * lowered plan: what it waits for, and what the other rank is doing. A rank
 * whose position is the length of its list is done. */
void
stuck_print(FILE *out, const struct plan *plan, const size_t position[],
            int capacity);

/* The circle of ranks on one line, "rank 0 at 0SEND_F1 waits for rank 1 at
 * ...", cut if it does not fit; or the chain that ends at a rank that is
 * done. Without transfers, for a plan that had none before it was lowered, a
 * rank that waits to receive is at the action that needs the message. */
void
stuck_cycle(char *text, size_t size, const struct plan *plan,
            const size_t position[], bool transfers);

#endif
