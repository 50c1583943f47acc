/* exercises.h -- what the exercises have in common: who calls what you write.
 * The grader includes it too, so change nothing here. */
#ifndef PIPELAB_LABS_EXERCISES_H
#define PIPELAB_LABS_EXERCISES_H

#include "nn/slice.h"
#include "plan/plan.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* ---- partition.c ---- */

double
exercise_forward(struct slice *lower, struct slice *upper, struct tensor x,
                 const uint8_t labels[]);
void
exercise_backward(struct slice *lower, struct slice *upper,
                  struct tensor handed, int rows);

/* ---- channel.c ---- */

/* A ring of slots between threads.
 *
 *   push --> [ 0 | 1 | .. | capacity-1 ] --> pop */
struct ring {
    int capacity; /* slots; constant */
    int *slots;
    pthread_mutex_t lock;   /* guards everything below */
    pthread_cond_t changed; /* used or closed has moved */
    int first;              /* slot of the oldest value */
    int used;               /* full slots, 0..capacity */
    bool closed;
};

bool
exercise_push(struct ring *ring, int value);
bool
exercise_pop(struct ring *ring, int *value);
void
exercise_close(struct ring *ring);

/* ---- naive.c, gpipe.c, 1f1b.c ---- */

void
exercise_naive(struct plan *plan);
void
exercise_gpipe(struct plan *plan);
void
exercise_1f1b(struct plan *plan);

/* ---- gradient_scaling.c ---- */

void
exercise_add_gradient(float total[], const float gradient[], size_t count,
                      int rows, int batch, int mbs);

#endif
