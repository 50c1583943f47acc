/* stage.c -- runs a slice of the model as one stage of the pipeline. */
#include "config.h"

#include "train/stage.h"

#include "base/memory.h"
#include "base/plural.h"
#include "plan/place.h"
#include "runtime/wire.h"

#include <math.h>
#include <stdlib.h>

static bool
is_first(const struct mlp_stage *stage)
{
    return stage->slice->first == 0;
}

static struct share
share_of(const struct mlp_stage *stage, int mb)
{
    return batch_share(stage->task->rows, stage->task->recipe.mbs, mb);
}

static int
replica_count(const struct mlp_stage *stage)
{
    return stage->task->replicas ? stage->task->replicas->count : 1;
}

/* The same rows in the batch of all replicas. */
static struct share
examples_of(const struct mlp_stage *stage, int mb)
{
    struct share share = share_of(stage, mb);

    if (stage->task->replicas)
        share.first += stage->task->replicas->number * stage->task->rows;
    return share;
}

static int
rows_of(const struct mlp_stage *stage, int mb)
{
    return share_of(stage, mb).rows;
}

static int
mlp_stage_slot_of(const struct mlp_stage *stage, enum slot_kind kind, int mb)
{
    return stage->slots[kind].of_mb[mb];
}

/* The monolith takes one microbatch through at a time: one slot does. */
static void
assign_slots(struct mlp_stage *stage, const struct slot_index *index,
             int place)
{
    for (int k = 0; k < SLOT_KINDS; k++) {
        struct slots *slots = &stage->slots[k];

        if (index) {
            slots_assign(slots, index, place, (enum slot_kind)k);
            continue;
        }
        slots->count = k == SLOT_KEPT ? 0 : 1;
        slots->of_mb =
            memory_new((size_t)stage->task->recipe.mbs, sizeof *slots->of_mb);
    }
}

static struct tensor *
new_tensors(int count, int rows, int cols)
{
    struct tensor *tensors = memory_new((size_t)count, sizeof *tensors);

    for (int i = 0; i < count; i++)
        tensors[i] = tensor_new(rows, cols);
    return tensors;
}

void
mlp_stage_elsewhere(struct mlp_stage *stage, const struct plan *plan,
                    int place, int first, int count)
{
    *stage = (struct mlp_stage){
        .rank = plan->rank_of_stage[place],
        .number = place % plan->stages,
        .first = first,
        .count = count,
    };
}

void
mlp_stage_init(struct mlp_stage *stage, const struct training_task *task,
               const struct slot_index *index, int place, int first, int count,
               double *losses, float *work)
{
    const struct plan *plan = index ? index->plan : NULL;
    int last = first + count - 1;

    *stage = (struct mlp_stage){
        .task = task,
        .rank = plan ? plan->rank_of_stage[place] : 0,
        .number = plan ? place % plan->stages : 0,
        .place = place,
        .first = first,
        .count = count,
        .mbs = plan ? plan_copy_mbs(plan, place / plan->stages)
                    : task->recipe.mbs,
        .recomputes = work != NULL,
        .losses = losses,
    };
    stage->rows = batch_share(task->recipe.batch, task->recipe.mbs, 0).rows;
    assign_slots(stage, index, place);
    stage->slice = slice_new(
        &task->mlp, first, count, stage->rows, stage->slots[SLOT_STASH].count,
        stage->slots[SLOT_KEPT].count,
        task->forward_only ? NULL : &task->recipe.optimizer, task->recipe.seed,
        work);
    if (plan && plan->copies == 2 && !task->forward_only)
        stage->other_weights = tensor_new(1, (int)stage->slice->params);
    if (work && !stage->slice->head)
        stage->output =
            new_tensors(stage->slots[SLOT_OUTPUT].count, stage->rows,
                        mlp_layer_outputs(&task->mlp, last));
    if (!is_first(stage))
        stage->grad_input =
            new_tensors(stage->slots[SLOT_GRAD_INPUT].count, stage->rows,
                        mlp_layer_inputs(&task->mlp, first));
    if (!stage->slice->head)
        stage->grad_output =
            new_tensors(stage->slots[SLOT_GRAD_OUTPUT].count, stage->rows,
                        mlp_layer_outputs(&task->mlp, last));
    if (stage->slice->head) {
        stage->labels = memory_new((size_t)stage->rows, sizeof *stage->labels);
        stage->mb_loss =
            memory_new((size_t)task->recipe.mbs, sizeof *stage->mb_loss);
    }
}

static void
free_tensors(struct tensor *tensors, int count)
{
    for (int i = 0; tensors && i < count; i++)
        tensor_free(&tensors[i]);
    free(tensors);
}

void
mlp_stage_fini(struct mlp_stage *stage)
{
    if (!stage->slice)
        return;
    tensor_free(&stage->other_weights);
    free_tensors(stage->output, stage->slots[SLOT_OUTPUT].count);
    free_tensors(stage->grad_input, stage->slots[SLOT_GRAD_INPUT].count);
    free_tensors(stage->grad_output, stage->slots[SLOT_GRAD_OUTPUT].count);
    free(stage->labels);
    free(stage->mb_loss);
    slice_free(stage->slice);
    for (int k = 0; k < SLOT_KINDS; k++)
        slots_fini(&stage->slots[k]);
}

/* A microbatch's tensor among those of a kind, of which the stage has none
 * where it is not needed: then it is empty. */
static struct tensor
tensor_at(const struct mlp_stage *stage, const struct tensor tensors[],
          enum slot_kind kind, int mb)
{
    if (!tensors)
        return (struct tensor){0};
    return tensor_rows(tensors[mlp_stage_slot_of(stage, kind, mb)],
                       rows_of(stage, mb));
}

/* Empty on the last stage, where the loss makes it. */
static struct tensor
grad_output(const struct mlp_stage *stage, int mb)
{
    return tensor_at(stage, stage->grad_output, SLOT_GRAD_OUTPUT, mb);
}

/* Empty on the first stage. */
static struct tensor
grad_input(const struct mlp_stage *stage, int mb)
{
    return tensor_at(stage, stage->grad_input, SLOT_GRAD_INPUT, mb);
}

static struct tensor
port_tensor(void *self, enum port port, int mb)
{
    struct mlp_stage *stage = self;
    struct slice *slice = stage->slice;

    switch (port) {
    case PORT_WEIGHTS:
        return (struct tensor){1, (int)slice->params, slice->grads};
    case PORT_OTHER_WEIGHTS:
        return stage->other_weights;
    case PORT_INPUT:
        return slice_input(slice, mlp_stage_slot_of(stage, SLOT_STASH, mb),
                           rows_of(stage, mb));
    case PORT_OUTPUT:
        if (stage->recomputes)
            return tensor_at(stage, stage->output, SLOT_OUTPUT, mb);
        return slice_output(slice, mlp_stage_slot_of(stage, SLOT_STASH, mb),
                            rows_of(stage, mb));
    case PORT_GRAD_OUTPUT:
        return grad_output(stage, mb);
    default:
        return grad_input(stage, mb);
    }
}

/* Adds the losses in the order of the microbatches, whatever order they ran
 * in. Where another copy has some of them, trainer_loss() adds them up. */
static void
finish_loss(struct mlp_stage *stage, int step)
{
    int mbs = stage->task->recipe.mbs;
    size_t at = (size_t)(step - stage->task->first_step);
    double loss = 0.0;

    for (int m = 0; m < mbs; m++)
        if (stage->mbs == mbs)
            loss += stage->mb_loss[m];
        else if (stage->slots[SLOT_STASH].of_mb[m] >= 0)
            stage->losses[at * (size_t)mbs + (size_t)m] = stage->mb_loss[m];
    if (stage->losses && stage->mbs == mbs)
        stage->losses[at] = loss;
    stage->losses_done = 0;
}

/* Fails if a number is not finite, unless --nan continue. mb -1: the sum over
 * all microbatches. */
static bool
require(const struct mlp_stage *stage, bool finite, int step, int mb,
        const char *what, struct cause *cause)
{
    char mbs[32];

    if (finite || stage->task->recipe.nan_continue)
        return true;
    if (mb >= 0)
        snprintf(mbs, sizeof mbs, "microbatch %d", mb);
    else
        snprintf(mbs, sizeof mbs, "sum of %d microbatch%s",
                 stage->task->recipe.mbs, plural_es(stage->task->recipe.mbs));
    return fail(cause, "rank %d, step %d, stage %d, %s: the %s is not finite",
                stage->rank, step, stage->number, mbs, what);
}

/* After a weight gradient. */
static bool
require_gradient(const struct mlp_stage *stage, int step, int mb,
                 struct cause *cause)
{
    return require(stage, slice_gradient_is_finite(stage->slice), step, mb,
                   "gradient", cause);
}

static bool
mlp_stage_forward(void *self, int step, int mb, struct cause *cause)
{
    struct mlp_stage *stage = self;
    const struct training_task *task = stage->task;
    int batch = step % task->batches->per_epoch;
    int slot = mlp_stage_slot_of(stage, SLOT_STASH, mb);
    struct share share = examples_of(stage, mb);

    if (is_first(stage))
        batches_values(task->batches, batch, share,
                       slice_input(stage->slice, slot, share.rows));
    slice_place(stage->slice, slot, -1);
    slice_forward(stage->slice, slot, share.rows);
    if (!stage->slice->head) {
        struct tensor output = slice_output(stage->slice, slot, share.rows);

        /* The work area is another's next. */
        if (stage->recomputes)
            tensor_copy(port_tensor(stage, PORT_OUTPUT, mb), output);
        return require(stage, tensor_is_finite(output), step, mb, "output",
                       cause);
    }
    batches_labels(task->batches, batch, share, stage->labels);
    if (task->forward_only)
        stage->correct +=
            slice_correct(stage->slice, slot, stage->labels, share.rows);
    stage->mb_loss[mb] =
        slice_loss(stage->slice, slot, stage->labels, share.rows,
                   replica_count(stage) * task->rows);
    if (++stage->losses_done == stage->mbs)
        finish_loss(stage, step);
    return require(stage, isfinite(stage->mb_loss[mb]), step, mb, "loss",
                   cause);
}

/* The loss is known; its gradient is not. */
static bool
recompute(void *self, int step, int mb, struct cause *cause)
{
    struct mlp_stage *stage = self;
    const struct training_task *task = stage->task;
    int slot = mlp_stage_slot_of(stage, SLOT_STASH, mb);
    struct share share = examples_of(stage, mb);

    (void)cause;
    slice_place(stage->slice, slot, mlp_stage_slot_of(stage, SLOT_KEPT, mb));
    slice_forward(stage->slice, slot, share.rows);
    if (stage->slice->head) {
        batches_labels(task->batches, step % task->batches->per_epoch, share,
                       stage->labels);
        slice_loss(stage->slice, slot, stage->labels, share.rows,
                   replica_count(stage) * task->rows);
    }
    return true;
}

static bool
mlp_stage_backward(void *self, int step, int mb, struct cause *cause)
{
    struct mlp_stage *stage = self;

    slice_backward(stage->slice, mlp_stage_slot_of(stage, SLOT_STASH, mb),
                   grad_output(stage, mb), grad_input(stage, mb),
                   rows_of(stage, mb));
    return require_gradient(stage, step, mb, cause);
}

static bool
backward_input(void *self, int step, int mb, struct cause *cause)
{
    struct mlp_stage *stage = self;

    (void)step;
    (void)cause;
    slice_backward_input(
        stage->slice, mlp_stage_slot_of(stage, SLOT_STASH, mb),
        mlp_stage_slot_of(stage, SLOT_KEPT, mb), grad_output(stage, mb),
        grad_input(stage, mb), rows_of(stage, mb));
    return true;
}

static bool
backward_weight(void *self, int step, int mb, struct cause *cause)
{
    struct mlp_stage *stage = self;

    slice_backward_weight(
        stage->slice, mlp_stage_slot_of(stage, SLOT_STASH, mb),
        mlp_stage_slot_of(stage, SLOT_KEPT, mb), rows_of(stage, mb));
    return require_gradient(stage, step, mb, cause);
}

/* Adds up the gradients of all replicas, and how many of them have given up. */
static bool
sum_replicas(struct mlp_stage *stage, bool gives_up)
{
    const struct replicas *replicas = stage->task->replicas;
    float *given_up = &stage->slice->grads[stage->slice->params];

    if (!replicas)
        return true;
    *given_up = gives_up ? 1.0f : 0.0f;
    wire_sum(replicas->wire, stage->place, stage->slice->grads,
             stage->slice->params + 1);
    return *given_up == 0.0f;
}

static void
give_up(void *self)
{
    sum_replicas(self, true);
}

static bool
optimizer_step_op(void *self, int step, struct cause *cause)
{
    struct mlp_stage *stage = self;

    /* a + b is b + a, to the bit: so both copies make the same step. */
    for (size_t i = 0; i < tensor_count(stage->other_weights); i++)
        stage->slice->grads[i] += stage->other_weights.data[i];
    if (!sum_replicas(stage, false)) {
        cause->text[0] = '\0';
        return false;
    }
    return require(stage, slice_step(stage->slice), step, -1,
                   "gradient of a weight", cause);
}

const struct stage_ops mlp_stage_ops = {
    .tensor = port_tensor,
    .forward = mlp_stage_forward,
    .recompute = recompute,
    .backward = mlp_stage_backward,
    .backward_input = backward_input,
    .backward_weight = backward_weight,
    .optimizer_step = optimizer_step_op,
    .give_up = give_up,
};
