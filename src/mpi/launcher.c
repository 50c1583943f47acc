/* launcher.c -- compares what launchers left in the environment with what MPI
 * says. */
#include "config.h"

#include "mpi/launcher.h"

#include <stdio.h>
#include <stdlib.h>

/* What launchers tell each process of the number of all, and, for the last,
 * of those on this machine. */
static const char *const counts[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE",
                                     "SLURM_NTASKS", "MPI_LOCALNRANKS"};

enum { COUNTS = sizeof counts / sizeof *counts };

/* 0 if it is not there. */
static int
count_of_variable(const char *name)
{
    const char *text = getenv(name);

    return text ? atoi(text) : 0;
}

/* Whether the library's own launcher says that there is one process, as within
 * a Slurm job of several. */
static bool
is_alone_on_purpose(enum mpi_library library)
{
    switch (library) {
    case MPI_LIBRARY_OPENMPI:
        return count_of_variable("OMPI_COMM_WORLD_SIZE") == 1;
    case MPI_LIBRARY_MPICH:
        return count_of_variable("PMI_SIZE") == 1;
    default:
        return false;
    }
}

static const char *
right_launcher(enum mpi_library library)
{
    switch (library) {
    case MPI_LIBRARY_OPENMPI:
        return "Open MPI's mpirun (Debian: mpirun.openmpi) or "
               "Slurm's srun with pmix";
    case MPI_LIBRARY_MPICH:
        return "MPICH's mpiexec (Debian: mpiexec.mpich) or "
               "Slurm's srun with pmi2";
    default:
        return "the mpiexec of that MPI";
    }
}

bool
launcher_suits(enum mpi_library library, const char *library_name,
               int processes, struct cause *cause)
{
    if (processes > 1 || is_alone_on_purpose(library))
        return true;
    for (int i = 0; i < COUNTS; i++)
        if (count_of_variable(counts[i]) > 1)
            return fail(cause,
                        "%s is %d, but to %s, which this program was built "
                        "with, the process is alone; start it with %s",
                        counts[i], count_of_variable(counts[i]), library_name,
                        right_launcher(library));
    return true;
}
