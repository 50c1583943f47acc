/* commands.c -- the table of commands. */
#include "config.h"

#include "cli/commands.h"

const struct command *const commands[] = {
#define COMMAND(word) &command_##word,
#include "cli/commands.def"
#undef COMMAND
    NULL,
};

enum { COMMANDS = sizeof commands / sizeof *commands - 1 };

const struct command *
command_at(int i)
{
    return i < COMMANDS ? commands[i] : NULL;
}
