/* mpi_scaling.c -- measures steps of one replica, two, and more. */
#include "config.h"

#include "mpi/mpi_scaling.h"

#include "base/memory.h"
#include "base/quantile.h"
#include "bench/bench_subject.h"
#include "cli/processes.h"

#include <stdio.h>
#include <stdlib.h>

enum { SCALING_RANKS = 2, SCALING_LAYERS = 8, SCALING_STEPS = 100 };

/* One pipeline of several, in a process of its own. */
struct scaling {
    int count; /* replicas */
    int repeat;
    struct world all;
    struct world world;
    struct replicas replicas;
    struct dataset data;
    struct bench_subject subject;
};

static bool
scaling_init(struct scaling *scaling, struct cause *cause)
{
    struct wire *wire = processes()->wire;
    struct trainer_options training = {
        .task = {.recipe = recipe_defaults()},
        .data = &scaling->data,
        .run = {.world = &scaling->world},
    };
    struct recipe *recipe = &training.task.recipe;

    recipe->layers = SCALING_LAYERS;
    recipe->steps = (1 + scaling->repeat) * SCALING_STEPS;
    dataset_random(&scaling->data, recipe->batch * scaling->count,
                   recipe->hidden, 2, recipe->seed);
    training.task.mlp = recipe_mlp(recipe, &scaling->data);
    scaling->all = (struct world){
        .wire = wire, .count = scaling->count, .ranks = scaling->count};
    scaling->world = (struct world){.wire = wire,
                                    .first = wire->process,
                                    .count = 1,
                                    .ranks = SCALING_RANKS};
    scaling->replicas = (struct replicas){
        .wire = wire, .count = scaling->count, .number = wire->process};
    if (scaling->count > 1) {
        training.task.replicas = &scaling->replicas;
        training.run.all = &scaling->all;
    }
    return bench_subject_init(&scaling->subject, "1f1b", SCALING_RANKS,
                              &training, cause);
}

/* Of a step in ns, after as many steps to warm up as are measured at once. */
static int64_t
scaling_median(struct scaling *scaling)
{
    int64_t *ns = memory_new((size_t)scaling->repeat, sizeof *ns);
    int64_t median;

    (void)bench_subject_time(&scaling->subject, SCALING_STEPS);
    for (int i = 0; i < scaling->repeat; i++)
        ns[i] = bench_subject_time(&scaling->subject, SCALING_STEPS);
    median = quantile_of(ns, scaling->repeat, 0.5);
    free(ns);
    return median;
}

/* Processes that are no replica wait, and leave the cores to the others. */
static bool
measure_replicas(int count, int repeat, int64_t *ns, struct cause *cause)
{
    struct scaling scaling = {.count = count, .repeat = repeat};
    bool member = processes()->wire->process < count;
    enum status status = STATUS_DONE;

    for (int stage = 0; stage < SCALING_RANKS; stage++)
        wire_group(processes()->wire, stage, member);
    if (member && !scaling_init(&scaling, cause))
        status = STATUS_FAILED;
    status = processes_agree(status, cause);
    if (member && status == STATUS_DONE)
        *ns = scaling_median(&scaling);
    if (member) {
        bench_subject_fini(&scaling.subject);
        dataset_fini(&scaling.data);
    }
    world_meet(processes());
    return status == STATUS_DONE;
}

static void
show_replicas(int count, int64_t ns, int64_t alone, struct json *json)
{
    double ms = (double)ns * 1e-6;
    double efficiency = (double)alone / (double)ns;
    int batch = count * recipe_defaults().batch;

    if (!json) {
        printf("%8d %10d %10.3f %11.2f\n", count, batch, ms, efficiency);
        return;
    }
    json_open(json, NULL, '{');
    json_int(json, "replicas", count);
    json_int(json, "batch", batch);
    json_number(json, "step_ms", ms);
    json_number(json, "efficiency", efficiency);
    json_close(json, '}');
}

bool
mpi_scaling(int repeat, struct json *json, struct cause *cause)
{
    int64_t alone = 0;

    if (!json)
        printf("\nreplicas, a process each: 1f1b on %d ranks, %d layers of "
               "%d, %d examples each\n%8s %10s %10s %11s\n",
               SCALING_RANKS, SCALING_LAYERS, recipe_defaults().hidden,
               recipe_defaults().batch, "replicas", "examples", "ms a step",
               "efficiency");
    for (int count = 1; count <= processes_count(); count *= 2) {
        int64_t ns = 1;

        if (!measure_replicas(count, repeat, &ns, cause))
            return false;
        alone = count == 1 ? ns : alone;
        show_replicas(count, ns, alone, json);
    }
    return true;
}
