#include "config.h"

#include "rig.h"

#include "plan/lower.h"

const struct mlp rig_mlp = {.inputs = RIG_INPUTS,
                            .hidden = RIG_HIDDEN,
                            .layers = RIG_LAYERS,
                            .classes = RIG_CLASSES};

static void
add_plan(struct rig *rig, const struct plan *plan,
         const struct rig_settings *settings, struct trainer_options *options)
{
    rig->lowered = lower(plan);
    cost_init(&rig->cost, plan->stages);
    trace_init(&rig->trace, rig->lowered);
    sim_run(&rig->sim, rig->lowered, &rig->cost, settings->capacity,
            &rig->trace);
    ck_assert(rig->sim.complete);
    options->plan = rig->lowered;
    options->cost = &rig->cost;
    options->capacity = rig->sim.capacity;
    if (settings->lockstep)
        options->turns = rig->turns =
            sim_turns(rig->lowered, &rig->trace, rig->sim.capacity,
                      &options->turn_count);
    options->turns_complete = true;
}

void
rig_open(struct rig *rig, const struct plan *plan, const int split[], int mbs,
         const struct rig_settings *settings)
{
    struct trainer_options options = {
        .mlp = rig_mlp,
        .optimizer = optimizer_defaults(settings->optimizer),
        .seed = 7,
        .batch = settings->batch,
        .mbs = mbs,
        .first_step = settings->first_step,
        .steps = settings->steps,
        .shuffle = settings->shuffle,
        .forward_only = settings->forward_only,
        .nan_continue = settings->nan_continue,
        .data = &rig->data,
        .split = split,
        .bind = settings->bind,
    };

    *rig = (struct rig){.lowered = NULL};
    dataset_random(&rig->data,
                   settings->examples ? settings->examples
                                      : 2 * settings->batch,
                   RIG_INPUTS, RIG_CLASSES, 5);
    if (plan)
        add_plan(rig, plan, settings, &options);
    rig->trainer = trainer_new(&options);
}

void
rig_close(struct rig *rig)
{
    trainer_free(rig->trainer);
    if (rig->lowered) {
        sim_fini(&rig->sim);
        trace_fini(&rig->trace);
        cost_fini(&rig->cost);
        plan_free(rig->lowered);
        free(rig->turns);
    }
    dataset_fini(&rig->data);
}

void
rig_split(int stages, int split[])
{
    struct cause cause;

    ck_assert_msg(mlp_split(&rig_mlp, stages, split, &cause), "%s",
                  cause.text);
}
