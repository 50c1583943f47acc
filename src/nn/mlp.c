/* mlp.c -- knows the model's shape, and cuts its layers into stages. */
#include "config.h"

#include "nn/mlp.h"

#include "base/list.h"
#include "base/plural.h"

#include <float.h>

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
mlp_offset(const struct mlp *mlp, int first, int layer)
{
    /* All hidden layers are alike but the model's first. */
    size_t each = layer_parameters(mlp, 1);

    if (first > 0 || layer == 0)
        return (size_t)(layer - first) * each;
    return layer_parameters(mlp, 0) + (size_t)(layer - 1) * each;
}

size_t
mlp_parameters(const struct mlp *mlp, int first, int count)
{
    size_t parameters = mlp_offset(mlp, first, first + count);

    if (first + count == mlp->layers)
        parameters += layer_parameters(mlp, mlp->layers);
    return parameters;
}

size_t
mlp_output_floats(const struct mlp *mlp, int first, int count, int rows)
{
    size_t floats = (size_t)count * (size_t)mlp->hidden;

    if (first + count == mlp->layers)
        floats += (size_t)mlp->classes;
    return (size_t)rows * floats;
}

size_t
mlp_stash_bytes(const struct mlp *mlp, int first, int count, int rows)
{
    size_t input = (size_t)rows * (size_t)mlp_layer_inputs(mlp, first);

    return (input + mlp_output_floats(mlp, first, count, rows)) *
           sizeof(float);
}

size_t
mlp_kept_bytes(const struct mlp *mlp, int count, int rows)
{
    return (size_t)rows * (size_t)count * (size_t)mlp->hidden * sizeof(float);
}

/* A cut into two stages or more, by the layers of the first and the last. */
struct cut {
    int first;
    int last;
};

/* What the other stages share of the layers between: all are alike, so the most
 * even share is best. share layers each, and one more for the last `longer`. */
struct between {
    int stages;
    int share;
    int longer;
};

static struct between
between_of(const struct mlp *mlp, int stages, struct cut cut)
{
    struct between between = {.stages = stages - 2};
    int layers = mlp->layers - cut.first - cut.last;

    if (between.stages > 0) {
        between.share = layers / between.stages;
        between.longer = layers % between.stages;
    }
    return between;
}

/* The sum of squares of the stages' parameters. */
static double
squares_of(const struct mlp *mlp, int stages, struct cut cut)
{
    struct between between = between_of(mlp, stages, cut);
    double layer = (double)layer_parameters(mlp, 1);
    double first = (double)mlp_parameters(mlp, 0, 1) + (cut.first - 1) * layer;
    double last = (double)mlp_parameters(mlp, mlp->layers - 1, 1) +
                  (cut.last - 1) * layer;
    double shorter = between.share * layer;
    double longer = shorter + layer;

    return first * first + last * last +
           (between.stages - between.longer) * shorter * shorter +
           between.longer * longer * longer;
}

/* The sum is convex in both lengths: while the first stage grows, the best last
 * one never does, and it is found where the sum stops to fall. Of equals, the
 * shortest first stage and then the longest last one leave the early stages
 * shortest. */
static struct cut
best_cut(const struct mlp *mlp, int stages)
{
    struct cut cut = {.last = mlp->layers};
    struct cut best = cut;
    double least = DBL_MAX;

    for (cut.first = 1; cut.first <= mlp->layers - (stages - 1); cut.first++) {
        int most = mlp->layers - cut.first - (stages - 2);
        double sum;

        if (cut.last > most)
            cut.last = most;
        sum = squares_of(mlp, stages, cut);
        while (stages > 2 && cut.last > 1) {
            struct cut shorter = {cut.first, cut.last - 1};
            double less = squares_of(mlp, stages, shorter);

            if (less >= sum)
                break;
            cut = shorter;
            sum = less;
        }
        if (sum < least) {
            least = sum;
            best = cut;
        }
    }
    return best;
}

bool
mlp_split(const struct mlp *mlp, int stages, int counts[], struct cause *cause)
{
    struct between between;
    struct cut cut;

    if (stages > mlp->layers)
        return fail(cause,
                    "%d stages for %d layer%s; a stage needs a layer, so use "
                    "%d stage%s or fewer",
                    stages, mlp->layers, plural(mlp->layers), mlp->layers,
                    plural(mlp->layers));
    counts[0] = mlp->layers;
    if (stages == 1)
        return true;
    cut = best_cut(mlp, stages);
    between = between_of(mlp, stages, cut);
    counts[0] = cut.first;
    for (int i = 0; i < between.stages; i++)
        counts[1 + i] = between.share + (i >= between.stages - between.longer);
    counts[stages - 1] = cut.last;
    return true;
}

bool
mlp_split_parse(const struct mlp *mlp, int stages, const char *text,
                int counts[], struct cause *cause)
{
    const char *wrong;
    int found = list_wholes(text, 1, mlp->layers, counts, stages, &wrong);
    long sum = 0;

    if (found == 0)
        return fail(cause,
                    "%.60s: \"%.20s\" is no number of layers from 1 to %d",
                    text, wrong, mlp->layers);
    if (found != stages)
        return fail(cause,
                    "%.60s has %d stage%s, not %d; give one count a stage",
                    text, found, plural(found), stages);
    for (int i = 0; i < stages; i++)
        sum += counts[i];
    if (sum != mlp->layers)
        return fail(cause,
                    "%.60s adds up to %ld layer%s, not %d; make them equal",
                    text, sum, plural(sum), mlp->layers);
    return true;
}
