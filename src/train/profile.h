/* profile.h -- what each stage's actions cost on this machine, as a cost model
 * in nanoseconds.
 *
 * Each F, B, I, W and STEP is timed on the clock of its thread's processor
 * time, warm, and the median taken. As many stages as the plan keeps busy, or
 * the machine has cores for, are timed at once, since cores slow each other
 * down. */
#ifndef PIPELAB_TRAIN_PROFILE_H
#define PIPELAB_TRAIN_PROFILE_H

#include "nn/mlp.h"
#include "nn/optimizer.h"
#include "plan/cost.h"
#include "plan/plan.h"

/* Fills the costs of every stage for the largest microbatch, and the latency
 * of a message of activations. split[stages] are the layers of each stage. */
void
profile_measure(struct cost *cost, const struct plan *plan,
                const struct mlp *mlp, const int split[],
                const struct optimizer_options *optimizer, int batch);

#endif
