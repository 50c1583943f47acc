/* completion.h -- scripts by which a shell completes the command line, written
 * from the table of options. */
#ifndef PIPELAB_CLI_COMPLETION_H
#define PIPELAB_CLI_COMPLETION_H

#include <stdio.h>

void
completion_bash(FILE *out);

void
completion_zsh(FILE *out);

void
completion_fish(FILE *out);

#endif
