/* slice.c -- computes the layers of one stage: forward, loss, backward, step.
 *
 * Layer i has weight W (out x in) and bias b (out); n rows a microbatch:
 *
 *   forward    x[i+1] = max(x[i] W^T + b, 0)               n x out
 *   head       logits = x[count] W^T + b                   n x classes
 *   loss       sum over rows of -log p[label] / batch, p = softmax(logits)
 *              dlogits = (p - onehot(label)) / batch
 *   backward   g[i] = dy[i+1] where x[i+1] > 0, else 0     n x out
 *   I          dy[i] = g[i] W                              n x in
 *   W          dW += g[i]^T x[i], db += column sums of g[i]
 *
 * The head has no mask: its g is dlogits. */
#include "config.h"

#include "nn/slice.h"

#include "base/hash.h"
#include "base/memory.h"
#include "base/rng.h"
#include "nn/loss.h"
#include "nn/relu.h"
#include "tensor/gemm.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Layers of the slice, the head included. */
static int
all_layers(const struct slice *slice)
{
    return slice->count + (slice->head ? 1 : 0);
}

static int
inputs_of(const struct slice *slice, int i)
{
    return mlp_layer_inputs(&slice->mlp, slice->first + i);
}

static int
outputs_of(const struct slice *slice, int i)
{
    return mlp_layer_outputs(&slice->mlp, slice->first + i);
}

/* Layer i's weight (out x in) within floats laid out like the weights; its
 * bias (1 x out) follows. */
static struct tensor
weight_of(const struct slice *slice, float *floats, int i)
{
    return (struct tensor){
        outputs_of(slice, i), inputs_of(slice, i),
        floats + mlp_offset(&slice->mlp, slice->first, slice->first + i)};
}

struct tensor
slice_layer(const struct slice *slice, float *floats, int layer)
{
    return weight_of(slice, floats, layer - slice->first);
}

static float *
bias_after(struct tensor weight)
{
    return weight.data + tensor_count(weight);
}

static void
init_weights(struct slice *slice, uint64_t seed)
{
    for (int i = 0; i < all_layers(slice); i++) {
        struct tensor weight = weight_of(slice, slice->weights, i);
        size_t count = tensor_count(weight) + (size_t)weight.rows;
        float bound = 1.0f / sqrtf((float)weight.cols);
        struct rng rng;

        rng_init(&rng, seed, RNG_WEIGHTS, (uint32_t)(slice->first + i));
        for (size_t p = 0; p < count; p++)
            weight.data[p] = (2.0f * rng_uniform(&rng) - 1.0f) * bound;
    }
}

/* Whether a layer computes the gradient of its input. The model's first layer
 * does not: its input is the data. */
static bool
goes_back(int layer, const struct optimizer_options *optimizer)
{
    return optimizer && layer > 0;
}

static void
make_linears(struct slice *slice, const struct optimizer_options *optimizer)
{
    slice->linears =
        memory_new((size_t)all_layers(slice), sizeof *slice->linears);
    for (int i = 0; i < all_layers(slice); i++)
        linear_init(&slice->linears[i], weight_of(slice, slice->weights, i),
                    slice->rows, goes_back(slice->first + i, optimizer));
}

static size_t
output_floats(const struct slice *slice)
{
    return mlp_output_floats(&slice->mlp, slice->first, slice->count,
                             slice->rows);
}

/* Lets x[1..count] and the logits of a slot lie in floats, which it does not
 * own. */
static void
lay_out(const struct slice *slice, struct slice_slot *slot, float *floats)
{
    for (int i = 0; i < slice->count; i++) {
        slot->x[i + 1] =
            (struct tensor){slice->rows, outputs_of(slice, i), floats};
        floats += tensor_count(slot->x[i + 1]);
    }
    if (slice->head)
        slot->logits =
            (struct tensor){slice->rows, slice->mlp.classes, floats};
}

static void
make_outputs(const struct slice *slice, struct slice_slot *slot)
{
    for (int i = 0; i < slice->count; i++)
        slot->x[i + 1] = tensor_new(slice->rows, outputs_of(slice, i));
    if (slice->head)
        slot->logits = tensor_new(slice->rows, slice->mlp.classes);
}

static void
make_stash(struct slice *slice)
{
    slice->stash = memory_new((size_t)slice->slots, sizeof *slice->stash);
    for (int s = 0; s < slice->slots; s++) {
        struct slice_slot *slot = &slice->stash[s];

        slot->x = memory_new((size_t)slice->count + 1, sizeof *slot->x);
        slot->x[0] = tensor_new(slice->rows, inputs_of(slice, 0));
        if (slice->work)
            lay_out(slice, slot, slice->work);
        else
            make_outputs(slice, slot);
    }
    if (slice->work)
        slice->again = memory_new_floats((size_t)slice->split_slots *
                                         output_floats(slice));
    slice->kept = memory_new((size_t)slice->split_slots, sizeof *slice->kept);
    for (int s = 0; s < slice->split_slots; s++) {
        struct slice_slot *slot = &slice->kept[s];

        slot->x = memory_new((size_t)slice->count, sizeof *slot->x);
        for (int i = 0; i < slice->count; i++)
            slot->x[i] = tensor_new(slice->rows, outputs_of(slice, i));
    }
}

static void
make_gradients(struct slice *slice, const struct optimizer_options *optimizer)
{
    slice->grads = memory_new_floats(slice->params + 1);
    for (int i = 0; i < 2; i++)
        slice->scratch[i] = tensor_new(slice->rows, slice->mlp.hidden);
    optimizer_init(&slice->optimizer, optimizer, slice->params);
}

struct slice *
slice_new(const struct mlp *mlp, int first, int count, int rows, int slots,
          int split_slots, const struct optimizer_options *optimizer,
          uint64_t seed, float *work)
{
    struct slice *slice = memory_new(1, sizeof *slice);

    assert(first >= 0 && count >= 1 && first + count <= mlp->layers);
    slice->mlp = *mlp;
    slice->first = first;
    slice->count = count;
    slice->head = first + count == mlp->layers;
    slice->params = mlp_parameters(mlp, first, count);
    slice->weights = memory_new_floats(slice->params);
    slice->rows = rows;
    slice->slots = slots;
    slice->split_slots = split_slots;
    slice->work = work;
    init_weights(slice, seed);
    make_linears(slice, optimizer);
    make_stash(slice);
    if (optimizer)
        make_gradients(slice, optimizer);
    return slice;
}

/* Each with its first tensors and its logits, if it owns them. */
static void
slice_free_slots(struct slice_slot *slots, int count, int tensors, bool logits)
{
    for (int s = 0; s < count; s++) {
        for (int i = 0; i < tensors; i++)
            tensor_free(&slots[s].x[i]);
        if (logits)
            tensor_free(&slots[s].logits);
        free(slots[s].x);
    }
    free(slots);
}

void
slice_free(struct slice *slice)
{
    if (!slice)
        return;
    optimizer_fini(&slice->optimizer);
    for (int i = 0; i < 2; i++)
        tensor_free(&slice->scratch[i]);
    for (int i = 0; i < all_layers(slice); i++)
        linear_fini(&slice->linears[i]);
    free(slice->linears);
    slice_free_slots(slice->stash, slice->slots,
                     slice->work ? 1 : slice->count + 1, !slice->work);
    slice_free_slots(slice->kept, slice->split_slots, slice->count, false);
    free(slice->again);
    free(slice->weights);
    free(slice->grads);
    free(slice);
}

struct tensor
slice_input(struct slice *slice, int slot, int rows)
{
    return tensor_rows(slice->stash[slot].x[0], rows);
}

struct tensor
slice_output(struct slice *slice, int slot, int rows)
{
    return tensor_rows(slice->stash[slot].x[slice->count], rows);
}

void
slice_place(struct slice *slice, int slot, int kept)
{
    if (slice->work)
        lay_out(slice, &slice->stash[slot],
                kept < 0 ? slice->work
                         : slice->again + (size_t)kept * output_floats(slice));
}

void
slice_forward(struct slice *slice, int slot, int rows)
{
    const struct slice_slot *stash = &slice->stash[slot];
    struct tensor x = tensor_rows(stash->x[0], rows);

    for (int i = 0; i < slice->count; i++) {
        const struct linear *linear = &slice->linears[i];
        struct tensor y = tensor_rows(stash->x[i + 1], rows);

        linear_forward(linear, y, x);
        relu_forward(y, bias_after(linear->weight));
        x = y;
    }
    if (slice->head) {
        const struct linear *head = &slice->linears[slice->count];
        struct tensor logits = tensor_rows(stash->logits, rows);

        linear_forward(head, logits, x);
        relu_bias(logits, bias_after(head->weight));
    }
}

double
slice_loss(struct slice *slice, int slot, const uint8_t labels[], int rows,
           int batch)
{
    struct tensor logits = tensor_rows(slice->stash[slot].logits, rows);

    assert(slice->head);
    return loss_of(logits, labels, batch);
}

int
slice_correct(const struct slice *slice, int slot, const uint8_t labels[],
              int rows)
{
    return loss_correct(tensor_rows(slice->stash[slot].logits, rows), labels);
}

/* dW += g^T x and db += column sums of g, for layer i. */
static void
add_weight_gradient(struct slice *slice, int i, struct tensor x,
                    struct tensor g)
{
    struct tensor grad = weight_of(slice, slice->grads, i);

    gemm_add_tn(grad, g, tensor_rows(x, g.rows));
    relu_bias_gradient(bias_after(grad), g);
}

static void
add_head_gradient(struct slice *slice, const struct slice_slot *stash,
                  int rows)
{
    add_weight_gradient(slice, slice->count, stash->x[slice->count],
                        tensor_rows(stash->logits, rows));
}

/* The whole backward (kept NULL) and its first half, from the last layer to
 * the first. The whole one adds the weight gradients at once; the first half
 * stores g[i] in kept->x[i] for the second. */
static void
walk_back(struct slice *slice, const struct slice_slot *stash,
          const struct slice_slot *kept, struct tensor dy, struct tensor dx,
          int rows)
{
    struct tensor g = dy;

    if (slice->head) {
        struct tensor logits = tensor_rows(stash->logits, rows);

        g = tensor_rows(slice->scratch[0], rows);
        linear_backward(&slice->linears[slice->count], g, logits);
        if (!kept)
            add_head_gradient(slice, stash, rows);
    }
    for (int i = slice->count - 1; i >= 0; i--) {
        struct tensor masked =
            tensor_rows(kept ? kept->x[i] : slice->scratch[1], rows);

        relu_backward(masked, g, stash->x[i + 1]);
        if (!kept)
            add_weight_gradient(slice, i, stash->x[i], masked);
        g = i > 0 ? tensor_rows(slice->scratch[0], rows) : dx;
        if (g.data)
            linear_backward(&slice->linears[i], g, masked);
    }
}

void
slice_backward(struct slice *slice, int slot, struct tensor dy,
               struct tensor dx, int rows)
{
    walk_back(slice, &slice->stash[slot], NULL, dy, dx, rows);
}

void
slice_backward_input(struct slice *slice, int slot, int kept, struct tensor dy,
                     struct tensor dx, int rows)
{
    walk_back(slice, &slice->stash[slot], &slice->kept[kept], dy, dx, rows);
}

void
slice_backward_weight(struct slice *slice, int slot, int kept, int rows)
{
    const struct slice_slot *stash = &slice->stash[slot];
    const struct slice_slot *gradients = &slice->kept[kept];

    if (slice->head)
        add_head_gradient(slice, stash, rows);
    for (int i = slice->count - 1; i >= 0; i--)
        add_weight_gradient(slice, i, stash->x[i],
                            tensor_rows(gradients->x[i], rows));
}

bool
slice_gradient_is_finite(const struct slice *slice)
{
    for (int i = all_layers(slice) - 1; i >= 0; i--) {
        struct tensor grad = weight_of(slice, slice->grads, i);

        if (!tensor_is_finite((struct tensor){1, grad.rows, bias_after(grad)}))
            return false;
    }
    return true;
}

void
slice_pack(struct slice *slice)
{
    for (int i = 0; i < all_layers(slice); i++)
        linear_pack(&slice->linears[i], 0, outputs_of(slice, i));
}

/* Updates weights at .. at+count-1; false if a gradient was not finite. */
static bool
update(struct slice *slice, size_t at, int count)
{
    bool finite =
        tensor_is_finite((struct tensor){1, count, slice->grads + at});

    optimizer_update(&slice->optimizer, slice->weights, slice->grads, at,
                     (size_t)count);
    return finite;
}

/* Checks, updates and packs a few rows at a time, while the caches hold
 * them. */
static bool
step_layer(struct slice *slice, int i)
{
    struct linear *linear = &slice->linears[i];
    struct tensor weight = linear->weight;
    size_t at = (size_t)(weight.data - slice->weights);
    bool finite = true;

    for (int row = 0; row < weight.rows; row += PACKED_COLUMNS) {
        int rows = weight.rows - row < PACKED_COLUMNS ? weight.rows - row
                                                      : PACKED_COLUMNS;
        int count = rows * weight.cols;

        finite = update(slice, at, count) && finite;
        linear_pack(linear, row, rows);
        at += (size_t)count;
    }
    return update(slice, at, weight.rows) && finite;
}

bool
slice_step(struct slice *slice)
{
    bool finite = true;

    optimizer_begin(&slice->optimizer);
    for (int i = 0; i < all_layers(slice); i++)
        finite = step_layer(slice, i) && finite;
    return finite;
}

uint64_t
slice_hash(const struct slice *slice, uint64_t hash)
{
    return hash_floats(hash, slice->weights, slice->params);
}

static bool
floats_equal(const float a[], const float b[], size_t count)
{
    for (size_t i = 0; a && i < count; i++)
        if (a[i] != b[i] && !(isnan(a[i]) && isnan(b[i])))
            return false;
    return true;
}

bool
slice_equals(const struct slice *a, const struct slice *b)
{
    return floats_equal(a->weights, b->weights, a->params) &&
           floats_equal(a->optimizer.first, b->optimizer.first, a->params) &&
           floats_equal(a->optimizer.second, b->optimizer.second, a->params) &&
           a->optimizer.steps == b->optimizer.steps;
}
