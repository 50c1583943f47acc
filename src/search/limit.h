/* limit.h -- how much every rank may hold, and what that leaves for
 * microbatches beside what stays through the step.
 *
 *   | weights, gradients, optimizer, link slots | microbatches in flight |
 *   |<--------------- fixed ------------------->|<------- room --------->|
 *
 * Searches use rooms of one microbatch and a number of units more. So between
 * one limit and a larger one lie finitely many rooms, the same whichever limits
 * are asked for, and what is found with all that fit is never worse with more
 * memory. */
#ifndef PIPELAB_SEARCH_LIMIT_H
#define PIPELAB_SEARCH_LIMIT_H

#include "plan/footprint.h"
#include "plan/plan.h"

#include <stdbool.h>
#include <stdint.h>

#define LIMIT_NONE (INT64_MAX / 4) /* more than any plan holds */

/* In bytes, or in millionths of an activation; all borrowed. */
struct limit {
    int64_t most;                   /* of a rank */
    const struct footprint *stages; /* what a microbatch takes on each */
    const struct stage_bytes *kept; /* what each takes through the step */
    int slots; /* of each link; 0: those that a plan uses, at least 2 */
};

/* What it means for one rank of a placement. */
struct limit_rank {
    int64_t fixed; /* stays through the step */
    int64_t one;   /* the most that one microbatch takes, stage by stage */
    int64_t all;   /* no plan holds more of microbatches */
    int64_t unit;  /* by which its rooms differ */
    bool whole;    /* all that it holds is `one` and units more */
};

/* For an empty plan's placement; the caller frees ranks[shape->ranks]. */
struct limit_rank *
limit_ranks(const struct limit *limit, const struct plan *shape);

/* What a rank has room for when it may hold `most`: one microbatch and units
 * more, or, exact, all that is left; -1 if one does not fit. */
int64_t
limit_room(const struct limit_rank *rank, int64_t most, bool exact);

/* The largest limit below `most` at which its room is smaller, or -1. */
int64_t
limit_below(const struct limit_rank *rank, int64_t most);

/* What the fullest rank holds of a plan that uses so many slots of a link. */
int64_t
limit_held(const struct limit *limit, const struct plan *plan, int slots);

/* By how much that exceeds the limit; 0: the plan keeps to it. */
int64_t
limit_excess(const struct limit *limit, const struct plan *plan, int slots);

/* One microbatch goes up the stages of each rank and back: what every plan has
 * at some time. */
void
limit_add_microbatch(struct plan *plan);

#endif
