/* waits.h -- what each rank does at a moment of steps in a row, for which it
 * waits, and what decided when that ends. */
#ifndef PIPELAB_API_WAITS_H
#define PIPELAB_API_WAITS_H

#include "sim/forecast.h"

#include <stdio.h>

/* Prints the object of pipelab.h's "why" and a newline, of a forecast of so
 * many steps with its spans, which may end in a deadlock. at: in ticks. rank:
 * whose waiting the path explains, or -1 for the end of the last step. */
void
waits_json(FILE *out, const struct forecast *forecast, int steps, int64_t at,
           int rank);

#endif
