#include "exercises.h"

static size_t
layer_params(const struct mlp *mlp, int layer)
{
    size_t inputs = (size_t)mlp_layer_inputs(mlp, layer);
    size_t outputs = (size_t)mlp_layer_outputs(mlp, layer);

    return inputs * outputs + outputs;
}

struct shard
exercise_shard(const struct mlp *mlp, int ranks, int rank)
{
    int each = mlp->layers / ranks;
    int rest = mlp->layers % ranks;
    struct shard shard = {
        .first = rank * each + (rank < rest ? rank : rest),
        .count = each + (rank < rest),
        .head = true,
    };

    for (int i = 0; i < shard.count; i++)
        shard.params += layer_params(mlp, shard.first + i);
    if (shard.head)
        shard.params += layer_params(mlp, mlp->layers);
    return shard;
}
