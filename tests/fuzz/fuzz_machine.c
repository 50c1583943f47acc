/* A file of a model or of a cluster is read or refused in one line; what is
 * read has sums that a plan can be given. */
#include "config.h"

#include "fuzz.h"

#include "cluster/cluster.h"
#include "cluster/model.h"

#include <stdlib.h>
#include <string.h>

static void
expect(bool holds)
{
    if (!holds)
        abort();
}

static FILE *
open_bytes(const uint8_t *bytes, size_t size)
{
    return fmemopen((void *)(uintptr_t)bytes, size, "r");
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct cause cause = {.text = ""};
    struct cluster *cluster;
    struct model *model;
    FILE *in;

    /* fmemopen() does not open nothing. */
    if (size == 0)
        return 0;
    in = open_bytes(bytes, size);
    model = model_read(in, "input", &cause);
    fclose(in);
    expect(model || (*cause.text && !strchr(cause.text, '\n')));
    if (model) {
        struct model_layer all = model_stage(model, 0, model->count);

        expect(all.forward >= 0 && all.input >= 0 && all.weight >= 0);
        expect(all.weight_activation_bytes <= all.activation_bytes);
    }
    model_free(model);
    cause = (struct cause){.text = ""};
    in = open_bytes(bytes, size);
    cluster = cluster_read(in, "input", &cause);
    fclose(in);
    expect(cluster || (*cause.text && !strchr(cause.text, '\n')));
    if (cluster) {
        int last = cluster->ranks > 0 ? cluster->ranks - 1 : 1;

        expect(cluster_all_reduce(cluster, 1e9) >= 0.0 &&
               cluster_link(cluster, 0, last).latency >= 0.0);
    }
    cluster_free(cluster);
    return 0;
}
