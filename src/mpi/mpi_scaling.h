/* mpi_scaling.h -- how replicas scale (weak scaling): each process is a
 * pipeline of its own with the same batch, and a step adds up the gradients of
 * all. */
#ifndef PIPELAB_MPI_MPI_SCALING_H
#define PIPELAB_MPI_MPI_SCALING_H

#include "base/error.h"
#include "base/json.h"

#include <stdbool.h>

/* Measures 1, 2, 4, ... replicas, as many as there are processes, each so many
 * times, and shows medians: a table on stdout or, if json is not NULL, elements
 * of its open array. Every process calls it. False with the cause if memory is
 * short in one. */
bool
mpi_scaling(int repeat, struct json *json, struct cause *cause);

#endif
