/* quantile.c -- medians and other quantiles of measured times. */
#include "config.h"

#include "base/quantile.h"

#include <stdlib.h>

static int
compare_times(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

int64_t
quantile_of(int64_t ns[], int count, double share)
{
    int i = (int)(share * count);

    qsort(ns, (size_t)count, sizeof *ns, compare_times);
    return ns[i < count ? i : count - 1];
}
