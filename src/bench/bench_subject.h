/* bench_subject.h -- a training that pipelab bench times: a schedule on some
 * ranks, or the monolith. */
#ifndef PIPELAB_BENCH_BENCH_SUBJECT_H
#define PIPELAB_BENCH_BENCH_SUBJECT_H

#include "train/trainer.h"

struct bench_subject {
    const char *schedule; /* none for the monolith */
    int ranks;
    struct program *program; /* NULL for the monolith, which has no split */
    struct cost cost;     /* in proportion to the products of each stage */
    int *split;           /* stages: layers of each */
    double critical;      /* longest path through a step by these costs, as a
                           * share of its work */
    struct trainer *trainer;
};

enum { BENCH_NAME_MAX = 64 };

/* What a table calls it, as in "1f1b, 4 ranks". */
void
bench_subject_name(const struct bench_subject *subject,
                   char name[BENCH_NAME_MAX]);

/* Which option to lower when memory is short. */
extern const char bench_subject_remedy[];

/* Into how many stages a schedule cuts the model on so many ranks. */
int
bench_subject_stages(const char *schedule, int ranks);

/* What training leaves open, from the plan to the capacity, is found here. The
 * trainer points into the subject, which must stay where it is. False if the
 * schedule or the model does not suit so many ranks, or there is not the
 * memory. Whatever it returns, bench_subject_fini() releases what is there. */
bool
bench_subject_init(struct bench_subject *subject, const char *schedule,
                   int ranks, const struct trainer_options *training,
                   struct cause *cause);
void
bench_subject_fini(struct bench_subject *subject);

/* Trains for so many steps; returns the wall time of one. */
int64_t
bench_subject_time(struct bench_subject *subject, int steps);

/* Of a schedule: the step that the stages' costs, measured now, add up to on so
 * many cores. */
int64_t
bench_subject_predict(const struct bench_subject *subject, int cores);

/* What the rank loop of a schedule itself takes: of the time that the ranks
 * were in it, what none of their spans' parts accounts for; microseconds an
 * action. */
double
bench_subject_loop_us(const struct bench_subject *subject);

#endif
