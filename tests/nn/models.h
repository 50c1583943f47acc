/* models.h -- what the tests train: examples, a chain of slices that hand on
 * to each other, and a slice in double precision to hold it against. */
#ifndef PIPELAB_TESTS_NN_MODELS_H
#define PIPELAB_TESTS_NN_MODELS_H

#include "base/rng.h"
#include "nn/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum { SEED = 42, MOST_STAGES = 8, MOST_WIDTH = 32 };

/* Rounding of one float operation is at most this part of the result. */
static const double ROUNDING = 0x1p-24;

void
fill_normal(struct tensor t, uint32_t index);

/* A batch, and where microbatch mb of mbs lies in it, cut as
 * torch.tensor_split does. */
struct examples {
    struct tensor x;
    uint8_t *labels;
};

void
examples_init(struct examples *examples, const struct mlp *mlp, int batch);
void
examples_fini(struct examples *examples);
int
share_from(int mb, int mbs, int batch);
int
share_rows(int mb, int mbs, int batch);

/* A model in one or more slices, with the gradients between them. */
struct chain {
    int stages;
    struct slice *slices[MOST_STAGES];
    struct tensor dx[MOST_STAGES]; /* [0] is of a whole batch, or empty */
};

/* Bit l of cuts: a new slice begins after layer l; so 0 is the whole model.
 * With want_dx the first slice gives its input's gradient, too. */
void
chain_init(struct chain *chain, const struct mlp *mlp, unsigned cuts,
           int batch, int rows, int slots,
           const struct optimizer_options *optimizer, bool want_dx);
void
chain_fini(struct chain *chain);

/* Rows from .. from+rows-1 of the batch forward, loss included, in a slot of
 * every slice; and back. */
double
chain_forward(struct chain *chain, const struct examples *examples, int slot,
              int from, int rows);
void
chain_backward(struct chain *chain, int slot, int from, int rows);
void
chain_backward_input(struct chain *chain, int slot, int kept, int from,
                     int rows);
void
chain_backward_weight(struct chain *chain, int slot, int kept, int rows);
void
chain_step(struct chain *chain);

uint64_t
chain_hash(const struct chain *chain);

/* All gradients or all weights one after another, to be freed. */
float *
chain_grads(const struct chain *chain);
float *
chain_weights(const struct chain *chain);

/* A slice in doubles. Its value is the loss, or without head the sum of
 * outputs times dy. */
struct reference {
    const struct slice *slice;
    int rows;
    int batch;
    const uint8_t *labels; /* of a slice with head */
    const float *dy;       /* of one without: rows x out */
    double *params;        /* owned; as the slice's weights */
    double *x;             /* owned; rows x in */
};

/* Takes the weights and the input in a slot as they are. */
void
reference_init(struct reference *r, struct slice *slice, int slot, int rows,
               int batch, const uint8_t labels[], const float dy[]);
void
reference_fini(struct reference *r);

/* y[out], or the logits, of one row. Adds which units are off to *off (a
 * hash), unless NULL. */
void
reference_row(const struct reference *r, int row, double y[MOST_WIDTH],
              uint64_t *off);

double
reference_value(const struct reference *r, uint64_t *off);

/* d value / d *parameter, one of the params or of x, by central differences.
 * False if a unit switches within the step: there is no slope there. */
bool
reference_slope(const struct reference *r, double *parameter, double *slope);

#endif
