/* packed.h -- products with a matrix that is stored in the order in which the
 * inner loop reads it.
 *
 * sgemm copies its operands into that order for every product. For a
 * microbatch of few rows, copying the weights takes as long as multiplying by
 * them. The weights are the same for all microbatches of a step, so here they
 * are copied once a step.
 *
 *   b[rows,cols] -> panels[cols / width][rows][width],  width = 2 vectors
 *   panel p, row k, lane j = b[k, p * width + j], 0 beyond the last column
 *
 * Goto and van de Geijn, "Anatomy of high-performance matrix multiplication"
 * (2008). */
#ifndef PIPELAB_TENSOR_PACKED_H
#define PIPELAB_TENSOR_PACKED_H

#include "tensor/tensor.h"

#include <stdbool.h>

/* An inner loop for one kind of vector registers. */
struct packed_kernel;

/* Kernel number i of those that this machine can run, fastest first; NULL
 * beyond the last. */
const struct packed_kernel *
packed_kernel(int i);

/* Whether a product a[m,rows] b[rows,cols] is faster with b packed. */
bool
packed_pays(int m, int rows, int cols);

struct packed {
    int rows;
    int cols;
    const struct packed_kernel *kernel;
    float *panels;
};

/* A packed matrix of zeros for this kernel; the caller frees it. */
struct packed
packed_new(int rows, int cols, const struct packed_kernel *kernel);

/* Frees the panels; a second call does nothing. */
void
packed_free(struct packed *packed);

/* Copies rows first .. first+count-1 of b[rows,cols] into the panels. */
void
packed_rows(struct packed *packed, struct tensor b, int first, int count);

/* Copies rows first .. first+count-1 of b[cols,rows], transposed: they become
 * those columns. first is a multiple of PACKED_COLUMNS. */
enum { PACKED_COLUMNS = 32 };
void
packed_columns(struct packed *packed, struct tensor b, int first, int count);

/* c[m,cols] = a[m,rows] packed. c shares no floats with a. The terms of an
 * element are added in ascending order of k. So the bits of a row of c depend
 * on that row of a alone: not on the other rows, the addresses or the
 * thread. */
void
packed_multiply(struct tensor c, struct tensor a, const struct packed *packed);

#endif
