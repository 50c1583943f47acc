/* trainer.h -- the training loop: data, model, plan and threads put together.
 * With a plan it trains on the runtime; without one it is the monolith, one
 * thread and no channel, which is the ground truth for everything else. */
#ifndef PIPELAB_TRAIN_TRAINER_H
#define PIPELAB_TRAIN_TRAINER_H

#include "base/progress.h"
#include "train/stage.h"
#include "data/dataset.h"
#include "runtime/run.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* What to train and how to run it. Borrowed is what it points to. */
struct trainer_options {
    struct training_task task;  /* up to task.batches, which are the trainer's */
    const struct dataset *data; /* of a task that is forward_only: all of it is
                                 * evaluated */
    const int *split;           /* layers of each stage */
    struct run_options run;     /* with a lowered and checked plan, or NULL for
                                 * the monolith; ops and stages are the
                                 * trainer's */
};

struct trainer {
    struct trainer_options options;
    struct batches batches;
    int stage_count;          /* 1 for the monolith */
    struct mlp_stage *stages;
    struct run *run;          /* NULL for the monolith, as is the next */
    struct run_stage *run_stages; /* the stages as the runtime sees them */
    int step;                 /* steps done, with those before first_step */
    int epoch;                /* whose order the batches are in, or -1 */
    double *losses;           /* from first_step on; see trainer_loss() */
    struct progress computed; /* outside the run: by the monolith, and for
                               * trainer_accuracy() */
    struct cause cause;       /* after RUN_FAILED */
    int64_t start_ns;         /* clock_wall_ns() when it was made */
    int64_t wall_ns;          /* in trainer_steps() so far */
};

/* All memory of the training is had here. */
struct trainer *
trainer_new(const struct trainer_options *options);

/* Threads that compute at once: the ranks, or the monolith's one. */
int
trainer_threads(const struct trainer_options *options);

/* Accepts NULL. */
void
trainer_free(struct trainer *trainer);

/* Trains for count more steps, fewer if stopped. Not RUN_DONE: see
 * run_steps(). */
enum run_status
trainer_steps(struct trainer *trainer, int count);

/* All that has been computed so far. Async-signal-safe. */
struct progress
trainer_progress(const struct trainer *trainer);

/* Of a step that this trainer has run. */
double
trainer_loss(const struct trainer *trainer, int step);

/* With forward_only: takes every example through once, the last batch being
 * what is left of them. Then trainer_correct() and trainer_mean_loss() are over
 * all. */
enum run_status
trainer_evaluate(struct trainer *trainer);
int
trainer_correct(const struct trainer *trainer);
double
trainer_mean_loss(const struct trainer *trainer);
/* One step of a pipeline in lockstep that goes turn by turn: starts its ranks,
 * which then wait for run_let(), and joins them when they have gone. */
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

/* The share of a set's examples that the model now labels right. */
double
trainer_accuracy(struct trainer *trainer, const struct dataset *set);

/* A hash of all weights in layer order. */
uint64_t
trainer_weights_hash(const struct trainer *trainer);

#endif
