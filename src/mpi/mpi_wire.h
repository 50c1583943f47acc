/* mpi_wire.h -- MPI as the wire (runtime/wire.h) between the processes of a
 * run.
 *
 * MPI has no wait that lets another thread have the core, and a rank may share
 * its core with others. So nothing blocks within MPI: every request is tested
 * until it is done, with a yield of the core between tests and, once a wait has
 * lasted, a short sleep. Nothing depends on how long that was. One thread calls
 * MPI at a time (MPI_THREAD_SERIALIZED). */
#ifndef PIPELAB_MPI_MPI_WIRE_H
#define PIPELAB_MPI_MPI_WIRE_H

#include "runtime/wire.h"

/* The implementation that the program was built with. */
enum mpi_library { MPI_LIBRARY_OPENMPI, MPI_LIBRARY_MPICH, MPI_LIBRARY_OTHER };
enum mpi_library
mpi_library(void);

/* Its name and version: "Open MPI v4.1.4". Before mpi_wire_open(), too. */
enum { MPI_NAME_MAX = 64 };
void
mpi_library_name(char name[MPI_NAME_MAX]);

/* Starts MPI, which may take a part of a second. From here on die() ends all
 * processes, and an error of MPI is one. There is one wire. */
struct wire *
mpi_wire_open(int *argc, char ***argv);

/* Ends MPI. All requests are done, here and in every other process. */
void
mpi_wire_close(struct wire *wire);

#endif
