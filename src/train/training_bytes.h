/* training_bytes.h -- how much memory a training takes, estimated before any of
 * it is allocated: within a tenth of what the allocator then gives. */
#ifndef PIPELAB_TRAIN_TRAINING_BYTES_H
#define PIPELAB_TRAIN_TRAINING_BYTES_H

#include "base/machine.h"
#include "train/trainer.h"
#include "plan/slots.h"

/* Of a stage with layers first .. first+count-1: weights, their copies for the
 * products, gradients and optimizer state, and what its slots hold of
 * microbatches of `rows` rows. optimizer NULL: only forwards. slots NULL: one
 * microbatch at a time. What cannot be counted is SIZE_MAX. */
size_t
training_stage_bytes(const struct mlp *mlp, int first, int count, int rows,
                     const struct optimizer_options *optimizer,
                     const int slots[SLOT_KINDS]);

/* What running takes of a thread's stack and for its products. */
enum { TRAINING_THREAD_BYTES = 96 * 1024 };

/* Of all that trainer_new() and the steps take: the stages, links, traces,
 * losses, the order of the examples, and address space for the threads. */
struct machine_need
training_need(const struct trainer_options *options);

#endif
