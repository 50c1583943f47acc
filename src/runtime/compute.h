/* compute.h -- one computation of a rank: F, B, I, W, an overlap, or STEP. */
#ifndef PIPELAB_RUNTIME_COMPUTE_H
#define PIPELAB_RUNTIME_COMPUTE_H

#include "runtime/run.h"

/* Runs it on a core of the rank's, after copying what another stage of the rank
 * hands over. Sets the end of the span and adds to its parts. False if the run
 * must stop; then it has been told. */
bool
compute_run(struct rank *rank, const struct action *action, struct span *wall);

#endif
