/* optimum.h -- the shortest plan of a small shape, found by trying all. */
#ifndef PIPELAB_TESTS_SEARCH_OPTIMUM_H
#define PIPELAB_TESTS_SEARCH_OPTIMUM_H

#include "plan/cost.h"
#include "plan/plan.h"

enum { OPTIMUM_STAGES = 4, OPTIMUM_MBS = 4 };

/* The makespan of the shortest plan of the shape and placement with unbounded
 * links and at most max_activations (0: any number) alive on a rank, whatever
 * its backwards, whole, split or overlapped with a forward, as long as each
 * stage adds its weight gradients in order. Every action takes a tick or more.
 * INT64_MAX if memory allows none. */
int64_t
optimum_makespan(const struct plan *shape, const struct cost *cost,
                 int max_activations);

#endif
