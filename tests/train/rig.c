#include "config.h"

#include "rig.h"

const struct mlp rig_mlp = {.inputs = RIG_INPUTS,
                            .hidden = RIG_HIDDEN,
                            .layers = RIG_LAYERS,
                            .classes = RIG_CLASSES};

static void
add_plan(struct rig *rig, const struct plan *plan,
         const struct rig_settings *settings, struct trainer_options *options)
{
    struct cause cause = {.text = ""};

    rig->program = program_make(plan, &cause);
    ck_assert_msg(rig->program != NULL, "%s", cause.text);
    cost_init(&rig->cost, plan->stages);
    if (settings->recompute) {
        bool again[RIG_LAYERS];

        for (int s = 0; s < plan->stages; s++)
            again[s] = settings->recompute >> s & 1;
        ck_assert(cost_recompute(&rig->cost, again, &cause));
    }
    forecast_make(&rig->forecast, rig->program, &rig->cost, settings->capacity,
                  settings->lockstep ? FORECAST_TURNS : FORECAST_SPANS);
    ck_assert(rig->forecast.complete);
    options->run.plan = rig->program->lowered;
    options->run.timing = forecast_timing(&rig->forecast, &rig->cost);
}

void
rig_open(struct rig *rig, const struct plan *plan, const int split[], int mbs,
         const struct rig_settings *settings)
{
    struct trainer_options options = {
        .task = {.recipe = {.layers = RIG_LAYERS,
                            .hidden = RIG_HIDDEN,
                            .batch = settings->batch,
                            .mbs = mbs,
                            .optimizer =
                                optimizer_defaults(settings->optimizer),
                            .seed = 7,
                            .data =
                                settings->shuffle ? "some \"set\"" : "random",
                            .steps = settings->steps,
                            .nan_continue = settings->nan_continue},
                 .mlp = rig_mlp,
                 .replicas = settings->replicas,
                 .first_step = settings->first_step,
                 .forward_only = settings->forward_only},
        .data = &rig->data,
        .split = split,
        .run = {.bind = settings->bind,
                .world = settings->world,
                .all = settings->all},
    };

    *rig = (struct rig){.program = NULL};
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
    if (rig->program) {
        forecast_fini(&rig->forecast);
        cost_fini(&rig->cost);
        program_free(rig->program);
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
