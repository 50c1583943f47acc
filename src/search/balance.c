/* balance.c -- finds the contiguous cut of layers that takes least time. */
#include "config.h"

#include "search/balance.h"

#include "base/memory.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static double
stage_work(const struct balance *balance, int first, int count)
{
    double work = 0.0;

    for (int i = first; i < first + count; i++)
        work += balance->work[i];
    return work;
}

static double
longest_stage(const struct balance *balance, const int split[])
{
    double longest = 0.0;
    int first = 0;

    for (int s = 0; s < balance->stages; s++) {
        longest = fmax(longest, stage_work(balance, first, split[s]));
        first += split[s];
    }
    return longest;
}

static double
cut_time(const struct balance *balance, const int split[])
{
    return balance->time ? balance->time(balance->context, split)
                         : longest_stage(balance, split);
}

/* The number of cuts, (layers-1 choose stages-1), or more than BALANCE_ALL. */
static double
count_cuts(const struct balance *balance)
{
    double cuts = 1.0;

    for (int s = 1; s < balance->stages && cuts <= BALANCE_ALL * 1e6; s++)
        cuts = cuts * (balance->layers - s) / s;
    return cuts;
}

static void
keep_better(const struct balance *balance, const int split[], int best[],
            double *least)
{
    double time = cut_time(balance, split);

    if (time >= *least)
        return;
    *least = time;
    memcpy(best, split, (size_t)balance->stages * sizeof *best);
}

/* Tries every way to cut the layers that are left from a stage on. */
static void
try_from(const struct balance *balance, int stage, int left, int split[],
         int best[], double *least)
{
    int after = balance->stages - 1 - stage;

    if (after == 0) {
        split[stage] = left;
        keep_better(balance, split, best, least);
        return;
    }
    for (split[stage] = 1; split[stage] <= left - after; split[stage]++)
        try_from(balance, stage + 1, left - split[stage], split, best, least);
}

/* The cut whose longest stage is shortest: least[s][n] is the longest of s
 * stages of the first n layers. */
static void
cut_evenly(const struct balance *balance, int split[])
{
    int layers = balance->layers;
    size_t row = (size_t)layers + 1;
    double *least = memory_new((size_t)balance->stages * row, sizeof *least);
    int *last = memory_new((size_t)balance->stages * row, sizeof *last);

    for (int s = 0; s < balance->stages; s++)
        for (int n = s + 1; n <= layers; n++) {
            double *here = &least[(size_t)s * row + (size_t)n];

            *here = s == 0 ? stage_work(balance, 0, n) : HUGE_VAL;
            last[(size_t)s * row + (size_t)n] = n;
            for (int count = 1; s > 0 && n - count >= s; count++) {
                double own = stage_work(balance, n - count, count);
                double longest = fmax(
                    own, least[(size_t)(s - 1) * row + (size_t)(n - count)]);

                if (longest < *here) {
                    *here = longest;
                    last[(size_t)s * row + (size_t)n] = count;
                }
                if (own >= *here)
                    break;
            }
        }
    for (int s = balance->stages - 1, n = layers; s >= 0; s--) {
        split[s] = last[(size_t)s * row + (size_t)n];
        n -= split[s];
    }
    free(least);
    free(last);
}

/* Hands a layer from one stage to another, each boundary between moving by
 * one, where that helps most; false if it helps nowhere. */
static bool
hand_layer(const struct balance *balance, int best[], double *least)
{
    size_t size = (size_t)balance->stages * sizeof *best;
    int *from = memory_new((size_t)balance->stages, sizeof *from);
    int *split = memory_new((size_t)balance->stages, sizeof *split);
    double before = *least;

    memcpy(from, best, size);
    for (int giver = 0; giver < balance->stages; giver++)
        for (int taker = 0; taker < balance->stages; taker++) {
            if (giver == taker || from[giver] == 1)
                continue;
            memcpy(split, from, size);
            split[giver]--;
            split[taker]++;
            keep_better(balance, split, best, least);
        }
    free(split);
    free(from);
    return *least < before;
}

double
balance_find(const struct balance *balance, int split[])
{
    int *trial = memory_new((size_t)balance->stages, sizeof *trial);
    double least = HUGE_VAL;

    if (count_cuts(balance) <= BALANCE_ALL) {
        try_from(balance, 0, balance->layers, trial, split, &least);
    } else {
        cut_evenly(balance, trial);
        keep_better(balance, trial, split, &least);
        while (balance->time && hand_layer(balance, split, &least))
            continue;
    }
    free(trial);
    return least;
}
