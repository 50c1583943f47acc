/* slice.h -- contiguous layers of the mlp: what one stage holds. The slice of
 * all layers is the whole model, which is how the monolith runs.
 *
 *              input                                 output (or logits)
 *   stash:  x[0] --layer--> x[1] --layer--> ... ----> x[count]
 *   grads:  dx   <--------  ...  <------------------  dy  (or dlogits)
 *
 * Forward keeps x[0..count] of a microbatch in a stash slot until its weight
 * gradient is done. Which slot is the caller's affair: slots are numbered from
 * 0 and a slot may be used again once its microbatch is through. ReLU's mask is
 * read off its output, so nothing else is kept. */
#ifndef PIPELAB_NN_SLICE_H
#define PIPELAB_NN_SLICE_H

#include "nn/linear.h"
#include "nn/mlp.h"
#include "nn/optimizer.h"
#include "tensor/tensor.h"

#include <stdbool.h>
#include <stdint.h>

struct slice {
    struct mlp mlp;
    int first;      /* first hidden layer */
    int count;      /* hidden layers */
    bool head;      /* holds the head: the last stage */
    size_t params;  /* floats in each of the next two */
    float *weights; /* layer after layer: weight (out x in), then bias (out) */
    float *grads;   /* same layout; summed over microbatches; or NULL */
    struct linear *linears; /* a layer */
    int rows;       /* the most rows a microbatch has */
    int slots;      /* stash slots */
    int split_slots;            /* slots for gradients kept between I and W */
    struct slice_slot *stash;   /* slots */
    struct slice_slot *kept;    /* split_slots */
    struct tensor scratch[2];   /* rows x widest layer: gradients in passing */
    struct optimizer optimizer; /* params */
};

/* Tensors of one microbatch in flight, each with room for `rows` rows. */
struct slice_slot {
    struct tensor *x;     /* stash: count+1 of them; kept: gradients of the
                           * count layer outputs, after the mask */
    struct tensor logits; /* head only: logits, then their gradient */
};

/* Layers first .. first+count-1 for microbatches of at most rows rows.
 * slots: microbatches whose stash is alive at once; split_slots: those between
 * backward_input and backward_weight at once, 0 if the backward is never
 * split. optimizer NULL: nothing but forwards, so neither gradients nor
 * optimizer state. Weights are nn.Linear's initial ones,
 * U(-1/sqrt(in), 1/sqrt(in)), a function of seed and layer only. */
struct slice *
slice_new(const struct mlp *mlp, int first, int count, int rows, int slots,
          int split_slots, const struct optimizer_options *optimizer,
          uint64_t seed);

/* Bytes that such a slice takes. */
size_t
slice_bytes(const struct mlp *mlp, int first, int count, int rows, int slots,
            int split_slots, const struct optimizer_options *optimizer);

/* The weight (out x in) of a layer, counted over the whole model, within floats
 * laid out like the slice's weights; its bias (out) follows. */
struct tensor
slice_layer(const struct slice *slice, float *floats, int layer);

/* Accepts NULL. */
void
slice_free(struct slice *slice);

/* The first rows rows of x[0] of a slot, to be filled before forward... */
struct tensor
slice_input(struct slice *slice, int slot, int rows);

/* ...and of x[count], to be read after it. */
struct tensor
slice_output(struct slice *slice, int slot, int rows);

/* x[0] -> x[count], and on to the logits if the slice has the head. */
void
slice_forward(struct slice *slice, int slot, int rows);

/* For the slice with the head, after forward: the microbatch's part of the
 * mean loss over a batch of batch rows, sum over its rows of
 * -log softmax(logits)[label] / batch. Leaves the gradient of that in place of
 * the logits, for backward. labels[rows], each below classes. */
double
slice_loss(struct slice *slice, int slot, const uint8_t labels[], int rows,
           int batch);

/* Rows whose largest logit is the label's; after forward, before loss. */
int
slice_correct(const struct slice *slice, int slot, const uint8_t labels[],
              int rows);

/* Adds the microbatch's weight gradients to grads and writes dx, the gradient
 * for the input (rows x in), unless dx.data is NULL (first stage). dy is the
 * gradient for the output (rows x out), not read if the slice has the head. */
void
slice_backward(struct slice *slice, int slot, struct tensor dy,
               struct tensor dx, int rows);

/* The same in two halves: backward_input writes dx and keeps in split slot
 * `kept` what backward_weight needs later. Together they equal
 * slice_backward bit for bit. */
void
slice_backward_input(struct slice *slice, int slot, int kept,
                     struct tensor dy, struct tensor dx, int rows);
void
slice_backward_weight(struct slice *slice, int slot, int kept, int rows);

/* Whether the gradients of the biases, as summed so far, are finite. A bias has
 * the gradient of its layer's output, so one that is not finite shows in them
 * after the backward, or backward_weight, in which it came up. */
bool
slice_gradient_is_finite(const struct slice *slice);

/* To be called after writing weights: lays them out for the products. */
void
slice_pack(struct slice *slice);

/* Updates the weights from grads, lays them out and zeroes grads. False if one
 * of grads was not finite: then neither are the weights. */
bool
slice_step(struct slice *slice);

/* Continues a hash over the bits of the weights in layer order. Slices of one
 * model in order hash to the same value however it was cut. */
uint64_t
slice_hash(const struct slice *slice, uint64_t hash);

#endif
