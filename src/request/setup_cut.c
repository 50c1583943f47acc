/* setup_cut.c -- cuts the layers of a model into stages: as --split says,
 * evenly, or so that the period of the plan is least. */
#include "config.h"

#include "request/setup.h"

#include "base/list.h"
#include "base/memory.h"
#include "base/plural.h"
#include "cluster/needs.h"
#include "request/tick.h"
#include "search/balance.h"
#include "search/schedule.h"
#include "sim/forecast.h"

#include <math.h>
#include <stdlib.h>

/* --split in place of an even share of the layers. */
static bool
parse_split(const struct model *model, int stages, const char *text,
            int split[], struct cause *cause)
{
    const char *wrong;
    int count = list_wholes(text, 1, MODEL_LAYERS, split, stages, &wrong);
    int layers = 0;

    if (count != stages)
        return fail(cause,
                    "--split has %d number%s for %d stage%s; give one a "
                    "stage",
                    count, plural(count), stages, plural(stages));
    for (int s = 0; s < stages; s++)
        layers += split[s];
    if (layers != model->count)
        return fail(cause,
                    "--split has %d layer%s and the model %d; share out "
                    "all of them",
                    layers, plural(layers), model->count);
    return true;
}

/* ---- a cut of least period ---- */

/* A plan to try cuts on. */
struct cutting {
    const struct setup *setup;
    const struct plan_request *request;
    const struct program *program;
};

/* The period of the plan with a cut, infinite where its costs have no room. */
static double
period_with(void *context, const int split[])
{
    const struct cutting *cutting = context;
    const struct plan *plan = cutting->program->lowered;
    const struct setup *setup = cutting->setup;
    struct setup trial = {.model = setup->model,
                          .cluster = setup->cluster,
                          .split = (int *)split};
    double period = HUGE_VAL;
    struct cause cause;

    cost_init(&trial.cost, plan->stages);
    if (needs_times(&trial.cost, trial.model, split, &cause) &&
        setup_machine(&trial, cutting->request, plan, &cause) == STATUS_DONE) {
        struct forecast forecast;

        forecast_make(&forecast, cutting->program, &trial.cost,
                      cutting->request->options->capacity, FORECAST_PERIOD);
        if (forecast.complete)
            period = period_ticks(forecast.period);
        forecast_fini(&forecast);
    }
    cost_fini(&trial.cost);
    return period;
}

/* The program of the plan that is loaded, or of the schedule's, which does not
 * depend on costs; NULL for one that is searched for. The caller frees it. */
static struct program *
program_to_cut(const struct setup *setup, const struct plan_request *request,
               const struct plan *shape)
{
    struct cause cause;
    struct program *program;
    struct plan *plan;

    if (setup->plan)
        return program_make(setup->plan, &cause);
    if (!schedule_find(request->schedule, &cause)->make)
        return NULL;
    plan = schedule_plan(request->schedule, shape->ranks, shape->stages,
                         shape->mbs, &cause);
    program = plan ? program_make(plan, &cause) : NULL;
    plan_free(plan);
    return program;
}

static enum status
balance_model(struct setup *setup, const struct plan_request *request,
              const struct plan *shape, struct cause *cause)
{
    const struct model *model = setup->model;
    double *work = memory_new((size_t)model->count, sizeof *work);
    struct program *program = program_to_cut(setup, request, shape);
    struct cutting cutting = {setup, request, program};
    struct balance balance = {
        .layers = model->count,
        .stages = shape->stages,
        .work = work,
        .time = program ? period_with : NULL,
        .context = &cutting,
    };
    bool enough = model->count >= shape->stages;

    for (int i = 0; i < model->count; i++)
        work[i] = model->layers[i].forward + model->layers[i].input +
                  model->layers[i].weight;
    if (enough)
        balance_find(&balance, setup->split);
    else
        fail(cause,
             "%d stages for %d layer%s; use at most as many stages as layers",
             shape->stages, model->count, plural(model->count));
    if (enough && !program && !request->quiet)
        means_remark(request->means,
                     "%s is made for its stages, so they are cut first, the "
                     "longest as short as can be",
                     request->schedule);
    program_free(program);
    free(work);
    return enough ? STATUS_DONE : STATUS_USAGE;
}

/* ---- the same for layers that are measured here ---- */

/* The model as its layers' times on this machine, in ns. Hidden layers are
 * alike, but for the first one and for the last, which has the head. */
static enum status
measure_layers(struct model *model, const struct plan_request *request,
               const struct mlp *mlp, const struct plan *shape,
               struct cause *cause)
{
    int kinds = mlp->layers < 3 ? mlp->layers : 3;
    struct mlp few = *mlp;
    struct plan *each = plan_new("layers", kinds, kinds, shape->mbs);
    int one_each[] = {1, 1, 1};
    struct setup trial = {.split = one_each};
    enum status status;

    few.layers = kinds;
    for (int s = 0; s < kinds; s++)
        each->rank_of_stage[s] = s;
    cost_init(&trial.cost, kinds);
    status = request->means->measure(&trial, request, &few, each, cause);
    for (int i = 0; i < model->count; i++) {
        int kind = i == 0 ? 0 : i < model->count - 1 ? 1 : kinds - 1;
        const int64_t *ns = trial.cost.ticks[kind];

        /* STEP comes once for all weight gradients. */
        model->layers[i] = (struct model_layer){
            .forward = (double)ns[ACTION_FORWARD],
            .input = (double)ns[ACTION_BACKWARD_INPUT],
            .weight = (double)(ns[ACTION_FULL_BACKWARD] -
                               ns[ACTION_BACKWARD_INPUT]) +
                      (double)ns[ACTION_OPTIMIZER_STEP] / shape->mbs,
        };
        if (model->layers[i].weight < 0.0)
            model->layers[i].weight = (double)ns[ACTION_BACKWARD_WEIGHT];
    }
    cost_fini(&trial.cost);
    plan_free(each);
    return status;
}

/* "5,4,4,3: period 1.93 ms, 2.10 even by parameters" */
static void
remark_cut(const struct setup *measured, const struct plan_request *request,
           const struct mlp *mlp, const struct plan *shape)
{
    struct program *program = program_to_cut(measured, request, shape);
    struct cutting cutting = {measured, request, program};
    int *even = memory_new((size_t)shape->stages, sizeof *even);
    char text[TICK_TEXT];
    struct cause cause;

    if (program && mlp_split(mlp, shape->stages, even, &cause))
        means_remark(request->means,
                     "--split measured: stages of %s layers; predicted period "
                     "%.3f ms, %.3f if even by parameters",
                     tick_split_text(measured, text),
                     period_with(&cutting, measured->split) * 1e-6,
                     period_with(&cutting, even) * 1e-6);
    program_free(program);
    free(even);
}

enum status
setup_measured_split(struct setup *setup, const struct plan_request *request,
                     const struct mlp *mlp, const struct plan *shape,
                     struct cause *cause)
{
    struct model model = {
        .unit = "ns",
        .element = sizeof(float),
        .count = mlp->layers,
        .layers = memory_new((size_t)mlp->layers, sizeof *model.layers),
    };
    struct setup measured = {
        .plan = setup->plan, .cost = setup->cost, .model = &model};
    enum status status = measure_layers(&model, request, mlp, shape, cause);

    measured.split = memory_new((size_t)shape->stages, sizeof *measured.split);
    if (status == STATUS_DONE)
        status = balance_model(&measured, request, shape, cause);
    if (status == STATUS_DONE) {
        remark_cut(&measured, request, mlp, shape);
        setup->split = measured.split;
    } else {
        free(measured.split);
    }
    free(model.layers);
    return status;
}

enum status
setup_cut(struct setup *setup, const struct plan_request *request,
          const struct plan *shape, struct cause *cause)
{
    const struct options *options = request->options;
    int stages = setup->cost.stages;

    free(setup->split);
    setup->split = memory_new((size_t)stages, sizeof *setup->split);
    if (options->balance)
        return balance_model(setup, request, shape, cause);
    return (options->split
                ? parse_split(setup->model, stages, options->split,
                              setup->split, cause)
                : model_split(setup->model, stages, setup->split, cause))
               ? STATUS_DONE
               : STATUS_USAGE;
}
