/* training_bytes.h -- estimates the memory of a training before it is
 * allocated, within a tenth of what the allocator then gives. */
#ifndef PIPELAB_TRAIN_TRAINING_BYTES_H
#define PIPELAB_TRAIN_TRAINING_BYTES_H

#include "base/machine.h"
#include "train/trainer.h"
#include "plan/slots.h"

/* Bytes of a stage with layers first .. first+count-1: weights, their packed
 * copies, gradients, optimizer state, and slots for microbatches of `rows`
 * rows. optimizer NULL: only forwards. slots NULL: one microbatch at a time.
 * recomputes: see nn/slice.h; without the work area. SIZE_MAX if the number
 * does not fit a size_t. */
size_t
training_stage_bytes(const struct mlp *mlp, int first, int count, int rows,
                     const struct optimizer_options *optimizer,
                     const int slots[SLOT_KINDS], bool recomputes);

/* Bytes of a thread's stack that are used, and of OpenBLAS's buffer. */
enum { TRAINING_THREAD_BYTES = 96 * 1024 };

/* What trainer_new() and the steps take: stages, links, traces, losses, the
 * order of the examples, and address space for the threads. */
struct machine_need
training_need(const struct trainer_options *options);

#endif
