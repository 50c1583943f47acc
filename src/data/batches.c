/* batches.c -- cuts a data set into batches and batches into microbatches. */
#include "config.h"

#include "data/batches.h"

#include "base/memory.h"
#include "base/rng.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct share
batch_share(int batch, int mbs, int mb)
{
    struct share share;
    int longer;

    assert(batch >= 0 && mbs >= 1 && mb >= 0 && mb < mbs);
    longer = batch % mbs;
    share.first = mb * (batch / mbs) + (mb < longer ? mb : longer);
    share.rows = batch / mbs + (mb < longer ? 1 : 0);
    return share;
}

static void
own_order(struct batches *batches)
{
    for (int i = 0; i < batches->set->count; i++)
        batches->order[i] = i;
}

void
batches_init_all(struct batches *batches, const struct dataset *set, int size)
{
    assert(size >= 1 && set->count >= 1);
    batches->set = set;
    batches->size = size;
    batches->per_epoch = (set->count - 1) / size + 1;
    batches->order = memory_new((size_t)set->count, sizeof *batches->order);
    own_order(batches);
}

void
batches_init(struct batches *batches, const struct dataset *set, int size)
{
    assert(size <= set->count);
    batches_init_all(batches, set, size);
    batches->per_epoch = set->count / size;
}

void
batches_fini(struct batches *batches)
{
    free(batches->order);
    memset(batches, 0, sizeof *batches);
}

void
batches_shuffle(struct batches *batches, uint64_t seed, int epoch)
{
    int *order = batches->order;
    struct rng rng;

    assert(epoch >= 0);
    /* Shuffling on from the last epoch's order would make this one depend on
     * which epochs came before, and a resumed run could not repeat it. */
    own_order(batches);
    rng_init(&rng, seed, RNG_SHUFFLE, (uint32_t)epoch);
    for (int last = batches->set->count - 1; last > 0; last--) {
        int other = (int)rng_below(&rng, (uint32_t)last + 1);
        int moved = order[last];

        order[last] = order[other];
        order[other] = moved;
    }
}

int
batches_rows(const struct batches *batches, int index)
{
    int left = batches->set->count - index * batches->size;

    return left < batches->size ? left : batches->size;
}

/* The examples behind the rows of a share. */
static const int *
share_order(const struct batches *batches, int index, struct share share)
{
    assert(index >= 0 && index < batches->per_epoch);
    assert(share.first >= 0 && share.rows >= 0);
    assert(share.rows <= batches_rows(batches, index) - share.first);
    return batches->order + index * batches->size + share.first;
}

void
batches_values(const struct batches *batches, int index, struct share share,
               struct tensor x)
{
    const int *order = share_order(batches, index, share);
    size_t width = (size_t)x.cols;

    assert(x.rows == share.rows && x.cols == batches->set->features);
    for (int row = 0; row < share.rows; row++)
        dataset_example(batches->set, order[row],
                        x.data + (size_t)row * width);
}

void
batches_labels(const struct batches *batches, int index, struct share share,
               uint8_t labels[])
{
    const int *order = share_order(batches, index, share);

    for (int row = 0; row < share.rows; row++)
        labels[row] = batches->set->labels[order[row]];
}
