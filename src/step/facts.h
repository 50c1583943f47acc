/* facts.h -- reads the state of a training that stands still; inspect.c prints
 * it. */
#ifndef PIPELAB_STEP_FACTS_H
#define PIPELAB_STEP_FACTS_H

#include "plan/footprint.h"
#include "plan/why.h"
#include "step/stepper.h"

#include <stdbool.h>
#include <stdint.h>

/* The tensor that a transfer has moved, in the memory of the transfer's
 * rank. */
struct tensor
facts_transferred(const struct stepper *stepper, const struct action *action);

/* A tensor of a microbatch at a stage; false if it is not there yet, or was
 * freed. */
bool
facts_port(const struct stepper *stepper, int stage, int mb, enum port port,
           struct tensor *tensor);

/* The weights of a place (see plan.h) and their gradients, each as one row. */
struct tensor
facts_weights(const struct stepper *stepper, int place);
struct tensor
facts_gradients(const struct stepper *stepper, int place);

/* (stage, microbatch) pairs of a rank that are in flight. */
int
facts_live(const struct stepper *stepper, int rank);

/* What each rank has in flight: memory[ranks]. */
void
facts_memory(const struct stepper *stepper, struct memory_now memory[]);

/* What a rank does at this moment of virtual time, given the positions of all
 * ranks (stepper_whereabouts()). */
struct facts_stand {
    struct why why;
    int64_t arrival; /* virtual time at which the message that it waits for
                      * arrives; -1 if that is not sent, or it does not wait */
    int missing;     /* at its first STEP, with a barrier: ranks that have not
                      * come to theirs; else 0 */
};
struct facts_stand
facts_stand(const struct stepper *stepper, const size_t position[], int rank);

/* Whether it waits for other ranks, or for a message that is on its way. */
bool
facts_waits(const struct facts_stand *stand);

#endif
