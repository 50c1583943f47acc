/* bench_floor.h -- the matrix products of one training step and nothing else:
 * the shapes of the monolith in the monolith's order, on tensors of their
 * own. */
#ifndef PIPELAB_BENCH_BENCH_FLOOR_H
#define PIPELAB_BENCH_BENCH_FLOOR_H

#include "nn/slice.h"

enum bench_products {
    PRODUCTS_SGEMM, /* a call of sgemm each */
    PRODUCTS_PACKED /* as in training: weights laid out where that pays */
};

struct bench_floor {
    int batch;
    int mbs;
    struct slice *slice; /* the whole model: what it holds is multiplied */
};

void
bench_floor_init(struct bench_floor *work, const struct mlp *mlp, int batch,
                 int mbs);
void
bench_floor_fini(struct bench_floor *work);

/* One step: every microbatch forward and backward. */
void
bench_floor_step(struct bench_floor *work, enum bench_products products);

#endif
