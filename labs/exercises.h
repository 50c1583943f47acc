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

/* ---- comms.c, ping_pong.c, loop.c: a rank that passes tensors on ---- */

/* One rank of a pipeline. Each runs on a thread of its own.
 *
 *            --activations-->          --activations-->
 *   rank n-1                  rank n                     rank n+1
 *            <---gradients---          <---gradients--- */
struct rank {
    int number; /* n: 0 .. ranks-1 */
    int ranks;
    struct links *links; /* the grader's; leave it alone */
};

/* Sends a copy of a tensor to rank `peer`, and waits until the link has room
 * for it. A link without slots has room when the peer is there to receive. */
void
send_to(struct rank *rank, int peer, struct tensor tensor);

/* Waits for the next tensor from rank `peer` and copies it into `into`, which
 * must have the same rows and columns. */
void
recv_from(struct rank *rank, int peer, struct tensor into);

/* ---- comms.c ---- */

enum { NO_RANK = -1 };

int
exercise_prev(const struct rank *rank);
int
exercise_next(const struct rank *rank);
void
exercise_send_forward(struct rank *rank, struct tensor activations);
void
exercise_recv_forward(struct rank *rank, struct tensor activations);
void
exercise_send_backward(struct rank *rank, struct tensor gradient);
void
exercise_recv_backward(struct rank *rank, struct tensor gradient);

/* ---- ping_pong.c ---- */

void
exercise_ping_pong(struct rank *rank, struct tensor ball, int rounds);

/* ---- shard.c ---- */

/* What one rank holds of the model. */
struct shard {
    int first;     /* its first hidden layer */
    int count;     /* its hidden layers, one behind the other */
    bool head;     /* it holds the head, too */
    size_t params; /* weights and biases of all that it holds */
};

struct shard
exercise_shard(const struct mlp *mlp, int ranks, int rank);

/* ---- loop.c ---- */

/* All that one rank needs to train its part of the model. */
struct loop {
    struct rank *rank;
    const struct plan *plan; /* with transfers: the list of each rank */
    struct slice *slice;     /* its layers and their optimizer */
    int steps;
    int batch;             /* rows of the batch */
    int rows;              /* rows of a microbatch: batch / plan->mbs */
    struct tensor x;       /* rank 0: the batch; on other ranks empty */
    const uint8_t *labels; /* the last rank: the batch's; elsewhere NULL */
    struct tensor dy; /* room for a gradient that comes from above; empty on
                       * the last rank */
    struct tensor dx; /* room for one that goes down; empty on rank 0 */
    double *losses;   /* the last rank: one a step, zero at first; elsewhere
                       * NULL */
};

void
exercise_loop(struct loop *loop);

/* ---- naive.c, gpipe.c, 1f1b.c ---- */

void
exercise_naive(struct plan *plan);
void
exercise_gpipe(struct plan *plan);
void
exercise_1f1b(struct plan *plan);

/* ---- steps.c, 1f1b_comms.c, async.c: what a rank does in one step ---- */

/* A rank, which owns the stage of its number, in one step of training. */
struct step {
    int rank; /* 0 .. ranks-1 */
    int ranks;
    int mbs;               /* microbatches, numbered from 0 */
    int *up;               /* async.c: mbs numbers, room for your requests */
    int *down;             /* async.c: likewise */
    struct record *record; /* the grader's; leave it alone */
};

/* Each of these does one thing with microbatch mb and returns when it is done.
 * A recv waits until the other rank has sent, a send until there is room. */
void
recv_forward(struct step *step, int mb); /* activations, from rank-1 */
void
forward(struct step *step, int mb);
void
send_forward(struct step *step, int mb); /* activations, to rank+1 */
void
recv_backward(struct step *step, int mb); /* a gradient, from rank+1 */
void
backward(struct step *step, int mb);
void
send_backward(struct step *step, int mb); /* a gradient, to rank-1 */

/* The sends that return at once, with a request; it is a number from 0. Until
 * wait_for() has returned, the send may still read the tensor's memory. */
int
isend_forward(struct step *step, int mb);
int
isend_backward(struct step *step, int mb);

/* Returns when the tensor of a request has been received. Each request is to
 * be waited for once. */
void
wait_for(struct step *step, int request);

/* async.c: forward(mb) writes its result over that of forward(mb - BUFFERS),
 * backward(mb) likewise. */
enum { BUFFERS = 2 };

void
exercise_naive_step(struct step *step);
void
exercise_gpipe_step(struct step *step);
void
exercise_1f1b_step(struct step *step);
void
exercise_async_step(struct step *step);

/* ---- gradient_scaling.c ---- */

void
exercise_add_gradient(float total[], const float gradient[], size_t count,
                      int rows, int batch, int mbs);

#endif
