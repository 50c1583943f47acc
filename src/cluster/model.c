/* model.c -- reads the layers of a model, or derives them from the sizes of a
 * transformer. */
#include "config.h"

#include "cluster/model.h"

#include "base/memory.h"
#include "cluster/reader.h"
#include "plan/cost.h"

#include <stdlib.h>
#include <string.h>

enum { TIME_MOST = 10000000 };

/* ---- layers ---- */

static bool
read_layer(struct reader *reader, struct model_layer *layer, int64_t *repeat,
           struct cause *cause)
{
    json_t *name = reader_take(reader, "name");

    *layer = (struct model_layer){.forward = -1, .input = -1, .weight = -1};
    *repeat = 1;
    snprintf(layer->name, sizeof layer->name, "%s",
             json_is_string(name) ? json_string_value(name) : "layer");
    if (!reader_whole(reader, "repeat", MODEL_LAYERS, repeat, cause) ||
        !reader_number(reader, "forward", 0, TIME_MOST, &layer->forward,
                       cause) ||
        !reader_number(reader, "input", 0, TIME_MOST, &layer->input, cause) ||
        !reader_number(reader, "weight", 0, TIME_MOST, &layer->weight,
                       cause) ||
        !reader_bytes(reader, "parameter_bytes", &layer->parameter_bytes,
                      cause) ||
        !reader_bytes(reader, "activation_bytes", &layer->activation_bytes,
                      cause) ||
        !reader_bytes(reader, "weight_activation_bytes",
                      &layer->weight_activation_bytes, cause) ||
        !reader_bytes(reader, "output_bytes", &layer->output_bytes, cause) ||
        !reader_end(reader, cause))
        return false;
    if (layer->weight_activation_bytes > layer->activation_bytes)
        return reader_fail(reader, "weight_activation_bytes", cause,
                           "is more than activation_bytes, of which it is a "
                           "part; lower it");
    return true;
}

static bool
add_layers(struct model *model, size_t *room, const struct reader *reader,
           const struct model_layer *layer, int64_t repeat,
           struct cause *cause)
{
    if (model->count + repeat > MODEL_LAYERS)
        return reader_fail(reader, "repeat", cause,
                           "makes more than %d layers; use fewer",
                           MODEL_LAYERS);
    for (int64_t i = 0; i < repeat; i++) {
        memory_grow(&model->layers, room, (size_t)model->count,
                    sizeof *model->layers);
        model->layers[model->count++] = *layer;
    }
    return true;
}

static bool
read_unit(struct reader *reader, struct model *model, struct cause *cause)
{
    json_t *unit = reader_take(reader, "unit");
    const char *name = unit ? json_string_value(unit) : "us";

    if (name && cost_unit_seconds(name) > 0.0) {
        snprintf(model->unit, sizeof model->unit, "%s", name);
        return true;
    }
    return reader_fail(reader, "unit", cause,
                       "is no unit of time; use \"ns\", \"us\", \"ms\" or "
                       "\"s\"");
}

static bool
read_layers(struct reader *reader, struct model *model, struct cause *cause)
{
    json_t *array = reader_take(reader, "layers");
    int64_t element = 2;
    int64_t microbatch = 1;
    size_t room = 0;

    if (!read_unit(reader, model, cause) ||
        !reader_whole(reader, "bytes", 16, &element, cause) ||
        !reader_whole(reader, "microbatch", 1 << 16, &microbatch, cause))
        return false;
    model->microbatch = (int)microbatch;
    model->element = (int)element;
    if (!json_is_array(array) || json_array_size(array) == 0)
        return reader_fail(reader, "layers", cause,
                           "is no list of layers; give at least one");
    for (size_t i = 0; i < json_array_size(array); i++) {
        struct reader one;
        struct model_layer layer;
        int64_t repeat;

        if (!reader_element(&one, reader, "layers", array, i, cause) ||
            !read_layer(&one, &layer, &repeat, cause) ||
            !add_layers(model, &room, &one, &layer, repeat, cause))
            return false;
    }
    return true;
}

/* ---- a transformer ---- */

struct sizes {
    int64_t blocks, hidden, heads, sequence, vocabulary, microbatch, bytes;
};

static bool
read_sizes(struct reader *reader, struct sizes *sizes, struct cause *cause)
{
    enum { MOST = 1 << 24 };

    *sizes = (struct sizes){-1, -1, -1, -1, -1, 1, 2};
    if (!reader_whole(reader, "blocks", MODEL_LAYERS - 2, &sizes->blocks,
                      cause) ||
        !reader_whole(reader, "hidden", MOST, &sizes->hidden, cause) ||
        !reader_whole(reader, "heads", MOST, &sizes->heads, cause) ||
        !reader_whole(reader, "sequence", MOST, &sizes->sequence, cause) ||
        !reader_whole(reader, "vocabulary", MOST, &sizes->vocabulary, cause) ||
        !reader_whole(reader, "microbatch", 1 << 16, &sizes->microbatch,
                      cause) ||
        !reader_whole(reader, "bytes", 16, &sizes->bytes, cause))
        return false;
    return reader_end(reader, cause);
}

static struct model_layer
block_layer(double b, double s, double h, double a, double k)
{
    return (struct model_layer){
        .name = "block",
        .forward = s * b * h * (24 * h + 4 * s),
        .input = s * b * h * (24 * h + 8 * s),
        .weight = 24 * s * b * h * h,
        .parameter_bytes = (int64_t)(k * (12 * h * h + 13 * h)),
        .activation_bytes =
            (int64_t)(s * b * h * (16 * k + 2) + a * s * s * b * (2 * k + 1)),
        .weight_activation_bytes = (int64_t)(16 * k * s * b * h),
        .output_bytes = (int64_t)(k * s * b * h),
    };
}

static bool
read_transformer(struct reader *reader, struct model *model,
                 struct cause *cause)
{
    struct reader inner;
    struct sizes sizes;
    double b, s, h, v, k;

    if (!reader_object(&inner, reader, "transformer", cause) ||
        !read_sizes(&inner, &sizes, cause))
        return false;
    b = (double)sizes.microbatch;
    s = (double)sizes.sequence;
    h = (double)sizes.hidden;
    v = (double)sizes.vocabulary;
    k = (double)sizes.bytes;
    snprintf(model->unit, sizeof model->unit, "us");
    model->in_flops = true;
    model->element = (int)sizes.bytes;
    model->microbatch = (int)sizes.microbatch;
    model->count = (int)sizes.blocks + 2;
    model->layers = memory_new((size_t)model->count, sizeof *model->layers);
    model->layers[0] = (struct model_layer){
        .name = "embedding",
        .parameter_bytes = (int64_t)(k * (v + s) * h),
        .activation_bytes = (int64_t)(s * b * h), /* the dropout's mask */
        .output_bytes = (int64_t)(k * s * b * h),
    };
    for (int i = 1; i <= sizes.blocks; i++)
        model->layers[i] = block_layer(b, s, h, (double)sizes.heads, k);
    model->layers[model->count - 1] = (struct model_layer){
        .name = "head",
        .forward = 2 * s * b * h * v,
        .input = 2 * s * b * h * v,
        .weight = 2 * s * b * h * v,
        .parameter_bytes = (int64_t)(k * v * h),
        /* Inputs of the normalisation and of the output layer; the logits in
         * four bytes. */
        .activation_bytes = (int64_t)(2 * k * s * b * h + 4 * s * b * v),
        .weight_activation_bytes = (int64_t)(k * s * b * h + 4 * s * b * v),
    };
    return true;
}

/* ---- files ---- */

struct model *
model_read(FILE *in, const char *file, struct cause *cause)
{
    struct model *model = memory_new(1, sizeof *model);
    json_t *root = NULL;
    struct reader reader;
    bool good = reader_open(&reader, in, file, &root, cause) &&
                (reader_has(&reader, "transformer")
                     ? read_transformer(&reader, model, cause)
                     : read_layers(&reader, model, cause)) &&
                reader_end(&reader, cause);

    json_decref(root);
    if (good)
        return model;
    model_free(model);
    return NULL;
}
