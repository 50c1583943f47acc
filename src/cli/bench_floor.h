/* bench_floor.h -- the matrix products of one training step and nothing else:
 * the shapes of the monolith in the monolith's order, on tensors of their
 * own. */
#ifndef PIPELAB_CLI_BENCH_FLOOR_H
#define PIPELAB_CLI_BENCH_FLOOR_H

#include "nn/mlp.h"
#include "tensor/tensor.h"

struct bench_floor {
    struct mlp mlp;
    int batch;
    int mbs;
    float *floats[2];         /* all weights, all gradients: laid out as a
                               * slice's, for where floats lie matters */
    struct tensor *weights;   /* layers + 1, the head last: out x in */
    struct tensor *gradients; /* like weights */
    struct tensor *x;         /* layers + 2: inputs, outputs, logits */
    struct tensor passing[2]; /* gradients on their way back */
};

void
bench_floor_init(struct bench_floor *work, const struct mlp *mlp, int batch,
                 int mbs);
/* Bytes that it takes. */
size_t
bench_floor_bytes(const struct mlp *mlp, int batch, int mbs);
void
bench_floor_fini(struct bench_floor *work);

/* One step: every microbatch forward and backward. */
void
bench_floor_step(struct bench_floor *work);

#endif
