/* conversation.h -- what is typed at pipelab step and what comes of it: the
 * commands that move a training, look at it as it stands, and say where it is
 * to stop.
 *
 *   line --conversation_obey--> the stepper moves; the answer is in out
 *
 * Where lines come from and how an answer is shown is cmd_step.c's affair. */
#ifndef PIPELAB_STEP_CONVERSATION_H
#define PIPELAB_STEP_CONVERSATION_H

#include "step/stepper.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct conversation {
    struct stepper stepper;    /* set up by the caller, released by it too */
    const struct trace *whole; /* of a step, predicted; borrowed */
    struct action *breaks;     /* what to stop before */
    size_t break_count;
    size_t break_room;
    bool screen;               /* redrawn after each command, grid and all */
    bool (*interrupted)(void *context); /* asked after each turn: true ends
                                         * the move */
    void *context;
    FILE *out;                 /* where the present command answers */
    bool moved;                /* by the present command */
    bool over;                 /* it was the last */
};

/* Runs a line: a command or a word that begins like one, blanks, and what it is
 * about; an empty line is the first command, one with a # none. The answer, or
 * why nothing was done, goes to out. */
void
conversation_obey(struct conversation *talk, const char *line);

/* Releases the breakpoints. */
void
conversation_fini(struct conversation *talk);

#endif
