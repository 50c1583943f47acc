/* cli_main.h -- runs a program of commands: pipelab, and pipelab-mpi, which has
 * some of them and runs them in many processes. */
#ifndef PIPELAB_CLI_CLI_MAIN_H
#define PIPELAB_CLI_CLI_MAIN_H

#include "cli/commands.h"
#include "runtime/wire.h"

struct cli {
    const char *summary;                   /* of the program, for --help */
    const struct command *const *commands; /* NULL after the last */
    struct wire *wire; /* that joins its processes, or NULL; borrowed */
};

/* Sets up what must be so before libraries begin to work: standard streams, the
 * environment, for which the program may start anew, and the locale. */
void
cli_begin(int argc, char **argv);

/* Runs the command that argv names and returns the exit status. */
int
cli_main(const struct cli *cli, int argc, char **argv);

#endif
