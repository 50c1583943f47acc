/* clock.h -- the two clocks of a measurement, in nanoseconds. */
#ifndef PIPELAB_BASE_CLOCK_H
#define PIPELAB_BASE_CLOCK_H

#include <stdint.h>

/* Monotonic wall time since some fixed point. */
int64_t
clock_wall_ns(void);

/* Time that the calling thread has spent on a core. */
int64_t
clock_cpu_ns(void);

#endif
