/* profile.h -- measures what the actions of each stage cost on this machine,
 * in nanoseconds.
 *
 * Each F, B, I, W and STEP is timed by the processor time of its thread, with
 * warm caches; the cost is the median. Cores slow each other down, so as many
 * stages are timed at the same time as the plan keeps busy, or as there are
 * cores. */
#ifndef PIPELAB_TRAIN_PROFILE_H
#define PIPELAB_TRAIN_PROFILE_H

#include "nn/mlp.h"
#include "nn/optimizer.h"
#include "plan/cost.h"
#include "plan/plan.h"

/* Sets the unit, the costs of every stage for the largest microbatch, and the
 * latency of a message of activations. split[stages]: layers of each stage. */
void
profile_measure(struct cost *cost, const struct plan *plan,
                const struct mlp *mlp, const int split[],
                const struct optimizer_options *optimizer, int batch);

#endif
