/* larger.h -- the larger and the smaller of two numbers. */
#ifndef PIPELAB_BASE_LARGER_H
#define PIPELAB_BASE_LARGER_H

#include <stdint.h>

static inline int64_t
larger_of(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static inline int64_t
smaller_of(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

#endif
