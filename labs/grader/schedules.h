/* schedules.h -- laws that a student's schedule is held to. Each fails the test
 * with what is wrong in words if the law is broken. */
#ifndef PIPELAB_LABS_SCHEDULES_H
#define PIPELAB_LABS_SCHEDULES_H

#include "grader.h"

enum { MOST_RANKS = 6, MOST_MBS = 8 };

/* A plan without actions on ranks of one stage each. Its shape is what the test
 * is at. */
struct plan *
empty_plan(int ranks, int mbs);

/* The plan that a policy makes on such ranks; not checked. */
struct plan *
made(void (*policy)(struct plan *), int ranks, int mbs);

/* Complete, in order, and runs through links of one slot. */
void
must_run(const struct plan *plan);

/* The same through links of 0 or 1 slots. */
void
must_run_with(const struct plan *plan, int slots);

/* must_run() for every shape up to MOST_RANKS x MOST_MBS. */
void
must_run_at_every_shape(void (*policy)(struct plan *));

/* No rank r keeps more than most[r] microbatches. */
void
must_keep_at_most(const struct plan *plan, const int most[]);

/* With F=1 and B=2. */
void
must_take(const struct plan *plan, int64_t ticks);

#endif
