/* clock.c -- reads the wall clock and a thread's processor time, in
 * nanoseconds. */
#include "config.h"

#include "base/clock.h"

#include <time.h>

static int64_t
read_ns(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t
clock_wall_ns(void)
{
    return read_ns(CLOCK_MONOTONIC);
}

int64_t
clock_cpu_ns(void)
{
    return read_ns(CLOCK_THREAD_CPUTIME_ID);
}
