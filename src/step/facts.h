/* facts.h -- what is so in a training that stands still, for inspect.c to
 * show. */
#ifndef PIPELAB_STEP_FACTS_H
#define PIPELAB_STEP_FACTS_H

#include "plan/footprint.h"
#include "plan/why.h"
#include "step/stepper.h"

#include <stdbool.h>
#include <stdint.h>

/* The tensor that a transfer has moved, as its own rank has it. */
struct tensor
facts_transferred(const struct stepper *stepper, const struct action *action);

/* The tensor of a microbatch at one side of a stage; false if it is not there,
 * or not any more. */
bool
facts_port(const struct stepper *stepper, int stage, int mb, enum port port,
           struct tensor *tensor);

/* A stage's weights and their gradients, each as one row. */
struct tensor
facts_weights(const struct stepper *stepper, int stage);
struct tensor
facts_gradients(const struct stepper *stepper, int stage);

/* (stage, microbatch) pairs of a rank that are in flight. */
int
facts_live(const struct stepper *stepper, int rank);

/* What each rank has in flight: memory[ranks]. */
void
facts_memory(const struct stepper *stepper, struct memory_now memory[]);

/* What a rank does at this moment of virtual time, in view of where all stand
 * (stepper_whereabouts()). */
struct facts_stand {
    struct why why;
    int64_t arrival; /* of the sent message that it waits for; or -1 */
};
struct facts_stand
facts_stand(const struct stepper *stepper, const size_t position[], int rank);

/* It waits, for another rank or for a message under way. */
bool
facts_waits(const struct facts_stand *stand);

#endif
