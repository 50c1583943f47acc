/* mpi_bench.h -- pipelab-mpi bench: what a message costs between processes,
 * beside what it costs between threads. */
#ifndef PIPELAB_MPI_MPI_BENCH_H
#define PIPELAB_MPI_MPI_BENCH_H

#include "cli/commands.h"

extern const struct command command_mpi_bench;

#endif
