/* batches.h -- the batches of a training run: which examples, in which order,
 * and how a batch is cut into microbatches. */
#ifndef PIPELAB_DATA_BATCHES_H
#define PIPELAB_DATA_BATCHES_H

#include "data/dataset.h"
#include "tensor/tensor.h"

#include <stdint.h>

/* Microbatch mb of mbs as rows first .. first+rows-1 of a batch of batch rows,
 * cut as torch.tensor_split cuts: the first batch mod mbs have one row more. Of
 * a batch with fewer rows than mbs the last microbatches are empty. */
struct share {
    int first;
    int rows;
};
struct share
batch_share(int batch, int mbs, int mb);

struct batches {
    const struct dataset *set; /* borrowed */
    int size;                  /* rows in a batch; see batches_rows() */
    int per_epoch;             /* batches */
    int *order;                /* set->count: this epoch's order */
};

/* Starts in the set's own order. size is 1 .. set->count; what is left after the
 * last whole batch of an epoch is left out, and every order leaves out
 * others. */
void
batches_init(struct batches *batches, const struct dataset *set, int size);

/* The same with what is left as a last, shorter batch. Any size >= 1 will do. */
void
batches_init_all(struct batches *batches, const struct dataset *set, int size);
void
batches_fini(struct batches *batches);

/* Puts the order of an epoch: a Fisher-Yates shuffle that is a function of
 * seed and epoch alone. */
void
batches_shuffle(struct batches *batches, uint64_t seed, int epoch);

/* Rows of a batch. */
int
batches_rows(const struct batches *batches, int index);

/* Rows share.first.. of batch number index (0 .. per_epoch-1) of the epoch.
 * x is share.rows x features. Any number of threads may read at once. */
void
batches_values(const struct batches *batches, int index, struct share share,
               struct tensor x);
void
batches_labels(const struct batches *batches, int index, struct share share,
               uint8_t labels[]);

#endif
