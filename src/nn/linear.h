/* linear.h -- a linear layer's products with its weight.
 *
 * One step multiplies many microbatches by the same weight: where that pays, it
 * is laid out for each direction once a step. The copies are the layer's own,
 * so they follow when somebody writes the weight only as linear_pack() is
 * called. */
#ifndef PIPELAB_NN_LINEAR_H
#define PIPELAB_NN_LINEAR_H

#include "tensor/packed.h"
#include "tensor/tensor.h"

#include <stdbool.h>
#include <stddef.h>

struct linear {
    struct tensor weight; /* out x in, borrowed */
    struct packed forth;  /* its transpose; without panels if not laid out */
    struct packed back;   /* itself; likewise */
};

/* Lays the weight out, for microbatches of rows rows: for linear_backward() only
 * with `back`, without which it does what sgemm does. */
void
linear_init(struct linear *linear, struct tensor weight, int rows, bool back);
void
linear_fini(struct linear *linear);

/* After rows first .. first+count-1 of the weight were written; first is a
 * multiple of PACKED_COLUMNS. */
void
linear_pack(struct linear *linear, int first, int count);

/* y[m,out] = x[m,in] weight^T */
void
linear_forward(const struct linear *linear, struct tensor y, struct tensor x);

/* dx[m,in] = dy[m,out] weight */
void
linear_backward(const struct linear *linear, struct tensor dx,
                struct tensor dy);

#endif
