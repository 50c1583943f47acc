/* effect.h -- finds options that have no effect beside the others, by a table
 * of modes of commands and the options that they ignore. */
#ifndef PIPELAB_CLI_EFFECT_H
#define PIPELAB_CLI_EFFECT_H

#include "cli/command_line.h"

/* Names on stderr the given options that have no effect, with the reason.
 * False with the cause if one of them asks for something impossible. */
bool
effect_check(const struct options *options, const struct command *command,
             struct cause *cause);

#endif
