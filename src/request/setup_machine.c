/* setup_machine.c -- takes the machine that is asked for into a plan's costs:
 * the files of model and cluster, unequal microbatches and ranks. */
#include "config.h"

#include "request/setup.h"

#include "base/list.h"
#include "base/memory.h"
#include "cluster/needs.h"
#include "request/sizes.h"
#include "request/tick.h"
#include "search/balance.h"
#include "search/schedule.h"
#include "sim/forecast.h"
#include "sim/held.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static enum status
read_files(struct model **model, struct cluster **cluster,
           const struct plan_request *request, struct cause *cause)
{
    const struct options *options = request->options;
    const struct means *means = request->means;
    FILE *in;

    if (options->cluster) {
        in = means_open(means, "--cluster", options->cluster, cause);
        if (!in)
            return means->open ? STATUS_INVALID : STATUS_USAGE;
        *cluster = means->cluster(
            in, means_file("--cluster", options->cluster), cause);
        fclose(in);
        if (!*cluster)
            return STATUS_INVALID;
    }
    if (options->model) {
        in = means_open(means, "--model", options->model, cause);
        if (!in)
            return means->open ? STATUS_INVALID : STATUS_USAGE;
        *model =
            means->model(in, means_file("--model", options->model), cause);
        fclose(in);
        if (!*model)
            return STATUS_INVALID;
    }
    return STATUS_DONE;
}

/* The sizes of a transformer have no times until the cluster has a speed. */
static enum status
give_speed(struct model *model, const struct cluster *cluster,
           const struct options *options, struct cause *cause)
{
    double flops = cluster ? cluster->flops : 0.0;

    if (!model || !model->in_flops)
        return STATUS_DONE;
    if (flops <= 0.0) {
        fail(cause,
             "%s: a transformer's times follow from the machine's speed; give "
             "a --cluster file with \"flops\"",
             means_file("--model", options->model));
        return STATUS_INVALID;
    }
    model_at_speed(model, flops);
    return STATUS_DONE;
}

enum status
setup_files(struct model **model, struct cluster **cluster,
            const struct plan_request *request, struct cause *cause)
{
    enum status status = read_files(model, cluster, request, cause);

    return status == STATUS_DONE
               ? give_speed(*model, *cluster, request->options, cause)
               : status;
}

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
                    "--split has %d numbers for %d stages; give one a "
                    "stage",
                    count, stages);
    for (int s = 0; s < stages; s++)
        layers += split[s];
    if (layers != model->count)
        return fail(cause,
                    "--split has %d layers and the model %d; share out "
                    "all of them",
                    layers, model->count);
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
             "%d stages for %d layers; use at most as many stages as layers",
             shape->stages, model->count);
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

/* ---- files ---- */

static enum status
split_model(struct setup *setup, const struct plan_request *request,
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

/* The model of --bytes, in place of a file. */
static enum status
take_sizes(struct setup *setup, const struct options *options,
           struct cause *cause)
{
    struct sizes sizes;

    if (setup->measured) {
        fail(cause, "--bytes: with --cost measured the stages are those of "
                    "the model here; leave it out");
        return STATUS_USAGE;
    }
    sizes_parse(&sizes, options->bytes, cause);
    setup->model = setup->sizes =
        sizes_model(&sizes, setup->cost.stages, options->weight_share);
    return STATUS_DONE;
}

enum status
setup_model(struct setup *setup, const struct plan_request *request,
            const struct plan *shape, struct cause *cause)
{
    enum status status = STATUS_DONE;

    setup->borrows = request->model || request->cluster;
    setup->model = request->model;
    setup->cluster = request->cluster;
    if (!setup->borrows)
        status = setup_files(&setup->model, &setup->cluster, request, cause);
    if (status == STATUS_DONE && request->options->bytes)
        status = take_sizes(setup, request->options, cause);
    if (status != STATUS_DONE || !setup->model)
        return status;
    status = split_model(setup, request, shape, cause);
    if (status != STATUS_DONE || setup->sizes)
        return status;
    return needs_times(&setup->cost, setup->model, setup->split, cause)
               ? STATUS_DONE
               : STATUS_INVALID;
}

/* "none", "all" or stages as in 0,2. */
static bool
parse_recompute(const char *text, bool recompute[], int stages,
                struct cause *cause)
{
    int *listed = memory_new((size_t)stages, sizeof *listed);
    const char *wrong = text;
    int count = 0;

    if (strcmp(text, "all") == 0) {
        for (int s = 0; s < stages; s++)
            recompute[s] = true;
    } else if (strcmp(text, "none") != 0) {
        count = list_wholes(text, 0, stages - 1, listed, stages, &wrong);
        for (int i = 0; i < count && i < stages; i++)
            recompute[listed[i]] = true;
        if (count == 0)
            fail(cause,
                 "--recompute %.40s: \"%.20s\" is no stage from 0 to %d; use "
                 "none, all or stages, as in 0,2",
                 text, wrong, stages - 1);
    }
    free(listed);
    return count > 0 || strcmp(text, "all") == 0 || strcmp(text, "none") == 0;
}

static bool
take_recompute(struct setup *setup, const char *text, struct cause *cause)
{
    int stages = setup->cost.stages;
    bool *recompute = memory_new((size_t)stages, sizeof *recompute);
    bool good = parse_recompute(text, recompute, stages, cause) &&
                cost_recompute(&setup->cost, recompute, cause);

    free(recompute);
    return good;
}

/* Whether a plan fits on the cluster's ranks and its links. */
static enum status
fit_cluster(struct setup *setup, const struct options *options,
            const struct plan *shape, struct cause *cause)
{
    const struct cluster *cluster = setup->cluster;

    if (cluster->ranks > 0 && shape->ranks > cluster->ranks) {
        fail(cause,
             "%d ranks, and the cluster has %d; use fewer, or another cluster",
             shape->ranks, cluster->ranks);
        return STATUS_USAGE;
    }
    if (needs_links(&setup->cost, cluster, shape->ranks, setup->model,
                    setup->split, cause) &&
        needs_sharding(&setup->cost, cluster, shape, setup->model,
                       setup->split, cause))
        return STATUS_DONE;
    fail_of(cause, means_file("--cluster", options->cluster));
    return STATUS_INVALID;
}

/* Links of one bandwidth between all ranks. */
static enum status
take_bandwidth(struct setup *setup, const struct options *options,
               const struct plan *shape, struct cause *cause)
{
    struct cost *cost = &setup->cost;
    double bytes;

    if (!sizes_bandwidth(options->bandwidth, cost_unit_seconds(cost->unit),
                         &bytes, cause)) {
        fail_of(cause, "--bandwidth");
        return STATUS_USAGE;
    }
    return needs_bandwidth(cost, bytes, shape->ranks, setup->model,
                           setup->split, cause)
               ? STATUS_DONE
               : STATUS_USAGE;
}

/* Replicas cost what their links take. */
static enum status
take_replicas(struct cluster *cluster, const struct options *options,
              struct cause *cause)
{
    if (!cluster || options->replicas == 0)
        return STATUS_DONE;
    cluster->replicas = options->replicas;
    if (cluster->reduce.named)
        return STATUS_DONE;
    fail(cause,
         "--replicas: %s does not say what an all-reduce takes; give it "
         "\"reduce\", or leave --replicas out",
         means_file("--cluster", options->cluster));
    return STATUS_USAGE;
}

enum status
setup_machine(struct setup *setup, const struct plan_request *request,
              const struct plan *shape, struct cause *cause)
{
    const struct options *options = request->options;
    struct cost *cost = &setup->cost;
    enum status status = take_replicas(setup->cluster, options, cause);

    if (status != STATUS_DONE)
        return status;
    /* Costs that are known from another plan have it in them; forwards alone
     * keep nothing that could be made again. */
    if (options->recompute && !cost->recompute && !request->forward_only &&
        !take_recompute(setup, options->recompute, cause))
        return STATUS_USAGE;
    if (options->mb_cost &&
        !cost_parse_mbs(cost, shape->mbs, options->mb_cost, cause)) {
        fail_of(cause, "--microbatch-cost");
        return STATUS_USAGE;
    }
    if (options->rank_cost &&
        !cost_parse_ranks(cost, shape->ranks, options->rank_cost, cause)) {
        fail_of(cause, "--rank-cost");
        return STATUS_USAGE;
    }
    cost->barrier = options->barrier;
    cost->blocking_sends = options->blocking_sends;
    if (options->jitter > 0.0 && !cost_refine(cost, cause))
        return STATUS_USAGE;
    if (setup->cluster)
        return fit_cluster(setup, options, shape, cause);
    return options->bandwidth ? take_bandwidth(setup, options, shape, cause)
                              : STATUS_DONE;
}

int64_t
setup_max_memory(const struct setup *setup, const struct options *options)
{
    if (!setup->model)
        return 0;
    if (options->max_memory > 0)
        return options->max_memory;
    return setup->cluster ? setup->cluster->memory : 0;
}

struct memory_summary *
setup_model_memory(struct setup *setup, int capacity)
{
    const struct plan *plan = setup->program->lowered;
    const bool *recompute = setup->cost.recompute;
    struct memory_summary *memory = needs_memory(
        plan, setup->model, setup->split, setup->cluster, recompute, capacity);
    int64_t *at = memory_new((size_t)plan->ranks, sizeof *at);

    free(setup->footprints);
    setup->footprints =
        needs_footprints(setup->model, setup->split, plan->stages, recompute);
    held_most_at(plan, &setup->cost, capacity, setup->footprints, at);
    for (int r = 0; r < plan->ranks; r++) {
        memory[r].timed = true;
        memory[r].peak_at = at[r];
    }
    free(at);
    return memory;
}

const struct memory_chart *
setup_chart(struct memory_chart *chart, const struct setup *setup,
            const struct memory_summary memory[],
            const struct options *options)
{
    *chart = (struct memory_chart){
        .stages = setup->footprints,
        .ranks = memory,
        .most = setup_max_memory(setup, options),
    };
    return setup->model ? chart : NULL;
}
