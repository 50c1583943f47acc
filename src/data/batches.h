/* batches.h -- the batches of a training run: which examples, in which order,
 * and how a batch is cut into microbatches. */
#ifndef PIPELAB_DATA_BATCHES_H
#define PIPELAB_DATA_BATCHES_H

#include "data/dataset.h"
#include "tensor/tensor.h"

#include <stdint.h>

/* Microbatch mb of mbs as rows first .. first+rows-1 of a batch of batch rows,
 * cut as torch.tensor_split cuts: the first batch mod mbs have one row more. */
struct share {
    int first;
    int rows;
};
struct share
batch_share(int batch, int mbs, int mb);

struct batches {
    const struct dataset *set; /* borrowed */
    int size;                  /* rows in a batch, 1 .. set->count */
    int per_epoch;             /* whole batches; the rest of an epoch is left
                                * out, and every epoch leaves out others */
    int *order;                /* set->count: this epoch's order */
};

/* Starts in the set's own order. */
void
batches_init(struct batches *batches, const struct dataset *set, int size);
void
batches_fini(struct batches *batches);

/* Puts the order of an epoch: a Fisher-Yates shuffle that is a function of
 * seed and epoch alone. */
void
batches_shuffle(struct batches *batches, uint64_t seed, int epoch);

/* Rows share.first.. of batch number index (0 .. per_epoch-1) of the epoch.
 * x is share.rows x features. Any number of threads may read at once. */
void
batches_values(const struct batches *batches, int index, struct share share,
               struct tensor x);
void
batches_labels(const struct batches *batches, int index, struct share share,
               uint8_t labels[]);

#endif
