/* main.c -- starts pipelab-mpi in each of its processes. */
#include "config.h"

#include "cli/cli_main.h"
#include "mpi/launcher.h"
#include "mpi/mpi_bench.h"
#include "mpi/mpi_wire.h"
#include "request/status.h"

static const struct command *const mpi_commands[] = {
    &command_train, &command_eval, &command_mpi_bench, NULL};

int
main(int argc, char **argv)
{
    struct cli cli = {
        .summary =
            "Pipeline-parallel training in several processes, which MPI "
            "connects:\nmpirun -n 4 pipelab-mpi train ...",
        .commands = mpi_commands,
    };
    char name[MPI_NAME_MAX];
    struct cause cause;
    int status;

    cli_begin(argc, argv);
    cli.wire = mpi_wire_open(&argc, &argv);
    mpi_library_name(name);
    if (launcher_suits(mpi_library(), name, cli.wire->processes, &cause))
        status = cli_main(&cli, argc, argv);
    else
        status = complain(STATUS_USAGE, &cause);
    mpi_wire_close(cli.wire);
    return status;
}
