/* training_bytes.c -- adds up the large arrays of a training by their shapes,
 * and a fixed amount for each action, tensor and thread.
 *
 *   a layer   in x out weights and out biases, 1 + 1 + optimizer state times;
 *             in x out once more for each direction that is laid out
 *   a slot    stash: rows x in of the first layer, rows x out of each; of a
 *             stage that recomputes rows x in alone
 *   a link    as many messages as it can hold, rows x hidden each
 *
 * With a world: of what lives in this process. */
#include "config.h"

#include "train/training_bytes.h"

#include "base/memory.h"
#include "data/batches.h"
#include "tensor/gemm.h"
#include "tensor/packed.h"
#include "plan/place.h"

enum {
    /* A trace, and the levels of ranks that share cores. */
    ACTION_BYTES = sizeof(struct span) + sizeof(int64_t),
    TENSOR_BYTES = sizeof(struct tensor) + sizeof(float)
};

static size_t
tensor_bytes(int rows, int cols)
{
    return memory_plus(TENSOR_BYTES,
                       memory_floats_bytes((size_t)rows * (size_t)cols));
}

static size_t
plus_times(size_t sum, size_t count, size_t bytes)
{
    return memory_plus(sum, memory_times(count, bytes));
}

/* The copies of the weights that are laid out for products. */
static size_t
copies_bytes(const struct mlp *mlp, int first, int layers, int rows,
             bool learns)
{
    size_t bytes = 0;

    for (int layer = first; layer < first + layers; layer++) {
        int in = mlp_layer_inputs(mlp, layer);
        int out = mlp_layer_outputs(mlp, layer);

        if (packed_pays(rows, in, out))
            bytes = plus_times(bytes, learns && layer > 0 ? 2 : 1,
                               memory_floats_bytes((size_t)in * (size_t)out));
    }
    return bytes;
}

static size_t
slots_bytes(const struct mlp *mlp, int first, int count, int rows,
            const int slots[SLOT_KINDS], bool recomputes)
{
    bool head = first + count == mlp->layers;
    size_t input = tensor_bytes(rows, mlp_layer_inputs(mlp, first));
    size_t output = tensor_bytes(rows, mlp->hidden);
    size_t layers = memory_times((size_t)count, output);
    size_t outputs = layers;
    size_t bytes;

    if (head)
        outputs = memory_plus(outputs, tensor_bytes(rows, mlp->classes));
    bytes = memory_times((size_t)slots[SLOT_STASH], input);
    bytes = plus_times(
        bytes, (size_t)slots[recomputes ? SLOT_KEPT : SLOT_STASH], outputs);
    bytes = plus_times(bytes, (size_t)slots[SLOT_KEPT], layers);
    if (recomputes && !head)
        bytes = plus_times(bytes, (size_t)slots[SLOT_OUTPUT], output);
    if (first > 0)
        bytes = plus_times(bytes, (size_t)slots[SLOT_GRAD_INPUT], input);
    if (!head)
        bytes = plus_times(bytes, (size_t)slots[SLOT_GRAD_OUTPUT], output);
    return bytes;
}

size_t
training_stage_bytes(const struct mlp *mlp, int first, int count, int rows,
                     const struct optimizer_options *optimizer,
                     const int slots[SLOT_KINDS], bool recomputes)
{
    static const int one[SLOT_KINDS] = {[SLOT_STASH] = 1};
    int layers = count + (first + count == mlp->layers);
    size_t arrays = 1;
    size_t bytes = memory_plus(
        slots_bytes(mlp, first, count, rows, slots ? slots : one, recomputes),
        copies_bytes(mlp, first, layers, rows, optimizer != NULL));

    if (optimizer) {
        arrays += 1 + (size_t)optimizer_state_floats(optimizer->kind);
        bytes = plus_times(bytes, 2, tensor_bytes(rows, mlp->hidden));
    }
    return plus_times(bytes, arrays,
                      memory_floats_bytes(mlp_parameters(mlp, first, count)));
}

/* Of both directions of the link above a stage. */
static size_t
link_bytes(const struct trainer_options *options, int rows)
{
    const struct training_task *task = &options->task;
    int capacity = options->run.timing.capacity;
    int slots = capacity < task->recipe.mbs ? capacity : task->recipe.mbs;

    size_t payloads = memory_times((size_t)(slots > 0 ? slots : 1),
                                   tensor_bytes(rows, task->mlp.hidden));

    return memory_times(task->forward_only ? 1 : 2,
                        plus_times(payloads,
                                   (size_t)options->run.timing.capacity,
                                   sizeof(struct message)));
}

/* Of a copy's weight gradients where they are received, and on the link. */
static size_t
exchange_bytes(const struct trainer_options *options, int first, int stage)
{
    size_t params =
        mlp_parameters(&options->task.mlp, first, options->split[stage]);

    return memory_plus(TENSOR_BYTES, memory_floats_bytes(params));
}

static size_t
place_bytes(const struct trainer_options *options,
            const struct slot_index *index, int place, int first, int rows,
            const struct optimizer_options *optimizer)
{
    const struct plan *plan = options->run.plan;
    const bool *recompute = options->run.timing.cost->recompute;
    int s = place % plan->stages;
    int counts[SLOT_KINDS];
    size_t bytes;

    for (int k = 0; k < SLOT_KINDS; k++) {
        struct slots slots;

        slots_assign(&slots, index, place, (enum slot_kind)k);
        counts[k] = slots.count;
        slots_fini(&slots);
    }
    bytes = training_stage_bytes(&options->task.mlp, first, options->split[s],
                                 rows, optimizer, counts,
                                 recompute && recompute[s]);
    bytes = plus_times(bytes, SLOT_KINDS * (size_t)plan->mbs, sizeof(int));
    if (plan->copies == 2 && optimizer)
        bytes = plus_times(bytes, 2, exchange_bytes(options, first, s));
    return bytes;
}

/* Of a lowered plan's stages and links, those that are here. */
static size_t
pipeline_bytes(const struct trainer_options *options, int rows,
               const struct optimizer_options *optimizer)
{
    const struct plan *plan = options->run.plan;
    const struct world *world = options->run.world;
    struct slot_index *index = slots_index_new(plan);
    size_t actions = plan_actions(plan);
    size_t bytes = memory_times(actions, ACTION_BYTES);
    int first = 0;

    bytes = plus_times(bytes, (size_t)kept_steps(actions) * actions,
                       sizeof(struct span));
    for (int p = 0; p < plan_places(plan); p++) {
        int s = p % plan->stages;
        bool here = world_is_home(world, plan->rank_of_stage[p]);

        first = s == 0 ? 0 : first;
        if (here)
            bytes = memory_plus(
                bytes, place_bytes(options, index, p, first, rows, optimizer));
        /* Either end of a link has room for its messages. */
        if (plan_crosses(plan, p) &&
            (here || world_is_home(world, plan->rank_of_stage[p + 1])))
            bytes = memory_plus(bytes, link_bytes(options, rows));
        first += options->split[s];
    }
    for (int r = 0; r < plan->ranks; r++)
        if (world_is_home(world, r))
            bytes = memory_plus(
                bytes, memory_floats_bytes(trainer_work_floats(options, r)));
    slots_index_free(index);
    return bytes;
}

struct machine_need
training_need(const struct trainer_options *options)
{
    const struct training_task *task = &options->task;
    const struct recipe *recipe = &task->recipe;
    int rows = batch_share(recipe->batch, recipe->mbs, 0).rows;
    int threads = trainer_threads(options);
    const struct optimizer_options *optimizer =
        task->forward_only ? NULL : &recipe->optimizer;
    size_t bytes = options->run.plan
                       ? pipeline_bytes(options, rows, optimizer)
                       : training_stage_bytes(&task->mlp, 0, task->mlp.layers,
                                              rows, optimizer, NULL, false);

    bytes = plus_times(bytes, (size_t)(recipe->steps - task->first_step),
                       sizeof(double) *
                           (options->run.plan && options->run.plan->copies == 2
                                ? (size_t)recipe->mbs
                                : 1));
    bytes = plus_times(bytes, (size_t)options->data->count, sizeof(int));
    return (struct machine_need){
        .bytes = plus_times(bytes, (size_t)threads, TRAINING_THREAD_BYTES),
        .space = gemm_space(threads),
    };
}
