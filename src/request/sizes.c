/* sizes.c -- reads the bytes of a stage and the speed of a link from
 * options. */
#include "config.h"

#include "request/sizes.h"

#include "base/list.h"
#include "base/memory.h"
#include "cluster/bytes.h"

#include <stdio.h>
#include <string.h>

/* Reads a size of which the list goes on behind it. */
static bool
read_size(const struct list_item *item, double *bytes)
{
    char text[48];

    snprintf(text, sizeof text, "%.*s", (int)item->length, item->text);
    return item->length < sizeof text && bytes_parse(text, bytes);
}

bool
sizes_parse(struct sizes *sizes, const char *text, struct cause *cause)
{
    const struct {
        const char *name;
        int64_t *bytes;
    } keys[] = {{"activation", &sizes->activation},
                {"output", &sizes->output},
                {"parameters", &sizes->parameters}};
    enum { KEYS = sizeof keys / sizeof *keys };
    const char *list = text;

    *sizes = (struct sizes){.activation = 0};
    for (struct list_item item; list_next(&list, &item);) {
        struct list_item whole = item;
        struct list_item key;
        double bytes;
        int k = 0;

        if (list_cut(&item, &key))
            while (k < KEYS && !list_is(&key, keys[k].name))
                k++;
        else
            k = KEYS;
        if (k == KEYS || !read_size(&item, &bytes))
            return fail(cause,
                        "\"%.*s\" is no size of a stage; use activation, "
                        "output and parameters, as in output=8MiB",
                        (int)(whole.length < 40 ? whole.length : 40),
                        whole.text);
        *keys[k].bytes = (int64_t)bytes;
    }
    return true;
}

struct model *
sizes_model(const struct sizes *sizes, int stages, double kept)
{
    struct model *model = memory_new(1, sizeof *model);

    model->element = 2;
    model->microbatch = 1;
    model->count = stages;
    model->layers = memory_new((size_t)stages, sizeof *model->layers);
    for (int s = 0; s < stages; s++)
        model->layers[s] = (struct model_layer){
            .parameter_bytes = sizes->parameters,
            .activation_bytes = sizes->activation,
            .weight_activation_bytes =
                (int64_t)((double)sizes->activation * kept),
            .output_bytes = sizes->output,
        };
    return model;
}

bool
sizes_bandwidth(const char *text, double unit, double *bytes,
                struct cause *cause)
{
    struct list_item size = {text, strlen(text)};
    bool of_a_second =
        size.length > 2 && strcmp(text + size.length - 2, "/s") == 0;

    if (of_a_second)
        size.length -= 2;
    if (!read_size(&size, bytes) || *bytes <= 0.0)
        return fail(cause,
                    "\"%.40s\" is no bandwidth; use bytes a unit of time, as "
                    "in 64MB, or a second, as in 25GB/s",
                    text);
    if (of_a_second && unit == 0.0)
        return fail(cause,
                    "\"%.40s\" is of a second, and the durations have no "
                    "unit; use bytes a tick, or give them one, as in F=20us",
                    text);
    if (of_a_second && unit > 0.0)
        *bytes *= unit;
    return true;
}
