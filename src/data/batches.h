/* batches.h -- the batches of a training run: which examples, in which order,
 * and how a batch is cut into microbatches. */
#ifndef PIPELAB_DATA_BATCHES_H
#define PIPELAB_DATA_BATCHES_H

#include "data/dataset.h"
#include "tensor/tensor.h"

#include <stdint.h>

/* Microbatch mb of mbs as rows first .. first+rows-1 of a batch of batch rows,
 * cut as torch.tensor_split cuts: the first batch mod mbs have one row more.
 * If the batch has fewer rows than mbs, the last microbatches are empty. */
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

/* Starts in the order of the set. size is 1 .. set->count. The examples after
 * the last whole batch of an epoch are left out; each shuffle leaves out
 * others. */
void
batches_init(struct batches *batches, const struct dataset *set, int size);

/* The same, but the examples left over are a last, shorter batch. size is >=
 * 1. */
void
batches_init_all(struct batches *batches, const struct dataset *set, int size);
void
batches_fini(struct batches *batches);

/* Sets the order of an epoch: a Fisher-Yates shuffle, a function of seed and
 * epoch alone. */
void
batches_shuffle(struct batches *batches, uint64_t seed, int epoch);

/* Rows of a batch. */
int
batches_rows(const struct batches *batches, int index);

/* Copies the share's rows of batch number index (0 .. per_epoch-1) of the
 * epoch into x (share.rows x features) or labels. Many threads may read at
 * once. */
void
batches_values(const struct batches *batches, int index, struct share share,
               struct tensor x);
void
batches_labels(const struct batches *batches, int index, struct share share,
               uint8_t labels[]);

#endif
