/* turns.h -- orders the actions of a forecast with spans, one turn after the
 * other: see forecast.h. */
#ifndef PIPELAB_SIM_TURNS_H
#define PIPELAB_SIM_TURNS_H

#include "sim/forecast.h"

/* The caller frees the turns; *count receives their number. barrier: see
 * cost.h. */
struct turn *
turns_of(const struct forecast *forecast, bool barrier, size_t *count);

#endif
