/* rank_memory.h -- computes the bytes that each rank of a plan needs for its
 * part of the model. */
#ifndef PIPELAB_TRAIN_RANK_MEMORY_H
#define PIPELAB_TRAIN_RANK_MEMORY_H

#include "nn/mlp.h"
#include "nn/optimizer.h"
#include "plan/footprint.h"
#include "plan/plan.h"

/* One summary a rank; the caller frees them. split[stages] are the layers of
 * each stage, batch the rows of a batch. A plan without backwards has neither
 * gradients nor an optimizer. */
struct memory_summary *
rank_memory(const struct plan *plan, const struct mlp *mlp, const int split[],
            int batch, enum optimizer_kind optimizer, const bool recompute[]);

/* Bytes of one microbatch on each stage of the plan; the caller frees them.
 * recompute[stages] or NULL, here and above: such a stage keeps its input
 * alone. */
struct footprint *
rank_memory_stages(const struct plan *plan, const struct mlp *mlp,
                   const int split[], int batch, const bool recompute[]);

#endif
