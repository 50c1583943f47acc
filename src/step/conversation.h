/* conversation.h -- carries out the commands typed at pipelab step: they move
 * a training, show its state, and set breakpoints.
 *
 *   line --conversation_obey--> the stepper moves; the answer is in out
 *
 * cmd_step.c reads the lines and shows the answers. */
#ifndef PIPELAB_STEP_CONVERSATION_H
#define PIPELAB_STEP_CONVERSATION_H

#include "step/stepper.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct conversation {
    struct stepper stepper;    /* set up by the caller, released by it too */
    const struct trace *whole; /* predicted trace of a step; borrowed */
    struct action *breaks;     /* breakpoints: actions to stop before */
    size_t break_count;
    size_t break_room;
    bool screen; /* redrawn after each command, grid and all */
    bool (*interrupted)(void *context); /* called after each turn; true ends
                                         * the move */
    void *context;
    FILE *out;  /* for the answer of the present command */
    bool moved; /* the present command has taken turns */
    bool over;  /* the present command was the last */
};

/* Runs a line: a command or its first letters, blanks, an argument. An empty
 * line is the first command; a line that begins with # does nothing. The
 * answer, or the reason of a refusal, goes to out. */
void
conversation_obey(struct conversation *talk, const char *line);

/* Releases the breakpoints. */
void
conversation_fini(struct conversation *talk);

#endif
