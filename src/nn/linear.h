/* linear.h -- a linear layer's products with its weight.
 *
 * One step multiplies many microbatches by the same weight. Where it is
 * faster, the layer keeps a packed copy (tensor/packed.h) for each direction.
 * After the weight is written, linear_pack() must be called to renew the
 * copies. */
#ifndef PIPELAB_NN_LINEAR_H
#define PIPELAB_NN_LINEAR_H

#include "tensor/packed.h"
#include "tensor/tensor.h"

#include <stdbool.h>

struct linear {
    struct tensor weight; /* out x in, borrowed */
    struct packed forth;  /* weight^T packed; no panels if not packed */
    struct packed back;   /* weight packed; no panels if not packed */
};

/* Packs the weight where that is faster for microbatches of rows rows. back:
 * also for linear_backward(), which otherwise calls sgemm. */
void
linear_init(struct linear *linear, struct tensor weight, int rows, bool back);
void
linear_fini(struct linear *linear);

/* Call it after rows first .. first+count-1 of the weight were written; first
 * is a multiple of PACKED_COLUMNS. */
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
