/* launcher.h -- whether the launcher that started this process goes with the
 * MPI that the program was built with. If not, each process believes that it is
 * alone, and all of them do the whole work. */
#ifndef PIPELAB_MPI_LAUNCHER_H
#define PIPELAB_MPI_LAUNCHER_H

#include "base/error.h"
#include "mpi/mpi_wire.h"

#include <stdbool.h>

/* processes: as MPI counts them. False if a launcher's variables in the
 * environment speak of more; the cause names the launcher to use. */
bool
launcher_suits(enum mpi_library library, const char *library_name,
               int processes, struct cause *cause);

#endif
