/* match.h -- checks that each link is used first in, first out: its n-th RECV
 * is of the microbatch of its n-th SEND. */
#ifndef PIPELAB_PLAN_MATCH_H
#define PIPELAB_PLAN_MATCH_H

#include "plan/plan.h"

#include <stdint.h>

/* Compares the SENDs and RECVs of a complete plan. On false the cause names
 * both cells. *messages receives the number of SENDs. */
bool
match_links(const struct plan *plan, int64_t *messages, struct cause *cause);

#endif
