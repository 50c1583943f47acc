/* effect.h -- options that change nothing beside the others: a table of which
 * modes of a command have no use for which options. */
#ifndef PIPELAB_CLI_EFFECT_H
#define PIPELAB_CLI_EFFECT_H

#include "cli/options.h"

/* Names on stderr the options that were given and have no effect, with the
 * reason. False with the cause if one of them asks for what cannot be had. */
bool
effect_check(const struct options *options, const struct command *command,
             struct cause *cause);

#endif
