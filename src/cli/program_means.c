/* program_means.c -- gives requests the means of a program: files, the
 * machine's memory and clock, remarks on stderr. */
#include "config.h"

#include "cli/program_means.h"

#include "base/memory.h"
#include "base/text.h"
#include "cli/processes.h"
#include "cli/search_watch.h"
#include "request/setup.h"
#include "train/profile.h"
#include "train/training_bytes.h"

/* For --cost measured. */
static enum status
measure_stages(struct setup *setup, const struct plan_request *request,
               const struct mlp *mlp, const struct plan *shape,
               struct cause *cause)
{
    static const int one_each[SLOT_KINDS] = {1, 1, 1, 1, 1};
    const struct recipe *recipe = &request->recipe;
    enum status status = setup_fits(recipe, shape->mbs, cause);
    struct machine_need need;

    if (status == STATUS_DONE)
        status = setup_layers(setup, request->options, mlp, cause);
    if (status != STATUS_DONE)
        return status;
    /* As many stages at once as there are cores: at most the whole model. */
    need = (struct machine_need){
        .bytes =
            memory_plus(dataset_random_bytes(recipe->batch, mlp->inputs),
                        training_stage_bytes(
                            mlp, 0, mlp->layers,
                            batch_share(recipe->batch, shape->mbs, 0).rows,
                            &recipe->optimizer, one_each, false))};
    status = processes_agree(
        setup_room(request, need, "measuring the costs of the stages",
                   "lower --hidden, --layers or --batch", cause),
        cause);
    if (status != STATUS_DONE)
        return status;
    /* The plan and what is predicted must be the same in all processes. */
    if (processes_speak())
        profile_measure(&setup->cost, shape, mlp, setup->split,
                        &recipe->optimizer, recipe->batch);
    world_share(processes(), 0, setup->cost.ticks,
                (size_t)setup->cost.stages * sizeof *setup->cost.ticks);
    world_share(processes(), 0, setup->cost.unit, sizeof setup->cost.unit);
    world_share(processes(), 0, &setup->cost.latency,
                sizeof setup->cost.latency);
    return status;
}

static FILE *
program_open(const char *file)
{
    return fopen(file, "r");
}

const struct means program_means = {
    .has = machine_has,
    .remark = text_vremark,
    .measure = measure_stages,
    .model = model_read,
    .cluster = cluster_read,
    .open = program_open,
    .searching = search_watch_goes_on,
    .searched = search_watch_end,
};
