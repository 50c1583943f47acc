/* command_line.h -- the commands as the command line knows them. */
#ifndef PIPELAB_CLI_COMMAND_LINE_H
#define PIPELAB_CLI_COMMAND_LINE_H

#include "request/options.h"

struct command {
    const char *name;
    const char *summary;
    unsigned takes; /* bits of enum option_group */
    const char *examples;
    /* The i-th word that may stand first of its operands, or NULL past the
     * last; without this they are files. */
    const char *(*word_at)(int i);
    int (*run)(const struct options *options);
};

/* Reads argv (argv[0] is the command's name) into options. False with the
 * cause if it is wrong. After --help nothing further is read. */
bool
command_line_parse(struct options *options, const struct command *command,
                   int argc, char **argv, struct cause *cause);

/* The i-th option that a command takes, in the order of --help, or NULL past
 * the last. */
struct option_entry;
const struct option_entry *
command_line_option(const struct command *command, int i);

/* The command's page for --help, on stdout. */
void
command_line_help(const struct command *command);

#endif
