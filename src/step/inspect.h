/* inspect.h -- what there is to see of a training that stands still: what was
 * done, tensors, links, memory, and who waits for whom. */
#ifndef PIPELAB_STEP_INSPECT_H
#define PIPELAB_STEP_INSPECT_H

#include "step/stepper.h"

#include <stdio.h>

/* One line for each action of the last turn: rank, cell, virtual time, what
 * came of it. */
void
inspect_turn(FILE *out, const struct stepper *stepper);

/* One line: the loss and the weights' hash of the step that has ended. */
void
inspect_step(FILE *out, const struct stepper *stepper);

/* Which actions come next, on one line; nothing if none does. */
void
inspect_next(FILE *out, const struct stepper *stepper);

/* The tensors of each action's stage and microbatch, as far as they are alive,
 * and the stage's weights. */
void
inspect_tensors(FILE *out, const struct stepper *stepper,
                const struct action actions[], int count);

/* Each link: how full, with what, and who waits there. */
void
inspect_links(FILE *out, const struct stepper *stepper);

/* Each rank: bytes, and live activations beside the most of a whole step. */
void
inspect_memory(FILE *out, const struct stepper *stepper);

/* Why a rank waits; or, for -1, why each that does. */
void
inspect_why(FILE *out, const struct stepper *stepper, int rank);

/* The grid: done, next and to come, of a step whose whole trace is known; and
 * what comes next. */
void
inspect_grid(FILE *out, const struct stepper *stepper,
             const struct trace *whole);

#endif
