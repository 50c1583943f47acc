/* conversation.h -- what is typed at pipelab step and what comes of it: the
 * commands that move a training, look at it as it stands, and say where it is
 * to stop.
 *
 *   line --conversation_obey--> the stepper moves; the answer is in out
 *
 * Where lines come from and how an answer is shown is cmd_step.c's affair. */
#ifndef PIPELAB_STEP_CONVERSATION_H
#define PIPELAB_STEP_CONVERSATION_H

#include "cli/job.h"
#include "step/stepper.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct conversation {
    struct session session; /* without its trainer: the stepper has one */
    struct stepper stepper; /* once there is a plan */
    struct action *breaks;  /* what to stop before */
    size_t break_count;
    size_t break_room;
    bool terminal;          /* somebody sits there */
    bool screen;            /* and it is redrawn after each command, grid and
                             * all */
    FILE *out;              /* where the present command answers */
    bool moved;             /* by the present command */
    bool over;              /* it was the last */
};

/* Runs a line: a command or a word that begins like one, blanks, and what it is
 * about; an empty line is the first command, one with a # none. The answer, or
 * why nothing was done, goes to out. A signal ends a move after its turn. */
void
conversation_obey(struct conversation *talk, const char *line);

#endif
