/* beginning.h -- the beginning of a plan: what each stage has done, when each
 * rank is free, and when the messages arrive that are on their way. */
#ifndef PIPELAB_SEARCH_BEGINNING_H
#define PIPELAB_SEARCH_BEGINNING_H

#include "search/problem.h"

#include <stdint.h>

/* How far a stage is. */
struct stage_count {
    int forwards;
    int backwards; /* B and I */
    int weights;   /* B and W */
};

/* The least times at which what is left of a stage can start and end. */
struct left {
    int64_t forward; /* its next forward starts; INT64_MAX: none is left */
    int64_t forwards_end; /* its last one ends */
    int64_t backward;
    int64_t backwards_end;
};

struct beginning {
    const struct problem *problem;
    struct left *left; /* stages: for beginning_bound() */
    struct stage_count *stages;
    uint64_t *passed; /* stages: actions of it that its rank may not run next,
                       * a bit each; see beam.c */
    int64_t *clock;   /* ranks */
    int64_t *arrived; /* of messages: see beginning_input() */
};

void
beginning_init(struct beginning *beginning, const struct problem *problem);
void
beginning_fini(struct beginning *beginning);

/* Where the arrival of a stage's input or gradient of a microbatch stands; it
 * means something once the message is sent, and only between ranks. */
static inline int64_t *
beginning_input(const struct beginning *b, int stage, int mb)
{
    return &b->arrived[2 * stage * b->problem->mbs + mb];
}
static inline int64_t *
beginning_gradient(const struct beginning *b, int stage, int mb)
{
    return &b->arrived[(2 * stage + 1) * b->problem->mbs + mb];
}

/* When the next action of a kind, other than OVERLAP_F_B, could start on a
 * stage; -1 if it cannot be next, for want of an input or of room. */
int64_t
beginning_ready(const struct beginning *beginning, int stage,
                enum action_kind kind);

/* The next action of a kind on a stage. */
struct action
beginning_next(const struct beginning *beginning, int stage,
               enum action_kind kind);

/* Runs an action, which ends at a time. */
void
beginning_run(struct beginning *beginning, const struct action *action,
              int64_t end);

/* Takes it back; the caller restores the clock. */
void
beginning_undo(struct beginning *beginning, const struct action *action);

/* No plan that begins so is shorter. *likely receives the sum of what each rank
 * needs at the least. */
int64_t
beginning_bound(const struct beginning *beginning, int64_t *likely);

/* The same for what one rank needs; after beginning_bound(). */
int64_t
beginning_bound_rank(const struct beginning *beginning, int rank);

#endif
