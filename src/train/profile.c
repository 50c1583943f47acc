/* profile.c -- times each stage's actions on this machine. */
#include "config.h"

#include "train/profile.h"

#include "base/clock.h"
#include "base/memory.h"
#include "runtime/round_trip.h"
#include "base/quantile.h"
#include "train/stage.h"
#include "data/batches.h"
#include "data/dataset.h"
#include "runtime/cores.h"
#include "runtime/pinned_threads.h"
#include "plan/lower.h"
#include "tensor/gemm.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    WARM_UP = 3,
    LEAST_ROUNDS = 9,
    MOST_ROUNDS = 301,
    ROUNDS_NS = 20 * 1000 * 1000, /* time for one stage */
    RING_ROUNDS = 2000
};

struct profile {
    const struct plan *plan;
    struct plan *sample;      /* F, I and W of one microbatch on every stage */
    struct slot_index *index; /* of it */
    const struct mlp *mlp;
    const int *split;
    struct training_task task;
    struct cost *cost;
    int members;
};

static const enum action_kind timed[] = {
    ACTION_FORWARD,        ACTION_FULL_BACKWARD,   ACTION_FORWARD,
    ACTION_BACKWARD_INPUT, ACTION_BACKWARD_WEIGHT, ACTION_OPTIMIZER_STEP,
};

enum { TIMED = sizeof timed / sizeof *timed };

static int64_t
time_action(struct mlp_stage *stage, enum action_kind kind)
{
    int64_t start = clock_cpu_ns();

    switch (kind) {
    case ACTION_FORWARD:
        mlp_stage_ops.forward(stage, 0, 0, NULL);
        break;
    case ACTION_FULL_BACKWARD:
        mlp_stage_ops.backward(stage, 0, 0, NULL);
        break;
    case ACTION_BACKWARD_INPUT:
        mlp_stage_ops.backward_input(stage, 0, 0, NULL);
        break;
    case ACTION_BACKWARD_WEIGHT:
        mlp_stage_ops.backward_weight(stage, 0, 0, NULL);
        break;
    default:
        mlp_stage_ops.optimizer_step(stage, 0, NULL);
        break;
    }
    return clock_cpu_ns() - start;
}

/* The actions in an order in which they may run, again and again. */
static void
profile_stage(const struct profile *profile, int number, int first)
{
    int64_t(*ns)[MOST_ROUNDS] = memory_new(TIMED, sizeof *ns);
    int64_t *ticks = profile->cost->ticks[number];
    struct mlp_stage stage;
    int64_t start;
    int rounds = 0;

    mlp_stage_init(&stage, &profile->task, profile->index, number, first,
                   profile->split[number], NULL, NULL);
    for (int i = 0; i < WARM_UP; i++)
        for (int t = 0; t < TIMED; t++)
            time_action(&stage, timed[t]);
    start = clock_wall_ns();
    do {
        for (int t = 0; t < TIMED; t++)
            ns[t][rounds] = time_action(&stage, timed[t]);
        rounds++;
    } while (rounds < LEAST_ROUNDS ||
             (rounds < MOST_ROUNDS && clock_wall_ns() - start < ROUNDS_NS));
    for (int t = 0; t < TIMED; t++)
        ticks[timed[t]] = quantile_of(ns[t], rounds, 0.5);
    mlp_stage_fini(&stage);
    free(ns);
}

/* Member i stands in for the ranks i, i + members, ... */
static void
profile_ranks(void *context, int i)
{
    const struct profile *profile = context;
    int first = 0;

    for (int s = 0; s < profile->plan->stages; s++) {
        if (profile->plan->rank_of_stage[s] % profile->members == i)
            profile_stage(profile, s, first);
        first += profile->split[s];
    }
}

static struct plan *
make_sample(const struct plan *plan)
{
    struct plan *sample =
        plan_new("sample", plan->stages, plan->stages, plan->mbs);
    struct plan *lowered;

    for (int s = 0; s < plan->stages; s++) {
        sample->rank_of_stage[s] = s;
        plan_add(sample, s, action_of(ACTION_FORWARD, s, 0));
        plan_add(sample, s, action_of(ACTION_BACKWARD_INPUT, s, 0));
        plan_add(sample, s, action_of(ACTION_BACKWARD_WEIGHT, s, 0));
    }
    lowered = lower(sample);
    plan_free(sample);
    return lowered;
}

/* Half a round trip between two ranks. */
static int64_t
measure_latency(const int cores[], int members, size_t floats)
{
    int64_t *ns = memory_new(RING_ROUNDS, sizeof *ns);
    int pair[] = {cores[0], cores[members > 1 ? 1 : 0]};
    struct round_trip trip = {
        .ranks = 2,
        .cores = pair,
        .floats = floats,
        .patient = true,
        .rounds = RING_ROUNDS,
    };
    int64_t latency;

    round_trip_measure(&trip, ns);
    latency = quantile_of(ns, RING_ROUNDS, 0.5) / 2;
    free(ns);
    return latency;
}

/* How many stages are timed at once. */
static int
members_of(const struct plan *plan, int cores[])
{
    int members = cores_allowed(cores);

    return members < plan->ranks ? members : plan->ranks;
}

static struct training_task
profile_task_of(const struct plan *plan, const struct mlp *mlp,
                const struct optimizer_options *optimizer, int batch)
{
    struct training_task task = {
        .recipe = {.batch = batch, .mbs = plan->mbs, .optimizer = *optimizer},
        .mlp = *mlp,
        .rows = batch,
    };

    /* Weights stay as they are, however often they are updated. */
    task.recipe.optimizer.lr = 0.0f;
    return task;
}

void
profile_measure(struct cost *cost, const struct plan *plan,
                const struct mlp *mlp, const int split[],
                const struct optimizer_options *optimizer, int batch)
{
    int cores[CORES_MAX];
    int members = members_of(plan, cores);
    struct dataset data;
    struct batches batches;
    struct profile profile = {
        .plan = plan,
        .sample = make_sample(plan),
        .mlp = mlp,
        .split = split,
        .task = profile_task_of(plan, mlp, optimizer, batch),
        .cost = cost,
        .members = members,
    };

    profile.index = slots_index_new(profile.sample);
    profile.task.batches = &batches;
    gemm_one_thread();
    tensor_flush_subnormals();
    dataset_random(&data, batch, mlp->inputs, mlp->classes, 0);
    batches_init(&batches, &data, batch);
    gemm_need_space(members);
    snprintf(cost->unit, sizeof cost->unit, "ns");
    pinned_threads_run(members, cores, profile_ranks, &profile);
    if (plan->ranks > 1)
        cost->latency =
            measure_latency(cores, members,
                            (size_t)batch_share(batch, plan->mbs, 0).rows *
                                (size_t)mlp->hidden);
    batches_fini(&batches);
    dataset_fini(&data);
    slots_index_free(profile.index);
    plan_free(profile.sample);
}
