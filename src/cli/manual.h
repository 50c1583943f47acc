/* manual.h -- a command's page of the manual, from what --help prints. */
#ifndef PIPELAB_CLI_MANUAL_H
#define PIPELAB_CLI_MANUAL_H

#include "cli/command_line.h"

#include <stdio.h>

/* Prints the page in the man macros of roff. */
void
manual_print(FILE *out, const struct command *command);

#endif
