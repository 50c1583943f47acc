/* needs.c -- derives times, links and bytes of stages from a model and a
 * cluster. */
#include "config.h"

#include "cluster/needs.h"

#include "base/memory.h"
#include "plan/place.h"

#include <stdlib.h>
#include <string.h>

bool
needs_times(struct cost *cost, const struct model *model, const int split[],
            struct cause *cause)
{
    int first = 0;

    snprintf(cost->unit, sizeof cost->unit, "%s", model->unit);
    for (int s = 0; s < cost->stages; s++) {
        struct model_layer stage = model_stage(model, first, split[s]);

        cost_set(cost, s, ACTION_FORWARD, stage.forward);
        cost_set(cost, s, ACTION_BACKWARD_INPUT, stage.input);
        cost_set(cost, s, ACTION_BACKWARD_WEIGHT, stage.weight);
        cost_set(cost, s, ACTION_FULL_BACKWARD, stage.input + stage.weight);
        first += split[s];
    }
    return cost_refine(cost, cause);
}

/* Ticks of a second. */
static double
ticks_per_second(const struct cost *cost)
{
    return cost->per_unit / cost_unit_seconds(cost->unit);
}

/* See struct network. */
static double *
message_bytes(const struct model *model, const int split[], int stages)
{
    double *bytes = memory_new(2 * (size_t)stages, sizeof *bytes);
    int first = 0;

    for (int s = 0; model && s < stages; s++) {
        struct model_layer stage = model_stage(model, first, split[s]);

        bytes[s] = (double)stage.output_bytes;
        bytes[stages + s] = (double)stage.parameter_bytes;
        first += split[s];
    }
    return bytes;
}

static struct network *
network_new(int ranks, const struct model *model, const int split[],
            int stages)
{
    struct network *network = memory_new(1, sizeof *network);

    network->ranks = ranks;
    network->pairs =
        memory_new((size_t)ranks * (size_t)ranks, sizeof *network->pairs);
    network->bytes = message_bytes(model, split, stages);
    return network;
}

/* What a file may say of links, by its keys: the one with a time or, if only
 * bandwidths are asked for, with one; NULL if there is none. */
static const char *
timed_key(const struct cluster *cluster, bool bandwidth)
{
    const struct {
        const char *key;
        const struct cluster_link *links;
        int count;
    } keys[] = {
        {"link", &cluster->link, 1},
        {"node.inside", &cluster->inside, 1},
        {"node.between", &cluster->between, 1},
        {"links", cluster->ring, cluster->ring ? cluster->ranks : 0},
    };

    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        for (int i = 0; i < keys[k].count; i++)
            if (keys[k].links[i].bandwidth > 0.0 ||
                (!bandwidth && keys[k].links[i].latency > 0.0))
                return keys[k].key;
    return cluster->replicas > 1 && cluster->reduce.named ? "reduce" : NULL;
}

static void
set_reduce(struct cost *cost, const struct cluster *cluster,
           const struct model *model, const int split[])
{
    int first = 0;

    if (cluster->replicas == 1 || !cluster->reduce.named)
        return;
    cost->reduce = memory_new((size_t)cost->stages, sizeof *cost->reduce);
    for (int s = 0; s < cost->stages; s++) {
        double bytes =
            (double)model_stage(model, first, split[s]).parameter_bytes;

        cost->reduce[s] = (int64_t)(cluster_all_reduce(cluster, bytes) *
                                        ticks_per_second(cost) +
                                    0.5);
        first += split[s];
    }
}

bool
needs_links(struct cost *cost, const struct cluster *cluster, int ranks,
            const struct model *model, const int split[], struct cause *cause)
{
    const char *timed = timed_key(cluster, false);
    const char *sized = timed_key(cluster, true);

    if (!*cost->unit && !timed)
        return true;
    if (!*cost->unit)
        return fail(
            cause,
            "%s: times with a unit, while the durations have none; give "
            "them one, as in F=20us",
            timed);
    if (!model && sized)
        return fail(cause,
                    "%s: a bandwidth, while no model says how large messages "
                    "are; give a model",
                    sized);
    if (!cost_refine(cost, cause))
        return false;
    set_reduce(cost, cluster, model, split);
    cost->network = network_new(ranks, model, split, cost->stages);
    for (int from = 0; from < ranks; from++)
        for (int to = 0; to < ranks; to++) {
            struct cluster_link link = cluster_link(cluster, from, to);
            struct wire_cost *wire = &cost->network->pairs[from * ranks + to];

            wire->latency =
                (int64_t)(link.latency * ticks_per_second(cost) + 0.5);
            if (link.bandwidth > 0.0)
                wire->per_byte = ticks_per_second(cost) / link.bandwidth;
        }
    return true;
}

bool
needs_bandwidth(struct cost *cost, double bytes, int ranks,
                const struct model *model, const int split[],
                struct cause *cause)
{
    if (!cost_refine(cost, cause))
        return false;
    cost->network = network_new(ranks, model, split, cost->stages);
    for (int i = 0; i < ranks * ranks; i++)
        cost->network->pairs[i] = (struct wire_cost){
            .latency = cost->latency, .per_byte = cost->per_unit / bytes};
    return true;
}

bool
needs_sharding(struct cost *cost, const struct cluster *cluster,
               const struct plan *plan, const struct model *model,
               const int split[], struct cause *cause)
{
    double unit = cost_unit_seconds(cost->unit);
    int first = 0;

    for (int s = 0; model && unit > 0.0 && s < cost->stages; s++) {
        double bytes =
            (double)model_stage(model, first, split[s]).parameter_bytes;
        double units = cluster_all_reduce(cluster, bytes) / 2.0 / unit;

        cost_set(cost, s, ACTION_UNSHARD, units);
        cost_set(cost, s, ACTION_REDUCE_GRAD, units);
        first += split[s];
    }
    for (int r = 0; cost->reduce && r < plan->ranks; r++)
        for (size_t i = 0; i < plan->lists[r].count; i++)
            if (plan->lists[r].at[i].kind == ACTION_REDUCE_GRAD)
                cost->reduce[plan->lists[r].at[i].stage] = 0;
    return cost_settle(cost, cause);
}

bool
needs_linked(const struct plan *plan, const struct cluster *cluster,
             struct cause *cause)
{
    for (int link = 0; link < plan_links(plan); link++) {
        int exchange = link - plan_links_between(plan);
        int from, to;

        if (!plan_link_ends(plan, link, &from, &to) ||
            cluster_link(cluster, from, to).named)
            continue;
        return fail(cause,
                    "%s: rank %d hands stage %d's %s to rank %d, and the "
                    "cluster names no link between them; name it with link or "
                    "node",
                    plan->name, from,
                    exchange < 0 ? link / 2 % plan->stages : exchange / 2,
                    exchange < 0 ? "output" : "weight gradients", to);
    }
    return true;
}

struct footprint *
needs_footprints(const struct model *model, const int split[], int stages,
                 const bool recompute[])
{
    struct footprint *footprints =
        memory_new((size_t)stages, sizeof *footprints);
    int64_t input = 0;
    int first = 0;

    for (int s = 0; s < stages; s++) {
        struct model_layer stage = model_stage(model, first, split[s]);

        footprints[s] = (struct footprint){
            .stash = stage.activation_bytes,
            .owed = stage.weight_activation_bytes,
        };
        if (recompute && recompute[s]) {
            footprints[s].stash = input;
            footprints[s].backward = footprints[s].input =
                stage.activation_bytes;
        }
        input = stage.output_bytes;
        first += split[s];
    }
    return footprints;
}

struct stage_bytes *
needs_kept(const struct model *model, const int split[], int stages,
           const struct cluster *cluster)
{
    struct stage_bytes *kept = memory_new((size_t)stages, sizeof *kept);
    double optimizer = cluster ? cluster->optimizer_bytes : 12.0;
    int first = 0;

    for (int s = 0; s < stages; s++) {
        struct model_layer stage = model_stage(model, first, split[s]);

        kept[s] = (struct stage_bytes){
            .parameters = stage.parameter_bytes,
            .optimizer = (int64_t)((double)stage.parameter_bytes /
                                   model->element * optimizer),
            .output = stage.output_bytes,
        };
        first += split[s];
    }
    return kept;
}

struct memory_summary *
needs_memory(const struct plan *plan, const struct model *model,
             const int split[], const struct cluster *cluster,
             const bool recompute[], int capacity)
{
    struct memory_summary *memory =
        memory_new((size_t)plan->ranks, sizeof *memory);
    struct footprint *footprints =
        needs_footprints(model, split, plan->stages, recompute);
    struct stage_bytes *kept = needs_kept(model, split, plan->stages, cluster);

    footprint_memory(plan, kept, footprints, capacity, memory);
    free(kept);
    free(footprints);
    return memory;
}
