/* beam.h -- goes through all beginnings of plans, or the most promising: the
 * exact search for small shapes, and a good one for those a little larger.
 *
 *   level 0    level 1    level 2 ...             the counts of all stages add
 *     o----------o----------o                     up to the level; a B counts
 *      \---------o----------o                     two, as I and W
 *       \--------x          x dropped: no less than what is known, no better
 *                             than another beginning that has done the same,
 *                             or beyond the width
 *
 * If no beginning is dropped for the width alone, then no plan is shorter than
 * what is found: it is a dynamic program over what has been done, with bounds
 * and dominance. */
#ifndef PIPELAB_SEARCH_BEAM_H
#define PIPELAB_SEARCH_BEAM_H

#include "search/problem.h"

#include <stdbool.h>

struct beam {
    int width;                    /* beginnings kept in a level */
    int64_t below;                /* finds plans that are shorter */
    bool (*goes_on)(void *asked); /* asked now and then; NULL: always */
    void *asked;

    int64_t makespan; /* of the plan found */
    bool proven;      /* no plan is shorter than this one, or, if none was
                       * found, than below */
};

/* The plan found, whose name is the shape's, or NULL; the caller frees it.
 * Plans count that add weight gradients in order and, where blocks have a time
 * of their own, have no block that is shorter than one of its two. The same
 * problem, width and below give the same plan, unless the search is told to
 * stop. */
struct plan *
beam_search(struct beam *beam, const struct problem *problem);

#endif
