/* checkpoint.h -- a training in a file, to resume or to evaluate: its tensors
 * and texts in the safetensors format.
 *
 *   layers.N.weight (out x in), layers.N.bias (out)   the head is the last N
 *   optimizer.layers.N.weight.exp_avg, .exp_avg_sq    Adam; likewise .bias
 *   optimizer.layers.N.weight.momentum_buffer         SGD
 *
 * The texts are all that decides the numbers of the next steps: the settings
 * of recipe.h by their names, the step, the model's sizes, a hash of the
 * examples. Random numbers need no state, since they are functions of the seed
 * and the step. Stages, ranks, schedule and links are not stored: the file
 * does not depend on them.
 *
 * To evaluate, layers.N is enough, with or without texts. All names may have a
 * common prefix, such as "model.", and any dtype that safetensors.h reads. */
#ifndef PIPELAB_TRAIN_CHECKPOINT_H
#define PIPELAB_TRAIN_CHECKPOINT_H

#include "data/safetensors.h"
#include "train/recipe.h"
#include "train/trainer.h"

#include <stdio.h>

/* A checkpoint to read. It has all tensors of the model that its texts, or
 * without texts its shapes, describe. */
struct checkpoint {
    struct safetensors file;
    int prefix_length;  /* bytes of the common prefix of its tensors' names */
    const char *prefix; /* points into one of those names */
    bool weights_alone; /* no texts: only recipe.layers, recipe.hidden and mlp
                          * are known, from the shapes */
    struct recipe recipe;
    int settings; /* the first `settings` rows of recipe.h's table are
                          * the file's; the others have their defaults */
    char *data;   /* recipe.data, owned; or NULL */
    struct mlp mlp;
    int step;           /* steps done */
    uint64_t data_hash; /* dataset_hash() of what it was trained on */
};

/* False with the cause if the file is not a checkpoint. to_train: it must have
 * the texts and the optimizer's tensors. */
bool
checkpoint_open(struct checkpoint *checkpoint, const char *path, bool to_train,
                struct cause *cause);

/* Does nothing when not open. */
void
checkpoint_close(struct checkpoint *checkpoint);

/* Reads the weights, and the optimizer state if the file was opened to train,
 * into a trainer: of its stages that live here. False with the cause if it
 * trains another model. */
bool
checkpoint_restore(const struct checkpoint *checkpoint,
                   struct trainer *trainer, struct cause *cause);

/* Writes the present state of the trainer and its recipe, whose steps are
 * those of the whole training. The caller checks out for errors. Every process
 * of the trainer's world calls it, process 0 alone with out. All
 * replicas have the same; the file comes from number 0. */
void
checkpoint_write(FILE *out, const struct trainer *trainer, uint64_t data_hash);

#endif
