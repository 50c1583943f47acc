/* part.h -- the tensors of a checkpoint, and where a trainer has their
 * values. */
#ifndef PIPELAB_TRAIN_PART_H
#define PIPELAB_TRAIN_PART_H

#include "data/safetensors.h"
#include "nn/mlp.h"
#include "nn/optimizer.h"
#include "train/trainer.h"

#include <stdbool.h>
#include <stddef.h>

/* One of the tensors: a weight or a bias, or an optimizer's state for it. */
enum { PART_NAME = 64 };
struct part {
    char name[PART_NAME];
    int array; /* 0: of the model; 1 and 2: optimizer's first and second */
    int layer;
    bool bias;
    struct safetensor tensor;
};

/* How many a model has, all of the optimizer's included. */
int
parts_of(const struct mlp *mlp, enum optimizer_kind kind);

/* Number i of them: the whole model, then the whole of each state. */
void
part_at(struct part *part, int i, const struct mlp *mlp,
        enum optimizer_kind kind);

size_t
part_bytes(const struct part *part);

/* The stage of the first copy that has its layer. */
int
part_stage(const struct trainer *trainer, const struct part *part);

/* Where a place of the trainer has its values; NULL if it keeps no such state,
 * or lives in another process. */
float *
part_values(const struct trainer *trainer, int place, const struct part *part);

#endif
