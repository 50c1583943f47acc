/* rig.h -- a small training for the tests: a random set, a plan or the
 * monolith, and the trainer that puts them together. */
#ifndef PIPELAB_TESTS_TRAIN_RIG_H
#define PIPELAB_TESTS_TRAIN_RIG_H

#include "train/trainer.h"
#include "sim/forecast.h"
#include "suite.h"

enum {
    RIG_LAYERS = 8,
    RIG_HIDDEN = 12,
    RIG_INPUTS = 9,
    RIG_CLASSES = 3,
    RIG_BATCH = 13 /* a prime: no M but 1 and 13 divides it */
};

struct rig_settings {
    enum optimizer_kind optimizer;
    bool shuffle;
    bool bind;
    bool lockstep;
    int capacity;
    int batch;
    bool nan_continue;
    int first_step;
    int steps;
    bool forward_only;         /* with a plan of that kind */
    int examples;              /* 0: two batches */
    unsigned recompute;        /* a bit for each stage that recomputes */
    const struct world *world; /* see trainer.h, */
    const struct world *all;   /* as these */
    const struct replicas *replicas;
};

struct rig {
    struct dataset data;
    struct program *program; /* NULL for the monolith */
    struct cost cost;
    struct forecast forecast;
    struct trainer *trainer;
};

extern const struct mlp rig_mlp;

/* For a plan that was checked, with the layers of each stage, or for the
 * monolith with NULL. */
void
rig_open(struct rig *rig, const struct plan *plan, const int split[], int mbs,
         const struct rig_settings *settings);
void
rig_close(struct rig *rig);

/* As even as can be. */
void
rig_split(int stages, int split[]);

#endif
