#include "config.h"

#include "nn/mlp.h"

#include "base/memory.h"

#include <assert.h>
#include <float.h>
#include <stdlib.h>

int
mlp_layer_inputs(const struct mlp *mlp, int layer)
{
    return layer == 0 ? mlp->inputs : mlp->hidden;
}

int
mlp_layer_outputs(const struct mlp *mlp, int layer)
{
    return layer == mlp->layers ? mlp->classes : mlp->hidden;
}

static size_t
layer_parameters(const struct mlp *mlp, int layer)
{
    return (size_t)mlp_layer_outputs(mlp, layer) *
           ((size_t)mlp_layer_inputs(mlp, layer) + 1);
}

size_t
mlp_parameters(const struct mlp *mlp, int first, int count)
{
    size_t parameters = 0;

    for (int l = first; l < first + count; l++)
        parameters += layer_parameters(mlp, l);
    if (first + count == mlp->layers)
        parameters += layer_parameters(mlp, mlp->layers);
    return parameters;
}

size_t
mlp_stash_bytes(const struct mlp *mlp, int first, int count, int rows)
{
    size_t floats = (size_t)mlp_layer_inputs(mlp, first);
    int last = first + count - 1;

    last += last == mlp->layers - 1;
    for (int i = first; i <= last; i++)
        floats += (size_t)mlp_layer_outputs(mlp, i);
    return (size_t)rows * floats * sizeof(float);
}

size_t
mlp_kept_bytes(const struct mlp *mlp, int first, int count, int rows)
{
    size_t floats = 0;

    for (int i = first; i < first + count; i++)
        floats += (size_t)mlp_layer_outputs(mlp, i);
    return (size_t)rows * floats * sizeof(float);
}

/* Dynamic programming over the first `layers` layers in s stages: the least
 * sum of squares, and how many layers the last of the s stages then has. */
struct cuts {
    int layers;
    double *cost;  /* (stages+1) x (layers+1) */
    int *last;     /* likewise */
    double *until; /* layers+1: parameters of the layers before one */
};

static size_t
cell_of(const struct cuts *cuts, int stages, int layers)
{
    return (size_t)stages * ((size_t)cuts->layers + 1) + (size_t)layers;
}

/* Of equal sums the longest last stage wins, so that early stages are
 * shortest. */
static void
find_cut(struct cuts *cuts, int stages, int layers)
{
    size_t cell = cell_of(cuts, stages, layers);

    cuts->cost[cell] = DBL_MAX;
    for (int last = 1; last <= layers - (stages - 1); last++) {
        double size = cuts->until[layers] - cuts->until[layers - last];
        double before = cuts->cost[cell_of(cuts, stages - 1, layers - last)];

        if (before < DBL_MAX && before + size * size <= cuts->cost[cell]) {
            cuts->cost[cell] = before + size * size;
            cuts->last[cell] = last;
        }
    }
}

bool
mlp_split(const struct mlp *mlp, int stages, int counts[],
          struct cause *cause)
{
    size_t cells = ((size_t)stages + 1) * ((size_t)mlp->layers + 1);
    struct cuts cuts = {.layers = mlp->layers};

    if (stages > mlp->layers)
        return fail(cause,
                    "%d stages for %d layers; a stage needs a layer, so use "
                    "fewer --stages or more --layers",
                    stages, mlp->layers);
    cuts.cost = memory_new(cells, sizeof *cuts.cost);
    cuts.last = memory_new(cells, sizeof *cuts.last);
    cuts.until = memory_new((size_t)mlp->layers + 1, sizeof *cuts.until);
    for (int l = 0; l < mlp->layers; l++)
        cuts.until[l + 1] =
            cuts.until[l] + (double)mlp_parameters(mlp, l, 1);
    for (int l = 1; l <= mlp->layers; l++)
        cuts.cost[cell_of(&cuts, 0, l)] = DBL_MAX;
    for (int s = 1; s <= stages; s++)
        for (int l = s; l <= mlp->layers; l++)
            find_cut(&cuts, s, l);
    for (int s = stages, l = mlp->layers; s > 0; s--) {
        counts[s - 1] = cuts.last[cell_of(&cuts, s, l)];
        l -= counts[s - 1];
    }
    free(cuts.cost);
    free(cuts.last);
    free(cuts.until);
    return true;
}

bool
mlp_split_parse(const struct mlp *mlp, int stages, const char *text,
                int counts[], struct cause *cause)
{
    const char *rest = text;
    long sum = 0;
    int found = 0;

    while (true) {
        char *end;
        long count = strtol(rest, &end, 10);

        if (end == rest || count < 1 || count > mlp->layers ||
            (*end != ',' && *end != '\0'))
            return fail(cause,
                        "--split %.60s: \"%.20s\" is no number of layers from "
                        "1 to %d",
                        text, rest, mlp->layers);
        if (found < stages)
            counts[found] = (int)count;
        found++;
        sum += count;
        if (*end == '\0')
            break;
        rest = end + 1;
    }
    if (found != stages)
        return fail(cause,
                    "--split %.60s has %d stages, --stages is %d; give one "
                    "count a stage",
                    text, found, stages);
    if (sum != mlp->layers)
        return fail(cause,
                    "--split %.60s adds up to %ld layers, --layers is %d; "
                    "make them equal",
                    text, sum, mlp->layers);
    return true;
}
