/* trainer.h -- the training loop: joins data, model, plan and threads.
 *
 * With a plan it trains on the runtime. Without one it is the monolith, one
 * thread and no channel, whose results every schedule is compared with. */
#ifndef PIPELAB_TRAIN_TRAINER_H
#define PIPELAB_TRAIN_TRAINER_H

#include "base/progress.h"
#include "train/stage.h"
#include "data/dataset.h"
#include "runtime/run.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* What to train and how to run it. All pointers are borrowed. */
struct trainer_options {
    struct training_task task;  /* the trainer sets its batches and rows */
    const struct dataset *data; /* with task.forward_only all of it is
                                 * evaluated; with run.world it needs values
                                 * where stage 0 lives and labels where the
                                 * last stage does */
    const int *split;           /* layers of each stage */
    struct run_options run;     /* run.plan is lowered and checked, or NULL for
                                 * the monolith; the trainer sets ops and
                                 * stages */
};

struct trainer {
    struct trainer_options options;
    struct batches batches;
    int stage_count;          /* 1 for the monolith */
    int copies;               /* of each stage: see plan.h */
    struct mlp_stage *stages; /* places: those of copy 0 are the model; copy 1
                               * is the same between steps */
    float **work;    /* ranks: where its stages recompute, or NULL; NULL for
                   * the monolith */
    struct run *run; /* NULL for the monolith */
    struct run_stage *run_stages; /* the stages as the runtime sees them */
    int step;       /* steps done, with those before first_step */
    int epoch;      /* the batches have its order; -1: none yet */
    double *losses; /* losses[0] is first_step's; with two copies a row
                               * of its microbatches' for each step; see
                               * trainer_loss() */
    struct progress computed; /* outside the run: by the monolith, and for
                               * trainer_accuracy() */
    int correct;              /* after trainer_evaluate() */
    struct cause cause;       /* after RUN_FAILED */
    int64_t start_ns;         /* clock_wall_ns() when it was made */
    int64_t wall_ns;          /* time spent in trainer_steps() */
};

/* Allocates all memory of the training. With run.world every process has a
 * trainer, with its own stages alone, and all call the functions below at the
 * same time, but for those that are told of one process. Losses and results are
 * then the same in all. */
struct trainer *
trainer_new(const struct trainer_options *options);

/* Number of threads that compute at the same time: the ranks that are here, or
 * 1. */
int
trainer_threads(const struct trainer_options *options);

/* Floats of the work area in which the stages of a rank recompute. */
size_t
trainer_work_floats(const struct trainer_options *options, int rank);

/* Accepts NULL. */
void
trainer_free(struct trainer *trainer);

/* Trains for count more steps, fewer if stopped. For other results than
 * RUN_DONE see run_steps(). */
enum run_status
trainer_steps(struct trainer *trainer, int count);

/* The computations done since the training began. Async-signal-safe. */
struct progress
trainer_progress(const struct trainer *trainer);

/* The loss of a step that this trainer has run. */
double
trainer_loss(const struct trainer *trainer, int step);

/* With forward_only: runs every example forward once; the last batch may be
 * smaller. Then trainer_correct() and trainer_mean_loss() are over all
 * examples. */
enum run_status
trainer_evaluate(struct trainer *trainer);
int
trainer_correct(const struct trainer *trainer);
double
trainer_mean_loss(const struct trainer *trainer);
/* One step in lockstep, turn by turn: the first starts the ranks, which then
 * move only by run_let(); the second joins them at the end. */
void
trainer_hold_step(struct trainer *trainer);
enum run_status
trainer_join_step(struct trainer *trainer);

/* Whether each epoch has the examples in another order; otherwise there are no
 * epochs. */
bool
trainer_shuffles(const struct trainer *trainer);

/* How many of the next steps share an epoch, at most count: what the threads
 * run without being joined. */
int
trainer_steps_in_epoch(const struct trainer *trainer, int count);

/* The share, 0 .. 1, of a set's examples that the model labels right. */
double
trainer_accuracy(struct trainer *trainer, const struct dataset *set);

/* Of one process: whether both copies of all stages that live here have the
 * same weights and optimizer state; true where there is one copy. No rank may
 * be within a step. */
bool
trainer_copies_agree(const struct trainer *trainer);

/* Of one process: makes all weights ready for the products; call it after
 * writing them. */
void
trainer_pack(struct trainer *trainer);

/* The process in which a stage lives; copy 0 of it, unless told. */
int
trainer_home(const struct trainer *trainer, int place);

/* A hash of all weights in layer order. */
uint64_t
trainer_weights_hash(const struct trainer *trainer);

#endif
