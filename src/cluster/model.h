/* model.h -- the layers of a model as a machine sees them: times and bytes.
 *
 * Layers in a row are cut into stages; a stage takes the sum of its layers. */
#ifndef PIPELAB_CLUSTER_MODEL_H
#define PIPELAB_CLUSTER_MODEL_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { MODEL_LAYERS = 65535, MODEL_NAME = 32 };

/* For one microbatch. */
struct model_layer {
    char name[MODEL_NAME];
    double forward; /* times in the model's unit, or FLOPs */
    double input;
    double weight;
    int64_t parameter_bytes;
    int64_t activation_bytes;        /* kept from its F to its B or I */
    int64_t weight_activation_bytes; /* the part that is kept until its W */
    int64_t output_bytes;            /* handed to the next layer */
};

struct model {
    char unit[4];   /* of times: "us", ... */
    bool in_flops;  /* times are FLOPs; see model_at_speed() */
    int element;    /* bytes of a parameter */
    int microbatch; /* examples of a microbatch */
    struct model_layer *layers;
    int count;
};

/* Reads
 *
 *   { "unit": "us", "bytes": 2, "microbatch": 1, "layers": [ { "name": "embedding",
 *     "forward": 300, "input": 0, "weight": 250, "parameter_bytes": 0,
 *     "activation_bytes": 0, "weight_activation_bytes": 0, "output_bytes": 0 },
 *     { "name": "block", "repeat": 32, ... } ] }
 *
 * or { "transformer": { "blocks": 32, "hidden": 4096, "heads": 32, "sequence":
 * 4096, "vocabulary": 32000, "microbatch": 1, "bytes": 2 } }, an embedding, so
 * many blocks and a head. With b microbatch, s sequence, h hidden, a heads, v
 * vocabulary and k bytes of a number a block has
 *
 *   F, I, W      sbh(24h + 4s), sbh(24h + 8s), 24sbh^2 FLOPs (Qi et al., Zero
 *                Bubble Pipeline Parallelism, ICLR 2024, table 1)
 *   parameters   12h^2 + 13h (Narayanan et al., Efficient Large-Scale Language
 *                Model Training on GPU Clusters, SC 2021, section 5.1)
 *   activations  sbh(16k + 2) + as^2b(2k + 1) bytes, which is sbh(34 + 5as/h)
 *                for k = 2 (Korthikanti et al., Reducing Activation
 *                Recomputation in Large Transformer Models, 2022, equation 1);
 *                16ksbh of them until W, 32sbh for k = 2 (Qi et al., table 1)
 *
 * the head 2sbhv FLOPs for each of F, I and W (Narayanan et al.: 6sbhv), the
 * input of the output layer and the logits (Korthikanti et al., section 4.3),
 * and the embedding its lookup, which takes no time.
 *
 * NULL with the cause: file, key and remedy. The caller frees it. */
struct model *
model_read(FILE *in, const char *file, struct cause *cause);

/* Accepts NULL. */
void
model_free(struct model *model);

/* Turns FLOPs into microseconds at so many of them a second. */
void
model_at_speed(struct model *model, double flops);

/* The sum of layers first .. first+count-1; its output is the last one's. */
struct model_layer
model_stage(const struct model *model, int first, int count);

/* Layers shared among stages as evenly as their number allows, the first ones
 * have one more; split[stages]. False with the cause if a stage gets none. */
bool
model_split(const struct model *model, int stages, int split[],
            struct cause *cause);

#endif
