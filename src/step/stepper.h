/* stepper.h -- a training that moves only when it is told to, turn by turn,
 * and goes back.
 *
 *   stepper_take --run_let--> one rank moves by one action; all stand still
 *
 * What moves is the run itself: threads, channels and tensors are those of
 * train --lockstep. A turn is one action, at capacity 0 both ends of a
 * transfer. The ranks are started at each step and joined at its end: between
 * two steps there are none. To go back, the training is run again from its
 * start up to the earlier turn: the same seed gives the same bits. */
#ifndef PIPELAB_STEP_STEPPER_H
#define PIPELAB_STEP_STEPPER_H

#include "train/trainer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stepper {
    struct trainer_options options; /* of a pipeline in lockstep */
    struct trainer *trainer;
    bool held;              /* the step's ranks have begun and not gone */
    int step;               /* that it is in, or has just done */
    size_t turn;            /* turns taken of it */
    size_t *position;       /* ranks: actions done in it */
    int64_t now;            /* virtual time of the last turn: when a transfer
                             * ended, or something else began */
    enum run_status status; /* RUN_DONE: nothing is wrong so far */
};

/* Before the first turn. What options point to is borrowed. */
void
stepper_init(struct stepper *stepper, const struct trainer_options *options);

/* Sends ranks home wherever they stand. */
void
stepper_fini(struct stepper *stepper);

/* Takes so many turns, but none beyond the end of a step; after that end the
 * next step begins. Returns how many were taken: 0 after the last step, or if
 * the run has failed or, there being no turn left in a step that cannot be
 * completed, in the deadlock which is then found. */
size_t
stepper_take(struct stepper *stepper, size_t turns);

/* Undoes so many turns, at most all. */
void
stepper_back(struct stepper *stepper, size_t turns);

/* It stands at the end of a step. */
bool
stepper_at_end(const struct stepper *stepper);

/* The actions of the last turn, and of the next one, which may be the first of
 * a step; each with its rank. Returns how many: 0, 1 or, at a rendezvous, 2. */
struct stepper_action {
    int rank;
    size_t index; /* in its list */
    const struct action *action;
};
int
stepper_last(const struct stepper *stepper, struct stepper_action last[2]);
int
stepper_next(const struct stepper *stepper, struct stepper_action next[2]);

/* The span that an action of this step has left. */
const struct span *
stepper_span(const struct stepper *stepper, const struct stepper_action *done);

/* Finds an action in the plan, also as a part of an overlap. */
bool
stepper_find(const struct stepper *stepper, const struct action *action,
             struct stepper_action *found);

/* At which action of its list each rank is at this moment of virtual time: the
 * computation that it has begun and not ended, or what it has come to. */
void
stepper_whereabouts(const struct stepper *stepper, size_t position[]);

#endif
