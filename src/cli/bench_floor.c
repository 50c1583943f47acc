#include "config.h"

#include "cli/bench_floor.h"

#include "base/memory.h"
#include "base/rng.h"
#include "data/batches.h"
#include "tensor/gemm.h"

#include <stdlib.h>

/* Small values of mixed signs: nothing overflows or becomes denormal. */
static void
fill(float *floats, size_t count, struct rng *rng)
{
    for (size_t i = 0; i < count; i++)
        floats[i] = (rng_uniform(rng) - 0.5f) / 16.0f;
}

static struct tensor
new_filled(int rows, int cols, struct rng *rng)
{
    struct tensor t = tensor_new(rows, cols);

    fill(t.data, tensor_count(t), rng);
    return t;
}

void
bench_floor_init(struct bench_floor *work, const struct mlp *mlp, int batch,
                 int mbs)
{
    size_t layers = (size_t)mlp->layers + 1;
    size_t params = mlp_parameters(mlp, 0, mlp->layers);
    int rows = batch_share(batch, mbs, 0).rows;
    size_t used = 0;
    struct rng rng;

    *work = (struct bench_floor){
        .mlp = *mlp,
        .batch = batch,
        .mbs = mbs,
        .floats = {memory_new_floats(params), memory_new_floats(params)},
        .weights = memory_new(layers, sizeof *work->weights),
        .gradients = memory_new(layers, sizeof *work->gradients),
        .x = memory_new(layers + 1, sizeof *work->x),
    };
    rng_init(&rng, 0, RNG_TEST, 0);
    fill(work->floats[0], params, &rng);
    work->x[0] = new_filled(rows, mlp->inputs, &rng);
    for (int i = 0; i <= mlp->layers; i++) {
        int in = mlp_layer_inputs(mlp, i);
        int out = mlp_layer_outputs(mlp, i);

        work->weights[i] = (struct tensor){out, in, work->floats[0] + used};
        work->gradients[i] = (struct tensor){out, in, work->floats[1] + used};
        used += tensor_count(work->weights[i]) + (size_t)out;
        work->x[i + 1] = new_filled(rows, out, &rng);
    }
    for (int i = 0; i < 2; i++)
        work->passing[i] = new_filled(rows, mlp->hidden, &rng);
}

size_t
bench_floor_bytes(const struct mlp *mlp, int batch, int mbs)
{
    int rows = batch_share(batch, mbs, 0).rows;
    size_t passing =
        memory_floats_bytes((size_t)rows * (size_t)mlp->hidden);

    return 2 * memory_floats_bytes(mlp_parameters(mlp, 0, mlp->layers)) +
           mlp_stash_bytes(mlp, 0, mlp->layers, rows) + 2 * passing;
}

void
bench_floor_fini(struct bench_floor *work)
{
    for (int i = 0; i < work->mlp.layers + 2; i++)
        tensor_free(&work->x[i]);
    for (int i = 0; i < 2; i++) {
        tensor_free(&work->passing[i]);
        free(work->floats[i]);
    }
    free(work->weights);
    free(work->gradients);
    free(work->x);
}

static void
forward(struct bench_floor *work, int rows)
{
    for (int i = 0; i <= work->mlp.layers; i++)
        gemm_nt(tensor_rows(work->x[i + 1], rows),
                tensor_rows(work->x[i], rows), work->weights[i], false);
}

static void
backward(struct bench_floor *work, int rows)
{
    int head = work->mlp.layers;

    for (int i = head; i >= 0; i--) {
        struct tensor g =
            tensor_rows(i == head ? work->x[head + 1] : work->passing[i % 2],
                        rows);

        gemm_tn(work->gradients[i], g, tensor_rows(work->x[i], rows), true);
        /* Nobody wants the gradient of the data. */
        if (i > 0)
            gemm_nn(tensor_rows(work->passing[(i + 1) % 2], rows), g,
                    work->weights[i], false);
    }
}

void
bench_floor_step(struct bench_floor *work)
{
    for (int m = 0; m < work->mbs; m++) {
        int rows = batch_share(work->batch, work->mbs, m).rows;

        forward(work, rows);
        backward(work, rows);
    }
}
