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
    struct trainer_options options; /* with a plan, in lockstep */
    struct trainer *trainer;
    bool held;              /* the ranks of the step run */
    int step;               /* the present step, or the one just ended */
    size_t turn;            /* turns taken in that step */
    size_t *position;       /* ranks: actions done in that step */
    int64_t now;            /* virtual time of the last turn: the end of a
                             * transfer, the start of another action */
    enum run_status status; /* RUN_DONE unless the run has failed */
};

/* Stands before the first turn. All that options point to is borrowed. */
void
stepper_init(struct stepper *stepper, const struct trainer_options *options);

/* Ends the ranks at any turn, and releases all. */
void
stepper_fini(struct stepper *stepper);

/* Takes up to this number of turns, at most to the end of the step; the next
 * call then begins the next step. Returns how many were taken: 0 after the
 * last step, or if the run has failed, or in a deadlock. */
size_t
stepper_take(struct stepper *stepper, size_t turns);

/* Undoes this number of turns, at most all. */
void
stepper_back(struct stepper *stepper, size_t turns);

/* Whether it stands at the end of a step. */
bool
stepper_at_end(const struct stepper *stepper);

/* The actions of the last turn, or of the next one, which may be in the next
 * step. Returns how many: 0, 1 or, at a rendezvous, 2. */
struct stepper_action {
    int rank;
    size_t index; /* in its list */
    const struct action *action;
};
int
stepper_last(const struct stepper *stepper, struct stepper_action last[2]);
int
stepper_next(const struct stepper *stepper, struct stepper_action next[2]);

/* The span of an action that is done in this step. */
const struct span *
stepper_span(const struct stepper *stepper, const struct stepper_action *done);

/* Finds an action in the plan, also inside an overlap. */
bool
stepper_find(const struct stepper *stepper, const struct action *action,
             struct stepper_action *found);

/* position[ranks]: the index of the action that each rank is at, at this
 * moment of virtual time: the computation that it has begun and not ended, or
 * its next action. */
void
stepper_whereabouts(const struct stepper *stepper, size_t position[]);

#endif
