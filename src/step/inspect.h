/* inspect.h -- prints the state of a training that stands still: actions done,
 * tensors, links, memory, and which rank waits for which. */
#ifndef PIPELAB_STEP_INSPECT_H
#define PIPELAB_STEP_INSPECT_H

#include "step/stepper.h"

#include <stdio.h>

/* One line for each action of the last turn: rank, cell, virtual time,
 * result. */
void
inspect_turn(FILE *out, const struct stepper *stepper);

/* One line: the loss and the hash of the weights after the step that has
 * ended. */
void
inspect_step(FILE *out, const struct stepper *stepper);

/* The live tensors of each action's stage and microbatch, and the stage's
 * weights. */
void
inspect_tensors(FILE *out, const struct stepper *stepper,
                const struct action actions[], int count);

/* Each link: slots used, messages, and the rank that waits there. */
void
inspect_links(FILE *out, const struct stepper *stepper);

/* Each rank: bytes, live activations, and the most of both in a whole step. */
void
inspect_memory(FILE *out, const struct stepper *stepper);

/* Why a rank waits; with -1, why every waiting rank does. */
void
inspect_why(FILE *out, const struct stepper *stepper, int rank);

/* The grid of a step whose whole trace is known: actions done, next and later;
 * then the actions that come next. */
void
inspect_grid(FILE *out, const struct stepper *stepper,
             const struct trace *whole);

#endif
