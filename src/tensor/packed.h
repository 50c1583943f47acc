/* packed.h -- products with a matrix that is laid out for them.
 *
 * sgemm copies its operands into the order in which its inner loop reads them.
 * For a microbatch of few rows copying the weights takes as long as multiplying
 * by them. But the weights stay the same for all microbatches of a step: laid
 * out once a step, they serve all its products.
 *
 * The columns are cut into panels, as wide as the machine's registers are good
 * for; a panel is kept row after row without gaps, the last one filled up with
 * zeros (Goto and van de Geijn, "Anatomy of high-performance matrix
 * multiplication", 2008). */
#ifndef PIPELAB_TENSOR_PACKED_H
#define PIPELAB_TENSOR_PACKED_H

#include "tensor/tensor.h"

#include <stdbool.h>
#include <stddef.h>

/* An inner loop for one kind of vector registers. */
struct packed_kernel;

/* Those that this machine can run, the fastest first; NULL beyond the last. */
const struct packed_kernel *
packed_kernel(int i);

/* Whether products of m rows with a matrix of this size gain by its being laid
 * out. */
bool
packed_pays(int m, int rows, int cols);

struct packed {
    int rows;
    int cols;
    const struct packed_kernel *kernel;
    float *panels;
};

/* Zeros, for this kernel. Whoever made it frees it. */
struct packed
packed_new(int rows, int cols, const struct packed_kernel *kernel);

/* Frees the floats; harmless when repeated. */
void
packed_free(struct packed *packed);

/* Rows first .. first+count-1 become those of b[rows,cols]. */
void
packed_rows(struct packed *packed, struct tensor b, int first, int count);

/* Columns first .. first+count-1 become those rows of b[cols,rows]; first is a
 * multiple of PACKED_COLUMNS. */
enum { PACKED_COLUMNS = 32 };
void
packed_columns(struct packed *packed, struct tensor b, int first, int count);

/* c[m,cols] = a[m,rows] packed. c shares no floats with a. The terms of
 * an element are added in ascending order, so that the bits of a row of c
 * depend on that row of a alone: not on the rows beside it, nor on where the
 * floats lie, nor on the thread. */
void
packed_multiply(struct tensor c, struct tensor a, const struct packed *packed);

#endif
