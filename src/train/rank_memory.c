/* rank_memory.c -- adds up what each rank holds of the model. */
#include "config.h"

#include "train/rank_memory.h"

#include "base/memory.h"
#include "data/batches.h"
#include "plan/place.h"

#include <stdlib.h>

/* The most bytes that microbatches in flight take on each rank. */
static void
count_activations(struct memory_summary memory[], const struct plan *plan,
                  const struct footprint stages[])
{
    int64_t *peaks = memory_new((size_t)plan->ranks, sizeof *peaks);

    footprint_peaks(plan, stages, peaks);
    for (int r = 0; r < plan->ranks; r++)
        memory[r].bytes[MEMORY_ACTIVATIONS] = peaks[r];
    free(peaks);
}

/* What the layers put out is there during F and B, and from I to W. */
static void
drop_outputs(struct footprint *stage, int64_t outputs)
{
    stage->stash -= outputs;
    stage->forward += outputs;
    stage->backward += outputs;
    stage->input += outputs;
}

struct footprint *
rank_memory_stages(const struct plan *plan, const struct mlp *mlp,
                   const int split[], int batch, const bool recompute[])
{
    struct footprint *stages =
        memory_new((size_t)plan->stages, sizeof *stages);
    int rows = batch_share(batch, plan->mbs, 0).rows;
    int first = 0;

    for (int s = 0; s < plan->stages; s++) {
        stages[s].stash = (int64_t)mlp_stash_bytes(mlp, first, split[s], rows);
        stages[s].input = (int64_t)mlp_kept_bytes(mlp, split[s], rows);
        stages[s].owed = stages[s].stash + stages[s].input;
        if (recompute && recompute[s])
            drop_outputs(
                &stages[s],
                (int64_t)(mlp_output_floats(mlp, first, split[s], rows) *
                          sizeof(float)));
        first += split[s];
    }
    return stages;
}

struct memory_summary *
rank_memory(const struct plan *plan, const struct mlp *mlp, const int split[],
            int batch, enum optimizer_kind optimizer, const bool recompute[])
{
    struct memory_summary *memory =
        memory_new((size_t)plan->ranks, sizeof *memory);
    struct footprint *stages =
        rank_memory_stages(plan, mlp, split, batch, recompute);
    bool trains = plan_trains(plan);
    int first = 0;

    for (int p = 0; p < plan_places(plan); p++) {
        int s = p % plan->stages;
        int64_t *bytes = memory[plan->rank_of_stage[p]].bytes;
        int64_t weights;

        first = s == 0 ? 0 : first;
        weights =
            (int64_t)(mlp_parameters(mlp, first, split[s]) * sizeof(float));
        bytes[MEMORY_WEIGHTS] += weights;
        if (trains) {
            /* With two copies also those that come from the other one. */
            bytes[MEMORY_GRADIENTS] += plan->copies * weights;
            bytes[MEMORY_OPTIMIZER] +=
                weights * optimizer_state_floats(optimizer);
        }
        first += split[s];
    }
    count_activations(memory, plan, stages);
    free(stages);
    return memory;
}
