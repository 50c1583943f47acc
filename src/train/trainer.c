/* trainer.c -- puts data, model and plan together and runs the steps. */
#include "config.h"

#include "train/trainer.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/memory.h"
#include "tensor/gemm.h"
#include "plan/place.h"

#include <stdlib.h>
#include <string.h>

static int
places(const struct trainer *trainer)
{
    return trainer->copies * trainer->stage_count;
}

int
trainer_home(const struct trainer *trainer, int place)
{
    const struct run_options *run = &trainer->options.run;

    return run->plan ? world_home(run->world, run->plan->rank_of_stage[place])
                     : 0;
}

static const struct world *
world_of(const struct trainer *trainer)
{
    return trainer->options.run.world;
}

/* Which stages recompute, or NULL. */
static const bool *
recomputing(const struct trainer_options *options)
{
    return options->run.plan ? options->run.timing.cost->recompute : NULL;
}

size_t
trainer_work_floats(const struct trainer_options *options, int rank)
{
    const struct training_task *task = &options->task;
    const struct plan *plan = options->run.plan;
    const bool *recompute = recomputing(options);
    int rows = batch_share(task->recipe.batch, task->recipe.mbs, 0).rows;
    size_t most = 0;
    int first = 0;

    for (int p = 0; recompute && p < plan_places(plan); p++) {
        int s = p % plan->stages;
        size_t floats;

        first = s == 0 ? 0 : first;
        floats = mlp_output_floats(&task->mlp, first, options->split[s], rows);
        if (recompute[s] && plan->rank_of_stage[p] == rank && floats > most)
            most = floats;
        first += options->split[s];
    }
    return most;
}

static void
make_work(struct trainer *trainer)
{
    int ranks = trainer->options.run.plan->ranks;

    trainer->work = memory_new((size_t)ranks, sizeof *trainer->work);
    for (int r = 0; r < ranks; r++) {
        size_t floats = trainer_work_floats(&trainer->options, r);

        if (floats > 0 && world_is_home(world_of(trainer), r))
            trainer->work[r] = memory_new_floats(floats);
    }
}

/* The work area of a place that recomputes, or NULL. */
static float *
work_of(const struct trainer *trainer, int place)
{
    const struct trainer_options *options = &trainer->options;
    const bool *recompute = recomputing(options);

    return recompute && recompute[place % trainer->stage_count]
               ? trainer->work[options->run.plan->rank_of_stage[place]]
               : NULL;
}

/* The monolith is one stage of all layers. */
static void
make_stages(struct trainer *trainer)
{
    const struct trainer_options *options = &trainer->options;
    const struct plan *plan = options->run.plan;
    struct slot_index *index = plan ? slots_index_new(plan) : NULL;
    int first = 0;

    if (plan)
        make_work(trainer);
    trainer->stages =
        memory_new((size_t)places(trainer), sizeof *trainer->stages);
    for (int p = 0; p < places(trainer); p++) {
        int stage = p % trainer->stage_count;
        int layers = plan ? options->split[stage] : options->task.mlp.layers;

        first = stage == 0 ? 0 : first;
        if (trainer_home(trainer, p) == world_process(world_of(trainer)))
            mlp_stage_init(&trainer->stages[p], &options->task, index, p,
                           first, layers, trainer->losses,
                           work_of(trainer, p));
        else
            mlp_stage_elsewhere(&trainer->stages[p], plan, p, first, layers);
        first += layers;
    }
    slots_index_free(index);
}

static void
make_run(struct trainer *trainer)
{
    const struct mlp *mlp = &trainer->options.task.mlp;
    const struct recipe *recipe = &trainer->options.task.recipe;
    struct run_options run = trainer->options.run;
    size_t rows = (size_t)batch_share(recipe->batch, recipe->mbs, 0).rows;

    trainer->run_stages =
        memory_new((size_t)places(trainer), sizeof *trainer->run_stages);
    for (int s = 0; s < places(trainer); s++) {
        struct mlp_stage *stage = &trainer->stages[s];
        int last = stage->first + stage->count - 1;

        trainer->run_stages[s] = (struct run_stage){
            .self = stage,
            .input_floats = rows * (size_t)mlp_layer_inputs(mlp, stage->first),
            .output_floats = rows * (size_t)mlp_layer_outputs(mlp, last),
            .weight_floats = mlp_parameters(mlp, stage->first, stage->count),
        };
    }
    run.ops = &mlp_stage_ops;
    run.stages = trainer->run_stages;
    trainer->run = run_new(&run);
}

int
trainer_threads(const struct trainer_options *options)
{
    int threads = 0;

    if (!options->run.plan)
        return 1;
    for (int r = 0; r < options->run.plan->ranks; r++)
        threads += world_is_home(options->run.world, r);
    return threads;
}

struct trainer *
trainer_new(const struct trainer_options *options)
{
    struct trainer *trainer = memory_new(1, sizeof *trainer);
    struct training_task *task = &trainer->options.task;

    gemm_one_thread();
    tensor_flush_subnormals();
    trainer->options = *options;
    trainer->start_ns = clock_wall_ns();
    (task->forward_only ? batches_init_all : batches_init)(
        &trainer->batches, options->data,
        task->recipe.batch * (task->replicas ? task->replicas->count : 1));
    task->batches = &trainer->batches;
    task->rows = task->recipe.batch;
    trainer->step = task->first_step;
    trainer->epoch = -1;
    trainer->stage_count = options->run.plan ? options->run.plan->stages : 1;
    trainer->copies = options->run.plan ? options->run.plan->copies : 1;
    trainer->losses =
        memory_new((size_t)(task->recipe.steps - task->first_step) *
                       (trainer->copies == 2 ? (size_t)task->recipe.mbs : 1),
                   sizeof *trainer->losses);
    make_stages(trainer);
    if (options->run.plan)
        make_run(trainer);
    gemm_need_space(trainer_threads(options));
    return trainer;
}

void
trainer_free(struct trainer *trainer)
{
    if (!trainer)
        return;
    run_free(trainer->run);
    free(trainer->run_stages);
    for (int p = 0; p < places(trainer); p++)
        mlp_stage_fini(&trainer->stages[p]);
    free(trainer->stages);
    for (int r = 0; trainer->work && r < trainer->options.run.plan->ranks; r++)
        free(trainer->work[r]);
    free(trainer->work);
    free(trainer->losses);
    batches_fini(&trainer->batches);
    free(trainer);
}

static void
add_progress(struct progress *sum, const struct progress *part)
{
    sum->done += progress_done(part);
    if (progress_longest_ns(part) > sum->longest_ns)
        sum->longest_ns = progress_longest_ns(part);
}

struct progress
trainer_progress(const struct trainer *trainer)
{
    struct progress sum = {0};

    add_progress(&sum, &trainer->computed);
    for (int r = 0; trainer->run && r < trainer->options.run.plan->ranks; r++)
        add_progress(&sum, &trainer->run->ranks[r].computed);
    return sum;
}

double
trainer_loss(const struct trainer *trainer, int step)
{
    size_t at = (size_t)(step - trainer->options.task.first_step);
    size_t mbs = (size_t)trainer->options.task.recipe.mbs;
    double loss = 0.0;

    if (trainer->copies == 1)
        return trainer->losses[at];
    for (size_t m = 0; m < mbs; m++)
        loss += trainer->losses[at * mbs + m];
    return loss;
}

bool
trainer_shuffles(const struct trainer *trainer)
{
    const struct training_task *task = &trainer->options.task;

    return !task->forward_only && !recipe_is_one_batch(&task->recipe);
}

int
trainer_steps_in_epoch(const struct trainer *trainer, int count)
{
    int per_epoch = trainer->batches.per_epoch;
    int left = per_epoch - trainer->step % per_epoch;

    if (!trainer_shuffles(trainer))
        return count;
    return count < left ? count : left;
}

static bool
is_stopped(const struct trainer *trainer)
{
    const atomic_int *stop = trainer->options.run.stop;

    return stop && atomic_load(stop) != 0;
}

static bool
monolith_step(struct trainer *trainer, int step)
{
    struct mlp_stage *model = &trainer->stages[0];
    struct cause *cause = &trainer->cause;
    bool learns = !model->task->forward_only;

    for (int m = 0; m < model->task->recipe.mbs; m++) {
        int64_t start = clock_wall_ns();

        if (!mlp_stage_ops.forward(model, step, m, cause) ||
            (learns && !mlp_stage_ops.backward(model, step, m, cause)))
            return false;
        progress_add(&trainer->computed, clock_wall_ns() - start);
    }
    return !learns || mlp_stage_ops.optimizer_step(model, step, cause);
}

/* The monolith's loop: what the pipeline must equal bit for bit. *done receives
 * how many steps were run. */
static enum run_status
monolith_steps(struct trainer *trainer, int count, int *done)
{
    for (*done = 0; *done < count && !is_stopped(trainer); ++*done)
        if (!monolith_step(trainer, trainer->step + *done))
            return RUN_FAILED;
    return RUN_DONE;
}

/* Makes the losses of some steps, in all processes of the world, the sum of
 * those that the given processes have, added up in this order. */
static void
sum_losses(struct trainer *trainer, int first, int steps,
           const struct world *world, const int from[], int froms)
{
    const struct training_task *task = &trainer->options.task;
    size_t each = trainer->copies == 2 ? (size_t)task->recipe.mbs : 1;
    size_t count = (size_t)steps * each;
    double *here = trainer->losses + (size_t)(first - task->first_step) * each;
    double *theirs = memory_new(count, sizeof *theirs);
    double *sum = memory_new(count, sizeof *sum);

    for (int f = 0; f < froms; f++) {
        memcpy(theirs, here, count * sizeof *theirs);
        world_share(world, from[f], theirs, count * sizeof *theirs);
        for (size_t i = 0; i < count; i++)
            sum[i] += theirs[i];
    }
    memcpy(here, sum, count * sizeof *here);
    free(theirs);
    free(sum);
}

/* The losses of some steps, from where they are made to all processes. Of two
 * copies each has the losses of its own microbatches; all others are 0. */
static void
share_losses(struct trainer *trainer, int first, int steps)
{
    const struct world *world = world_of(trainer);
    int from[] = {trainer_home(trainer, trainer->stage_count - 1),
                  trainer_home(trainer, places(trainer) - 1)};

    if (world_processes(world) > 1)
        sum_losses(trainer, first, steps, world, from,
                   from[0] == from[1] ? 1 : 2);
}

/* The loss of each step is that of all replicas. */
static void
add_up_losses(struct trainer *trainer, int first, int steps)
{
    const struct replicas *replicas = trainer->options.task.replicas;
    int *from;

    if (!replicas)
        return;
    from = memory_new((size_t)replicas->count, sizeof *from);
    for (int r = 0; r < replicas->count; r++)
        from[r] = r * world_processes(world_of(trainer));
    sum_losses(trainer, first, steps, trainer->options.run.all, from,
               replicas->count);
    free(from);
}

static enum run_status
pipeline_steps(struct trainer *trainer, int count, int *done)
{
    enum run_status status = run_steps(trainer->run, trainer->step, count);

    *done = trainer->run->steps;
    share_losses(trainer, trainer->step, *done);
    add_up_losses(trainer, trainer->step, *done);
    if (status == RUN_FAILED)
        trainer->cause = trainer->run->cause;
    return status;
}

/* Before a step that may be the first of its epoch here. */
static void
shuffle(struct trainer *trainer)
{
    int epoch = trainer->step / trainer->batches.per_epoch;

    if (!trainer_shuffles(trainer) || epoch == trainer->epoch)
        return;
    batches_shuffle(&trainer->batches, trainer->options.task.recipe.seed,
                    epoch);
    trainer->epoch = epoch;
}

void
trainer_hold_step(struct trainer *trainer)
{
    shuffle(trainer);
    run_start(trainer->run, trainer->step, 1, true);
}

enum run_status
trainer_join_step(struct trainer *trainer)
{
    enum run_status status = run_join(trainer->run);

    if (status == RUN_DONE)
        trainer->step++;
    if (status == RUN_FAILED)
        trainer->cause = trainer->run->cause;
    return status;
}

enum run_status
trainer_steps(struct trainer *trainer, int count)
{
    enum run_status status = RUN_DONE;
    int64_t start = clock_wall_ns();

    while (count > 0 && status == RUN_DONE && !is_stopped(trainer)) {
        int chunk = trainer_steps_in_epoch(trainer, count);
        int done;

        shuffle(trainer);
        status = (trainer->run ? pipeline_steps
                               : monolith_steps)(trainer, chunk, &done);
        trainer->step += done;
        count -= chunk;
    }
    trainer->wall_ns += clock_wall_ns() - start;
    return status;
}

static int
count_correct(const struct trainer *trainer)
{
    int correct = 0;

    for (int c = 1; c <= trainer->copies; c++) {
        int last = c * trainer->stage_count - 1;
        int theirs = trainer->stages[last].correct;

        world_share(world_of(trainer), trainer_home(trainer, last), &theirs,
                    sizeof theirs);
        correct += theirs;
    }
    return correct;
}

enum run_status
trainer_evaluate(struct trainer *trainer)
{
    int last = trainer->batches.per_epoch - 1;
    enum run_status status = trainer_steps(trainer, last);

    if (status != RUN_DONE)
        return status;
    /* No thread runs now that could be looking at it. */
    trainer->options.task.rows = batches_rows(&trainer->batches, last);
    status = trainer_steps(trainer, 1);
    trainer->correct = count_correct(trainer);
    return status;
}

int
trainer_correct(const struct trainer *trainer)
{
    return trainer->correct;
}
