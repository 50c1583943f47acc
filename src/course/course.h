/* course.h -- what the labs share: the default model of pipelab train with
 * half the layers, which learns its batch within 30 steps, and schedules for
 * it, planned, predicted and trained. */
#ifndef PIPELAB_COURSE_COURSE_H
#define PIPELAB_COURSE_COURSE_H

#include "course/lab.h"
#include "train/trainer.h"
#include "data/dataset.h"
#include "nn/slice.h"
#include "plan/program.h"
#include "plan/cost.h"
#include "plan/plan.h"
#include "sim/forecast.h"

enum {
    COURSE_LAYERS = 8,
    COURSE_HIDDEN = 128,
    COURSE_BATCH = 32,
    COURSE_SEED = 42,
    COURSE_RANKS = 4,
    COURSE_MBS = 8,
    COURSE_STEPS = 30
};

extern const struct mlp course_mlp;

/* The course's one batch. */
void
course_batch(struct dataset *batch);

/* Rows of it, as a view. */
struct tensor
course_rows(const struct dataset *batch, struct share share);

/* Layers first .. first+count-1, ready for one microbatch at a time. */
struct slice *
course_slice(int first, int count);

/* ---- schedules ---- */

/* A schedule on ranks of one stage each. */
struct course_plan {
    struct plan *plan;
    struct program *program;
    struct cost cost;         /* F=1, B=2 */
    struct forecast forecast; /* with spans, at CAPACITY_AUTO */
};

void
course_plan_init(struct course_plan *plan, const char *schedule, int ranks,
                 int mbs);
void
course_plan_fini(struct course_plan *plan);

/* Lets every stage keep its input alone and run F again before B. */
void
course_plan_recompute(struct course_plan *plan);

/* Its timeline and figures. */
void
course_plan_show(struct lab *lab, const struct course_plan *plan);

/* Its grid as the head and the rows of a sheet, a cell a tick; an action of
 * several ticks is in each of them. */
void
course_sheet_grid(struct sheet *sheet, const char *schedule, int mbs);

/* Ticks that a rank's stage computes in a step: M (F + B). */
int64_t
course_busy(const struct course_plan *plan);

enum {
    COURSE_MOST_RANKS = 8,
    COURSE_MOST_MBS = 16,
    COURSE_SHAPES = COURSE_MOST_RANKS * COURSE_MOST_MBS
};

/* The number of shapes, of COURSE_SHAPES, in which a law holds for a
 * schedule. */
int
course_sweep(const char *schedule, bool (*law)(const struct course_plan *));

/* Claims that it does in all of them, which is what text says. */
void
course_claim_law(struct lab *lab, const char *schedule,
                 bool (*law)(const struct course_plan *), const char *text);

/* ---- training ---- */

/* The model on the one batch, cut into so many microbatches; task.batches are
 * the caller's. */
struct training_task
course_task(int mbs);

struct course_training {
    struct dataset batch;
    int *split; /* layers of each stage, or NULL */
    struct trainer *trainer;
    enum run_status status;
};

/* Trains the model for COURSE_STEPS steps: a plan on threads with links of
 * this capacity, or, with plan NULL, the monolith. */
void
course_train(struct course_training *training, const struct course_plan *plan,
             int capacity);
void
course_training_fini(struct course_training *training);

/* Trains a schedule on COURSE_RANKS ranks and the monolith, and claims that
 * losses and weights are the same bit for bit. */
void
course_claim_monolith(struct lab *lab, const char *schedule);

#endif
