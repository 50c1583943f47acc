/* model_stages.c -- adds layers up to stages. */
#include "config.h"

#include "cluster/model.h"

#include "base/plural.h"

#include <stdlib.h>

void
model_free(struct model *model)
{
    if (!model)
        return;
    free(model->layers);
    free(model);
}

void
model_at_speed(struct model *model, double flops)
{
    double microseconds = 1e6 / flops;

    for (int i = 0; i < model->count; i++) {
        model->layers[i].forward *= microseconds;
        model->layers[i].input *= microseconds;
        model->layers[i].weight *= microseconds;
    }
    model->in_flops = false;
}

struct model_layer
model_stage(const struct model *model, int first, int count)
{
    struct model_layer stage = model->layers[first];

    for (int i = first + 1; i < first + count; i++) {
        const struct model_layer *layer = &model->layers[i];

        stage.forward += layer->forward;
        stage.input += layer->input;
        stage.weight += layer->weight;
        stage.parameter_bytes += layer->parameter_bytes;
        stage.activation_bytes += layer->activation_bytes;
        stage.weight_activation_bytes += layer->weight_activation_bytes;
        stage.output_bytes = layer->output_bytes;
    }
    return stage;
}

bool
model_split(const struct model *model, int stages, int split[],
            struct cause *cause)
{
    if (stages > model->count)
        return fail(cause,
                    "%d stages for %d layer%s; use at most as many stages as "
                    "layers",
                    stages, model->count, plural(model->count));
    for (int s = 0; s < stages; s++)
        split[s] = model->count / stages + (s < model->count % stages);
    return true;
}
