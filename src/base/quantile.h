/* quantile.h -- medians and other quantiles of measured times. */
#ifndef PIPELAB_BASE_QUANTILE_H
#define PIPELAB_BASE_QUANTILE_H

#include <stdint.h>

/* Sorts ns[count] and returns its quantile: share 0.5 is the median. */
int64_t
quantile_of(int64_t ns[], int count, double share);

#endif
