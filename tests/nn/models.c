#include "config.h"

#include "models.h"

#include "base/hash.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void
fill_normal(struct tensor t, uint32_t index)
{
    struct rng rng;

    rng_init(&rng, SEED, RNG_TEST, index);
    for (size_t i = 0; i < tensor_count(t); i++)
        t.data[i] = rng_normal(&rng);
}

void
examples_init(struct examples *examples, const struct mlp *mlp, int batch)
{
    struct rng rng;

    rng_init(&rng, SEED, RNG_TEST, 1000);
    examples->x = tensor_new(batch, mlp->inputs);
    fill_normal(examples->x, 1001);
    examples->labels = memory_new((size_t)batch, 1);
    for (int r = 0; r < batch; r++)
        examples->labels[r] = (uint8_t)rng_below(&rng, (uint32_t)mlp->classes);
}

void
examples_fini(struct examples *examples)
{
    tensor_free(&examples->x);
    free(examples->labels);
}

int
share_from(int mb, int mbs, int batch)
{
    int longer = batch % mbs;

    return mb * (batch / mbs) + (mb < longer ? mb : longer);
}

int
share_rows(int mb, int mbs, int batch)
{
    return share_from(mb + 1, mbs, batch) - share_from(mb, mbs, batch);
}

/* ---- chain ---- */

static struct tensor
rows_of(struct tensor t, int from, int rows)
{
    if (t.data)
        t.data += (size_t)from * (size_t)t.cols;
    t.rows = rows;
    return t;
}

void
chain_init(struct chain *chain, const struct mlp *mlp, unsigned cuts,
           int batch, int rows, int slots,
           const struct optimizer_options *optimizer, bool want_dx)
{
    *chain = (struct chain){0};
    for (int first = 0, l = 0; l < mlp->layers; l++)
        if (l == mlp->layers - 1 || cuts >> l & 1) {
            int s = chain->stages++;
            int in = mlp_layer_inputs(mlp, first);

            chain->slices[s] = slice_new(mlp, first, l + 1 - first, rows,
                                         slots, slots, optimizer, SEED, NULL);
            if (s > 0 || want_dx)
                chain->dx[s] = tensor_new(s > 0 ? rows : batch, in);
            first = l + 1;
        }
}

void
chain_fini(struct chain *chain)
{
    for (int s = 0; s < chain->stages; s++) {
        slice_free(chain->slices[s]);
        tensor_free(&chain->dx[s]);
    }
}

double
chain_forward(struct chain *chain, const struct examples *examples, int slot,
              int from, int rows)
{
    struct tensor x = rows_of(examples->x, from, rows);
    struct slice *last = chain->slices[chain->stages - 1];

    for (int s = 0; s < chain->stages; s++) {
        struct slice *slice = chain->slices[s];

        tensor_copy(slice_input(slice, slot, rows), x);
        slice_forward(slice, slot, rows);
        x = slice_output(slice, slot, rows);
    }
    return slice_loss(last, slot, examples->labels + from, rows,
                      examples->x.rows);
}

/* kept < 0: the backward is not split. */
static void
go_back(struct chain *chain, int slot, int kept, int from, int rows)
{
    struct tensor dy = {0};

    for (int s = chain->stages - 1; s >= 0; s--) {
        struct tensor dx = rows_of(chain->dx[s], s > 0 ? 0 : from, rows);

        if (kept < 0)
            slice_backward(chain->slices[s], slot, dy, dx, rows);
        else
            slice_backward_input(chain->slices[s], slot, kept, dy, dx, rows);
        dy = dx;
    }
}

void
chain_backward(struct chain *chain, int slot, int from, int rows)
{
    go_back(chain, slot, -1, from, rows);
}

void
chain_backward_input(struct chain *chain, int slot, int kept, int from,
                     int rows)
{
    go_back(chain, slot, kept, from, rows);
}

void
chain_backward_weight(struct chain *chain, int slot, int kept, int rows)
{
    for (int s = 0; s < chain->stages; s++)
        slice_backward_weight(chain->slices[s], slot, kept, rows);
}

void
chain_step(struct chain *chain)
{
    for (int s = 0; s < chain->stages; s++)
        slice_step(chain->slices[s]);
}

uint64_t
chain_hash(const struct chain *chain)
{
    uint64_t hash = HASH_START;

    for (int s = 0; s < chain->stages; s++)
        hash = slice_hash(chain->slices[s], hash);
    return hash;
}

static float *
concatenate(const struct chain *chain, bool grads)
{
    size_t count = 0;
    float *all;

    for (int s = 0; s < chain->stages; s++)
        count += chain->slices[s]->params;
    all = memory_new_floats(count);
    count = 0;
    for (int s = 0; s < chain->stages; s++) {
        const struct slice *slice = chain->slices[s];

        memcpy(all + count, grads ? slice->grads : slice->weights,
               slice->params * sizeof *all);
        count += slice->params;
    }
    return all;
}

float *
chain_grads(const struct chain *chain)
{
    return concatenate(chain, true);
}

float *
chain_weights(const struct chain *chain)
{
    return concatenate(chain, false);
}

/* ---- reference ---- */

static double *
doubles_of(const float floats[], size_t count)
{
    double *doubles = memory_new(count, sizeof *doubles);

    for (size_t i = 0; i < count; i++)
        doubles[i] = (double)floats[i];
    return doubles;
}

void
reference_init(struct reference *r, struct slice *slice, int slot, int rows,
               int batch, const uint8_t labels[], const float dy[])
{
    struct tensor x = slice_input(slice, slot, rows);

    *r = (struct reference){slice, rows, batch, labels, dy, NULL, NULL};
    r->params = doubles_of(slice->weights, slice->params);
    r->x = doubles_of(x.data, tensor_count(x));
}

void
reference_fini(struct reference *r)
{
    free(r->params);
    free(r->x);
}

/* x becomes act(weight x + bias); returns what follows the bias. */
static const double *
layer(const double *weight, int in, int out, bool relu, double x[MOST_WIDTH],
      uint64_t *off)
{
    const double *bias = weight + (size_t)in * (size_t)out;
    double y[MOST_WIDTH];

    for (int o = 0; o < out; o++) {
        y[o] = bias[o];
        for (int i = 0; i < in; i++)
            y[o] += weight[o * in + i] * x[i];
        if (off && relu)
            *off = *off * 31 + (y[o] <= 0.0);
        if (relu && y[o] <= 0.0)
            y[o] = 0.0;
    }
    memcpy(x, y, (size_t)out * sizeof *x);
    return bias + out;
}

void
reference_row(const struct reference *r, int row, double y[MOST_WIDTH],
              uint64_t *off)
{
    const struct slice *slice = r->slice;
    const struct mlp *mlp = &slice->mlp;
    int layers = slice->count + (slice->head ? 1 : 0);
    int in = mlp_layer_inputs(mlp, slice->first);
    const double *weight = r->params;

    memcpy(y, r->x + row * in, (size_t)in * sizeof *y);
    for (int l = slice->first; l < slice->first + layers; l++)
        weight = layer(weight, mlp_layer_inputs(mlp, l),
                       mlp_layer_outputs(mlp, l), l < mlp->layers, y, off);
}

static double
row_value(const struct reference *r, int row, const double y[])
{
    const struct mlp *mlp = &r->slice->mlp;
    double sum = 0.0;

    if (r->slice->head) {
        for (int c = 0; c < mlp->classes; c++)
            sum += exp(y[c]);
        return (log(sum) - y[r->labels[row]]) / r->batch;
    }
    for (int c = 0; c < mlp->hidden; c++)
        sum += y[c] * (double)r->dy[row * mlp->hidden + c];
    return sum;
}

double
reference_value(const struct reference *r, uint64_t *off)
{
    double value = 0.0;

    for (int row = 0; row < r->rows; row++) {
        double y[MOST_WIDTH];

        reference_row(r, row, y, off);
        value += row_value(r, row, y);
    }
    return value;
}

bool
reference_slope(const struct reference *r, double *parameter, double *slope)
{
    const double step = 1e-6;
    double middle = *parameter;
    uint64_t off_above = 0, off_below = 0;
    double above, below;

    *parameter = middle + step;
    above = reference_value(r, &off_above);
    *parameter = middle - step;
    below = reference_value(r, &off_below);
    *parameter = middle;
    *slope = (above - below) / (2.0 * step);
    return off_above == off_below;
}
