/* part.c -- lists the tensors of a checkpoint. */
#include "config.h"

#include "train/part.h"

#include <stdio.h>

int
parts_of(const struct mlp *mlp, enum optimizer_kind kind)
{
    return 2 * (mlp->layers + 1) * (1 + optimizer_state_floats(kind));
}

void
part_at(struct part *part, int i, const struct mlp *mlp,
        enum optimizer_kind kind)
{
    /* By PyTorch's names. */
    static const char *const states[][2] = {
        [OPTIMIZER_SGD] = {"momentum_buffer"},
        [OPTIMIZER_ADAM] = {"exp_avg", "exp_avg_sq"},
    };
    int each = 2 * (mlp->layers + 1);

    part->array = i / each;
    part->layer = i % each / 2;
    part->bias = i % 2 == 1;
    snprintf(part->name, sizeof part->name, "%slayers.%d.%s%s%s",
             part->array > 0 ? "optimizer." : "", part->layer,
             part->bias ? "bias" : "weight", part->array > 0 ? "." : "",
             part->array > 0 ? states[kind][part->array - 1] : "");
    part->tensor = (struct safetensor){
        .name = part->name,
        .dims = part->bias ? 1 : 2,
        .shape = {mlp_layer_outputs(mlp, part->layer),
                  mlp_layer_inputs(mlp, part->layer)},
    };
}

int
part_stage(const struct trainer *trainer, const struct part *part)
{
    const struct mlp *mlp = &trainer->options.task.mlp;
    int s = 0;

    for (;; s++) {
        const struct mlp_stage *stage = &trainer->stages[s];
        int end = stage->first + stage->count;

        if (part->layer < end + (end == mlp->layers))
            return s;
    }
}

float *
part_values(const struct trainer *trainer, int place, const struct part *part)
{
    const struct slice *slice = trainer->stages[place].slice;
    struct tensor weight;
    float *arrays[3];

    if (!slice)
        return NULL;
    arrays[0] = slice->weights;
    arrays[1] = slice->optimizer.first;
    arrays[2] = slice->optimizer.second;
    if (!arrays[part->array])
        return NULL;
    weight = slice_layer(slice, arrays[part->array], part->layer);
    return weight.data + (part->bias ? tensor_count(weight) : 0);
}

size_t
part_bytes(const struct part *part)
{
    size_t outputs = (size_t)part->tensor.shape[0];

    return sizeof(float) *
           (part->bias ? outputs : outputs * (size_t)part->tensor.shape[1]);
}
