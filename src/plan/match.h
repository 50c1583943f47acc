/* match.h -- whether message n that is received on a link is message n that was
 * sent on it. */
#ifndef PIPELAB_PLAN_MATCH_H
#define PIPELAB_PLAN_MATCH_H

#include "plan/plan.h"

#include <stdint.h>

/* Compares the SENDs and RECVs of a complete plan; on false, the cause names
 * both cells. *messages receives the number of SENDs. */
bool
match_links(const struct plan *plan, int64_t *messages, struct cause *cause);

#endif
