/* slice.h -- contiguous layers of the mlp: what one stage holds. The slice of
 * all layers is the whole model, which is how the monolith runs.
 *
 *              input                                 output (or logits)
 *   stash:  x[0] --layer--> x[1] --layer--> ... ----> x[count]
 *   grads:  dx   <--------  ...  <------------------  dy  (or dlogits)
 *
 * Forward keeps x[0..count] of a microbatch in a stash slot until its weight
 * gradient is done. The caller chooses the slot, numbered from 0; it may use a
 * slot again when its microbatch is done. ReLU's mask follows from ReLU's
 * output, so nothing else is kept.
 *
 * A slice that recomputes keeps x[0] alone. Its forward makes the rest in a
 * work area that the next forward takes, so it runs again just before the
 * backward, and the loss with it (Chen et al., "Training deep nets with
 * sublinear memory cost", 2016). */
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
    size_t params;  /* floats in weights, and in grads */
    float *weights; /* layer after layer: weight (out x in), then bias (out) */
    float *grads;   /* same layout; summed over microbatches; or NULL. One more
                     * float follows, for who adds up those of replicas */
    struct linear *linears;     /* one a layer, the head last */
    int rows;                   /* the most rows a microbatch has */
    int slots;                  /* stash slots */
    int split_slots;            /* slots for gradients kept between I and W */
    struct slice_slot *stash;   /* slots */
    struct slice_slot *kept;    /* split_slots */
    struct tensor scratch[2];   /* rows x hidden: gradients during a
                                 * backward */
    float *work;                /* if it recomputes, x[1..count] and logits
                                 * during an operation; borrowed, or NULL */
    float *again;               /* split_slots: the same between I and W, or
                                 * NULL */
    struct optimizer optimizer; /* params */
};

/* Tensors of one microbatch in flight, each with room for `rows` rows. */
struct slice_slot {
    struct tensor *x;     /* stash: x[0..count], of which a slice that
                           * recomputes owns x[0]; kept: the masked gradients
                           * g[0..count-1], see slice.c */
    struct tensor logits; /* head only: logits, then their gradient */
};

/* Layers first .. first+count-1 for microbatches of at most rows rows.
 * slots: the most microbatches whose stash is alive at the same time.
 * split_slots: the most between backward_input and backward_weight; 0 if the
 * backward is never split. optimizer NULL: forwards only, without gradients
 * and optimizer state. The first weights are those of PyTorch's nn.Linear,
 * U(-1/sqrt(in), 1/sqrt(in)), a function of seed and layer alone. work: NULL,
 * or the slice recomputes, in mlp_output_floats() floats that slices which
 * never run at the same time may share. */
struct slice *
slice_new(const struct mlp *mlp, int first, int count, int rows, int slots,
          int split_slots, const struct optimizer_options *optimizer,
          uint64_t seed, float *work);

/* The weight (out x in) of a layer, numbered over the whole model, as a view
 * of floats, which has the layout of slice->weights. Its bias (out)
 * follows. */
struct tensor
slice_layer(const struct slice *slice, float *floats, int layer);

/* Accepts NULL. */
void
slice_free(struct slice *slice);

/* x[0] of a slot (rows x in); the caller fills it before forward. */
struct tensor
slice_input(struct slice *slice, int slot, int rows);

/* x[count] of a slot (rows x out); the caller reads it after forward, and of a
 * slice that recomputes before any other that shares its work area runs. */
struct tensor
slice_output(struct slice *slice, int slot, int rows);

/* For a slice that recomputes, before each forward: where it puts what it makes
 * of a slot. -1: in the work area, for the output alone, or for a whole
 * backward at once. Else in a split slot, for the two halves of a backward. */
void
slice_place(struct slice *slice, int slot, int kept);

/* x[0] -> x[count], and on to the logits if the slice has the head. */
void
slice_forward(struct slice *slice, int slot, int rows);

/* For the slice with the head, after forward: the microbatch's part of the
 * mean loss over a batch of batch rows, that is the sum over its rows of
 * -log softmax(logits)[label] / batch. Replaces the logits by the gradient of
 * that, for backward. labels[rows], each below classes. */
double
slice_loss(struct slice *slice, int slot, const uint8_t labels[], int rows,
           int batch);

/* Number of rows whose largest logit is the label's; after forward, before
 * loss. */
int
slice_correct(const struct slice *slice, int slot, const uint8_t labels[],
              int rows);

/* Adds the microbatch's weight gradients to grads. Writes dx (rows x in), the
 * gradient of the loss for the input, unless dx.data is NULL (first stage). dy
 * (rows x out) is the gradient for the output; the slice with the head does
 * not read it. */
void
slice_backward(struct slice *slice, int slot, struct tensor dy,
               struct tensor dx, int rows);

/* The same in two halves: backward_input writes dx and keeps in split slot
 * `kept` what backward_weight needs later. Together they equal
 * slice_backward bit for bit. */
void
slice_backward_input(struct slice *slice, int slot, int kept, struct tensor dy,
                     struct tensor dx, int rows);
void
slice_backward_weight(struct slice *slice, int slot, int kept, int rows);

/* Whether the sums of the biases' gradients are finite; call it after a
 * backward or backward_weight. The gradient of a bias sums that of its layer's
 * output over the rows, so a NaN or an infinity there shows here. */
bool
slice_gradient_is_finite(const struct slice *slice);

/* Packs the weights for the products; call it after writing them. */
void
slice_pack(struct slice *slice);

/* Updates the weights from grads, packs them and sets grads to zero. False if
 * a gradient was not finite: then its weight is not finite either. */
bool
slice_step(struct slice *slice);

/* Whether two slices of the same layers have the same weights and optimizer
 * state, to the bit; NaNs count as the same. */
bool
slice_equals(const struct slice *a, const struct slice *b);

/* Continues a hash over the bits of the weights in layer order. All slices of
 * a model, in order, give the same hash for every cut. */
uint64_t
slice_hash(const struct slice *slice, uint64_t hash);

#endif
