/* plural.h -- the ending of a noun after its number: printf("%d stage%s", n,
 * plural(n)). */
#ifndef PIPELAB_BASE_PLURAL_H
#define PIPELAB_BASE_PLURAL_H

#include <stdint.h>

/* 1 stage, 0 stages, 2 stages. */
static inline const char *
plural(int64_t n)
{
    return n == 1 ? "" : "s";
}

/* 1 microbatch, 2 microbatches. */
static inline const char *
plural_es(int64_t n)
{
    return n == 1 ? "" : "es";
}

#endif
