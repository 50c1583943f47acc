/* trainer_results.c -- what a training has come to: losses, accuracy,
 * weights. */
#include "config.h"

#include "train/trainer.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/memory.h"

#include <stdlib.h>

double
trainer_mean_loss(const struct trainer *trainer)
{
    double sum = 0.0;

    for (int s = 0; s < trainer->step; s++)
        sum += trainer_loss(trainer, s) * batches_rows(&trainer->batches, s);
    return sum / trainer->batches.set->count;
}

/* What the stage before put out is this one's input. Between steps every stash
 * slot is free, so slot 0 will do. */
static void
hand_over_results(const struct trainer *trainer, int stage, int rows)
{
    const struct mlp_stage *from = &trainer->stages[stage - 1];
    const struct mlp_stage *to = &trainer->stages[stage];
    size_t size =
        (size_t)rows * sizeof(float) *
        (size_t)mlp_layer_inputs(&trainer->options.task.mlp, to->first);

    if (from->slice && to->slice)
        tensor_copy(slice_input(to->slice, 0, rows),
                    slice_output(from->slice, 0, rows));
    else
        world_move(trainer->options.run.world,
                   trainer_home(trainer, stage - 1),
                   trainer_home(trainer, stage),
                   from->slice ? slice_output(from->slice, 0, rows).data
                   : to->slice ? slice_input(to->slice, 0, rows).data
                               : NULL,
                   size);
}

/* Takes rows examples from index first through all stages; returns how many
 * are right. */
static int
correct_rows(struct trainer *trainer, const struct batches *order,
             struct share share, uint8_t labels[])
{
    int last = trainer->stage_count - 1;
    int correct = 0;

    for (int s = 0; s <= last; s++) {
        struct slice *slice = trainer->stages[s].slice;

        if (s > 0)
            hand_over_results(trainer, s, share.rows);
        if (!slice)
            continue;
        if (s == 0)
            batches_values(order, 0, share, slice_input(slice, 0, share.rows));
        slice_forward(slice, 0, share.rows);
    }
    if (trainer->stages[last].slice) {
        batches_labels(order, 0, share, labels);
        correct =
            slice_correct(trainer->stages[last].slice, 0, labels, share.rows);
    }
    return correct;
}

double
trainer_accuracy(struct trainer *trainer, const struct dataset *set)
{
    const struct recipe *recipe = &trainer->options.task.recipe;
    int rows = batch_share(recipe->batch, recipe->mbs, 0).rows;
    uint8_t *labels = memory_new((size_t)rows, sizeof *labels);
    struct batches order;
    int correct = 0;

    batches_init(&order, set, set->count);
    for (int first = 0; first < set->count; first += rows) {
        int left = set->count - first;
        struct share share = {first, left < rows ? left : rows};
        int64_t start = clock_wall_ns();

        correct += correct_rows(trainer, &order, share, labels);
        progress_add(&trainer->computed, clock_wall_ns() - start);
    }
    batches_fini(&order);
    free(labels);
    world_share(trainer->options.run.world,
                trainer_home(trainer, trainer->stage_count - 1), &correct,
                sizeof correct);
    return (double)correct / set->count;
}

bool
trainer_copies_agree(const struct trainer *trainer)
{
    for (int p = trainer->stage_count;
         p < trainer->copies * trainer->stage_count; p++) {
        const struct slice *copy = trainer->stages[p].slice;
        const struct slice *first =
            trainer->stages[p - trainer->stage_count].slice;

        if (copy && first && !slice_equals(first, copy))
            return false;
    }
    return true;
}

void
trainer_pack(struct trainer *trainer)
{
    for (int p = 0; p < trainer->copies * trainer->stage_count; p++)
        if (trainer->stages[p].slice)
            slice_pack(trainer->stages[p].slice);
}

uint64_t
trainer_weights_hash(const struct trainer *trainer)
{
    uint64_t hash = HASH_START;

    for (int s = 0; s < trainer->stage_count; s++) {
        if (trainer->stages[s].slice)
            hash = slice_hash(trainer->stages[s].slice, hash);
        world_share(trainer->options.run.world, trainer_home(trainer, s),
                    &hash, sizeof hash);
    }
    return hash;
}
