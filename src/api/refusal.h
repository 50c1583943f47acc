/* refusal.h -- why a call has no answer, as JSON. */
#ifndef PIPELAB_API_REFUSAL_H
#define PIPELAB_API_REFUSAL_H

#include "plan/cost.h"
#include "plan/plan.h"
#include "request/simulation.h"
#include "request/status.h"

#include <stdio.h>

/* Prints the error object of pipelab.h and a newline. plan is one that was read
 * and refused, with the costs to run it as far as it goes, or NULL. stuck is a
 * simulation that deadlocks, or NULL. */
void
refusal_json(FILE *out, enum status status, const struct cause *cause,
             const struct setup *refused, const struct simulation *stuck);

#endif
