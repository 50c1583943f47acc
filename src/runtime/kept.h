/* kept.h -- the wall time of the latest steps of a run, of which one is the
 * median: the last step may be an outlier.
 *
 *   step  ... 7 8 9 10        each in the place of its number modulo count;
 *   place ... 1 2 0 1         a rank writes its own lane of it */
#ifndef PIPELAB_RUNTIME_KEPT_H
#define PIPELAB_RUNTIME_KEPT_H

#include "plan/plan.h"
#include "trace/trace.h"

#include <stddef.h>
#include <stdint.h>

/* How many steps of a plan with so many actions are kept: of a large one
 * fewer, at least one. */
enum { KEPT_STEPS = 15, KEPT_SPANS = 1 << 16 };
static inline int
kept_steps(size_t actions)
{
    size_t steps = actions > 0 ? KEPT_SPANS / actions : KEPT_STEPS;

    return steps < 1 ? 1 : steps > KEPT_STEPS ? KEPT_STEPS : (int)steps;
}

struct kept_step {
    struct trace wall; /* from settling on in ns since the step began */
    int64_t start_ns;  /* clock_wall_ns() at that moment */
    int64_t ns;        /* from its first computation to its end; 0: it has
                        * not been settled */
};

struct kept {
    int count;
    struct kept_step *steps;
};

void
kept_init(struct kept *kept, const struct plan *plan);
void
kept_fini(struct kept *kept);

/* Where the ranks write the spans of a step. */
struct kept_step *
kept_at(const struct kept *kept, int step);

/* When all ranks have ended steps first .. end-1: counts time from where each
 * began. */
void
kept_settle(struct kept *kept, int first, int end);

/* The step of median length among those settled, and of how many; NULL if
 * there are none. */
const struct kept_step *
kept_median(const struct kept *kept, int *of);

#endif
