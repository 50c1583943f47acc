/* list_search.h -- searches among list schedules: their rules, and the building
 * blocks that they follow. */
#ifndef PIPELAB_SEARCH_LIST_SEARCH_H
#define PIPELAB_SEARCH_LIST_SEARCH_H

#include "search/list_schedule.h"

#include <stdbool.h>

/* Where a search stands: what it is for, and the best time. */
struct list_search {
    const struct problem *problem;
    const int64_t *most;     /* ranks: the largest caps of rules */
    bool for_makespan;       /* else for the span, and then for the makespan */
    int64_t enough;          /* a makespan or span that need not be bettered */
    bool (*goes_on)(void *); /* or NULL */
    void *asked;
};

/* Fills an empty plan with the best list schedule found, of
 *
 *   - all combinations of a few rules, the same on all ranks,
 *   - building blocks: forwards pass up the ranks, and gradients down them at a
 *     few speeds, for each of two chunks of stages its own, and every
 *     microbatch does as the one before, a period later. Over V-shaped stages
 *     V-Min, V-Half and ZB-V are such blocks, from a third of what 1F1B holds
 *     to all of it (Qi et al., Pipeline parallelism with controllable memory,
 *     NeurIPS 2024). The block is the order of preference; times follow from
 *     the costs,
 *   - what is found from the best of each by local search: change the rules of
 *     one or two ranks, or when a stage does something in the block, keep the
 *     change unless the plan gets longer.
 *
 * The number tried depends on the shape alone. */
void
list_search(const struct list_search *search, struct plan *plan);

#endif
