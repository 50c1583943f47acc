/* setup_machine.c -- takes the machine that is asked for into a plan's costs:
 * the files of model and cluster, unequal microbatches and ranks. */
#include "config.h"

#include "request/setup.h"

#include "base/list.h"
#include "base/memory.h"
#include "cluster/needs.h"
#include "request/sizes.h"
#include "sim/held.h"

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

/* The model of --bytes, whose text was checked when it was read. */
static void
take_sizes(struct setup *setup, const struct options *options,
           struct cause *cause)
{
    struct sizes sizes;

    sizes_parse(&sizes, options->bytes, cause);
    setup->model = setup->sizes =
        sizes_model(&sizes, setup->cost.stages, options->weight_share);
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
        take_sizes(setup, request->options, cause);
    if (status != STATUS_DONE || !setup->model)
        return status;
    status = setup_cut(setup, request, shape, cause);
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
        if (count == 0 && stages == 1)
            fail(cause,
                 "--recompute %.40s: \"%.20s\" is no stage, there is stage 0 "
                 "alone; use none or all",
                 text, wrong);
        else if (count == 0)
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
