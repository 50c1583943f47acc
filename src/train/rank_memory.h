/* rank_memory.h -- what the ranks of a plan need for their part of the
 * model. */
#ifndef PIPELAB_TRAIN_RANK_MEMORY_H
#define PIPELAB_TRAIN_RANK_MEMORY_H

#include "nn/mlp.h"
#include "nn/optimizer.h"
#include "plan/footprint.h"
#include "plan/plan.h"

/* One summary a rank, to be freed. split[stages] are the layers of each stage,
 * batch the rows of a batch. Without backwards in the plan there are neither
 * gradients nor an optimizer. */
struct memory_summary *
rank_memory(const struct plan *plan, const struct mlp *mlp, const int split[],
            int batch, enum optimizer_kind optimizer);

/* What a microbatch takes on each stage of the plan; to be freed. */
struct footprint *
rank_memory_stages(const struct plan *plan, const struct mlp *mlp,
                   const int split[], int batch);

#endif
