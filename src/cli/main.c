/* main.c -- starts pipelab. */
#include "config.h"

#include "cli/cli_main.h"

int
main(int argc, char **argv)
{
    static const struct cli cli = {
        .summary = "Pipeline-parallel training in one process: plan, check, "
                   "simulate and run it.",
        .commands = commands,
    };

    cli_begin(argc, argv);
    return cli_main(&cli, argc, argv);
}
