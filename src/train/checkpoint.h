/* checkpoint.h -- a training in a file, to go on with or to evaluate: which
 * tensors and texts of the safetensors format hold what.
 *
 *   layers.N.weight (out x in), layers.N.bias (out)   the head is the last N
 *   optimizer.layers.N.weight.exp_avg, .exp_avg_sq    Adam; likewise .bias
 *   optimizer.layers.N.weight.momentum_buffer         SGD
 *
 * The texts say all that decides the numbers of the steps to come: the settings
 * of recipe.h by their names, step, the model's sizes, a hash of the examples.
 * The random numbers need no state, since they are functions of the seed and the
 * step.
 * Stages, ranks, schedule and links are none of it: the file is the same
 * whatever they were.
 *
 * To evaluate, layers.N will do, with or without the texts. All names may have
 * one beginning in common, such as "model.", and a dtype that safetensors.h
 * reads. */
#ifndef PIPELAB_TRAIN_CHECKPOINT_H
#define PIPELAB_TRAIN_CHECKPOINT_H

#include "data/safetensors.h"
#include "train/recipe.h"
#include "train/trainer.h"

#include <stdio.h>

/* A checkpoint to read: it holds the tensors that its texts call for, or those
 * of a model if it has no texts. */
struct checkpoint {
    struct safetensors file;
    int prefix_length;   /* bytes, which the names of its tensors begin with */
    const char *prefix;  /* in one of those names */
    bool weights_alone;  /* no texts: of the rest only recipe.layers,
                          * recipe.hidden and mlp are known, by the shapes */
    struct recipe recipe;
    int settings;        /* so many of recipe.h's table, from the first on, the
                          * file fixes; others are at their defaults */
    char *data;          /* recipe.data, owned; or NULL */
    struct mlp mlp;
    int step;            /* steps done */
    uint64_t data_hash;  /* dataset_hash() of what it was trained on */
};

/* False with the cause if the file is no such thing. to_train: with the texts
 * and the optimizer's tensors. */
bool
checkpoint_open(struct checkpoint *checkpoint, const char *path, bool to_train,
                struct cause *cause);

/* Harmless when not open. */
void
checkpoint_close(struct checkpoint *checkpoint);

/* Reads weights and, if it has one, optimizer state into a trainer, which has
 * none unless the file was opened to train. False with the cause if that trains
 * another model. */
bool
checkpoint_restore(const struct checkpoint *checkpoint,
                   struct trainer *trainer, struct cause *cause);

/* Writes what trainer has come to by its recipe. Errors are left to the state
 * of out. */
void
checkpoint_write(FILE *out, const struct trainer *trainer, uint64_t data_hash);

#endif
