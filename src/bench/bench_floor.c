/* bench_floor.c -- times the matrix products of a step alone. */
#include "config.h"

#include "bench/bench_floor.h"

#include "base/rng.h"
#include "data/batches.h"
#include "tensor/gemm.h"

void
bench_floor_init(struct bench_floor *work, const struct mlp *mlp, int batch,
                 int mbs)
{
    struct optimizer_options sgd = optimizer_defaults(OPTIMIZER_SGD);
    int rows = batch_share(batch, mbs, 0).rows;
    struct tensor x;
    struct rng rng;

    *work = (struct bench_floor){
        batch, mbs, slice_new(mlp, 0, mlp->layers, rows, 1, 0, &sgd, 0, NULL)};
    x = slice_input(work->slice, 0, rows);
    rng_init(&rng, 0, RNG_TEST, 0);
    for (size_t i = 0; i < tensor_count(x); i++)
        x.data[i] = rng_normal(&rng);
}

void
bench_floor_fini(struct bench_floor *work)
{
    slice_free(work->slice);
}

/* What comes out of layer i, the head being the last. */
static struct tensor
output_of(const struct slice *slice, int i, int rows)
{
    const struct slice_slot *slot = &slice->stash[0];

    return tensor_rows(i == slice->count ? slot->logits : slot->x[i + 1],
                       rows);
}

static void
floor_forward(struct slice *slice, int rows, enum bench_products products)
{
    struct tensor x = slice_input(slice, 0, rows);

    for (int i = 0; i <= slice->count; i++) {
        const struct linear *linear = &slice->linears[i];
        struct tensor y = output_of(slice, i, rows);

        if (products == PRODUCTS_PACKED)
            linear_forward(linear, y, x);
        else
            gemm_nt(y, x, linear->weight);
        x = y;
    }
}

static void
floor_backward(struct slice *slice, int rows, enum bench_products products)
{
    struct tensor dy = output_of(slice, slice->count, rows);

    for (int i = slice->count; i >= 0; i--) {
        const struct linear *linear = &slice->linears[i];
        struct tensor dx = tensor_rows(slice->scratch[i % 2], rows);
        struct tensor x = tensor_rows(slice->stash[0].x[i], rows);

        gemm_add_tn(slice_layer(slice, slice->grads, i), dy, x);
        if (i == 0)
            break; /* the data needs no gradient */
        if (products == PRODUCTS_PACKED)
            linear_backward(linear, dx, dy);
        else
            gemm_nn(dx, dy, linear->weight);
        dy = dx;
    }
}

void
bench_floor_step(struct bench_floor *work, enum bench_products products)
{
    for (int m = 0; m < work->mbs; m++) {
        int rows = batch_share(work->batch, work->mbs, m).rows;

        floor_forward(work->slice, rows, products);
        floor_backward(work->slice, rows, products);
    }
}
