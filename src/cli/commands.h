/* commands.h -- the commands of pipelab. To add one: write cmd_NAME.c, which
 * defines command_NAME, and add its line to commands.def; --help lists it then,
 * main() finds it, shells complete it and it has a page in the manual. */
#ifndef PIPELAB_CLI_COMMANDS_H
#define PIPELAB_CLI_COMMANDS_H

#include "cli/command_line.h"

#define COMMAND(word) extern const struct command command_##word;
#include "cli/commands.def"
#undef COMMAND

/* Those of commands.def, and NULL. */
extern const struct command *const commands[];

/* Command number i of them, or NULL past their end. */
const struct command *
command_at(int i);

#endif
