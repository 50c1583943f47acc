/* waits.h -- what each rank does at a moment of a step, for which it waits, and
 * what decided when that ends. */
#ifndef PIPELAB_API_WAITS_H
#define PIPELAB_API_WAITS_H

#include "request/simulation.h"

#include <stdio.h>

/* Prints the object of pipelab.h's "why" and a newline, of a simulation of one
 * step with its spans. at: in ticks. rank: whose waiting the path explains, or
 * -1 for the end of the step. */
void
waits_json(FILE *out, const struct simulation *simulation, int64_t at,
           int rank);

#endif
