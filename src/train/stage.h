/* stage.h -- joins nn to the runtime: a slice of the mlp as one stage,
 * with its data, its slots and its losses. */
#ifndef PIPELAB_TRAIN_STAGE_H
#define PIPELAB_TRAIN_STAGE_H

#include "data/batches.h"
#include "nn/slice.h"
#include "runtime/stage_ops.h"
#include "plan/slots.h"
#include "train/recipe.h"

#include <stdint.h>

/* Pipelines of the same stages that train one model, each on its own part of a
 * batch: all add up their gradients before they step. Each has recipe.batch
 * examples; the loss is the mean over those of all. */
struct replicas {
    struct wire *wire; /* the places of the plan are its groups */
    int count;
    int number; /* of this one */
};

/* What all stages of a training share. */
struct training_task {
    struct recipe recipe;
    struct mlp mlp;    /* of the recipe and the data: see recipe_mlp() */
    int first_step;    /* 0, or the step at which it resumes */
    bool forward_only; /* and count correct examples */
    const struct replicas *replicas; /* or NULL: there is one */
    const struct batches *batches;   /* of all replicas; set by the trainer */
    int rows; /* of the present batch, set by the trainer:
                        * recipe.batch, or fewer in the last batch of an
                        * evaluation */
};

struct mlp_stage {
    const struct training_task *task;
    int rank; /* its owner; 0 in the monolith */
    int number;
    int place;                   /* see plan.h */
    int first;                   /* of its layers */
    int count;                   /* of them */
    int mbs;                     /* microbatches that go through it */
    struct tensor other_weights; /* the other copy's weight gradients; empty
                                  * where the stage has one copy */
    struct slice *slice;         /* NULL: the stage lives in another process;
                                  * then only what stands above is there */
    int rows;                    /* of the largest microbatch */
    struct slots slots[SLOT_KINDS];
    bool recomputes;            /* keeps its input alone; see nn/slice.h */
    struct tensor *output;      /* one a slot, if it recomputes; none on the
                                 * last stage */
    struct tensor *grad_output; /* one a slot; none on the last stage */
    struct tensor *grad_input;  /* one a slot; none on the first */
    /* last stage only: */
    uint8_t *labels; /* rows */
    int correct;     /* examples labelled right, if forward
                                        * only */
    double *mb_loss; /* mbs: this step's, by microbatch */
    int losses_done; /* microbatches of this step */
    double *losses;  /* of the trainer: losses[0] is first_step's;
                                        * borrowed, or NULL */
};

/* A stage that lives in another process. */
void
mlp_stage_elsewhere(struct mlp_stage *stage, const struct plan *plan,
                    int place, int first, int count);

/* Layers first .. first+count-1 as a place (see plan.h) of a lowered plan, or,
 * with index NULL, as the whole model of the monolith. task is borrowed; losses
 * has room for every step that will run and is written by the last stage. work:
 * NULL, or the stage recomputes in it; borrowed, see slice_new(). */
void
mlp_stage_init(struct mlp_stage *stage, const struct training_task *task,
               const struct slot_index *index, int place, int first, int count,
               double *losses, float *work);
void
mlp_stage_fini(struct mlp_stage *stage);

/* The table that the runtime calls; its void * is a struct mlp_stage. */
extern const struct stage_ops mlp_stage_ops;

#endif
