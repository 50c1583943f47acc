/* bench_subject.h -- a training that pipelab bench times: a schedule on some
 * ranks, or the monolith. */
#ifndef PIPELAB_BENCH_BENCH_SUBJECT_H
#define PIPELAB_BENCH_BENCH_SUBJECT_H

#include "train/trainer.h"

struct bench_subject {
    const char *schedule; /* none for the monolith */
    int ranks;
    struct program *program; /* NULL for the monolith, which has no split */
    struct cost cost;        /* in proportion to the products of each stage */
    int *split;              /* stages: layers of each */
    double critical; /* longest path through a step by these costs, as a
                           * share of its work */
    struct trainer *trainer;
};

enum { BENCH_NAME_MAX = 64 };

/* Its name in a table: "1f1b, 4 ranks". */
void
bench_subject_name(const struct bench_subject *subject,
                   char name[BENCH_NAME_MAX]);

/* Which option to lower when memory is short. */
extern const char bench_subject_remedy[];

/* The number of stages into which a schedule cuts the model on this number of
 * ranks. */
int
bench_subject_stages(const char *schedule, int ranks);

/* Makes a trainer for the schedule; plan, costs, split and capacity of
 * `training` are set here. The trainer points into the subject, which must not
 * be moved. False if the schedule or the model has no plan for this number of
 * ranks, or memory is short. Release with bench_subject_fini() in any case. */
bool
bench_subject_init(struct bench_subject *subject, const char *schedule,
                   int ranks, const struct trainer_options *training,
                   struct cause *cause);
void
bench_subject_fini(struct bench_subject *subject);

/* Trains for this number of steps; returns the wall time of one, in ns. */
int64_t
bench_subject_time(struct bench_subject *subject, int steps);

/* The predicted time of a schedule's step in ns, from costs of the stages
 * measured now, on this number of cores. */
int64_t
bench_subject_predict(const struct bench_subject *subject, int cores);

/* Microseconds an action that the rank loop itself takes: the time of the loop
 * minus all parts of its spans. */
double
bench_subject_loop_us(const struct bench_subject *subject);

#endif
