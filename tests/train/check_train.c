/* check_train.c -- the pipeline against the monolith: for a given M every
 * schedule, cut and timing gives the same bits. */
#include "config.h"

#include "base/memory.h"
#include "train/rank_memory.h"
#include "train/trainer.h"
#include "rig.h"
#include "plan/program.h"
#include "plan/lower.h"
#include "plan/plans.h"
#include "search/schedule.h"

#include <float.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { LAYERS = RIG_LAYERS, BATCH = RIG_BATCH, STEPS = 3 };

/* Every allocation of the process is counted, by glibc's own functions behind
 * the usual names. The sanitizers put theirs there. */
#if defined __GLIBC__ && !SANITIZED
#define COUNTS_ALLOCATIONS 1
void *
__libc_malloc(size_t size);
void *
__libc_calloc(size_t count, size_t size);
void *
__libc_realloc(void *old, size_t size);
void *
__libc_memalign(size_t alignment, size_t size);

static atomic_long allocations;

void *
malloc(size_t size)
{
    atomic_fetch_add(&allocations, 1);
    return __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
    atomic_fetch_add(&allocations, 1);
    return __libc_calloc(count, size);
}

void *
realloc(void *old, size_t size)
{
    atomic_fetch_add(&allocations, 1);
    return __libc_realloc(old, size);
}

void *
aligned_alloc(size_t alignment, size_t size)
{
    atomic_fetch_add(&allocations, 1);
    return __libc_memalign(alignment, size);
}
#endif

/* What a training comes to. */
struct outcome {
    double losses[STEPS];
    uint64_t hash;
    size_t count; /* floats */
    float *weights;
};

static const struct rig_settings usual = {
    .optimizer = OPTIMIZER_ADAM,
    .bind = true,
    .capacity = CAPACITY_AUTO,
    .batch = BATCH,
    .steps = STEPS,
};

static void
collect(struct outcome *outcome, const struct trainer *trainer)
{
    size_t used = 0;

    outcome->count = mlp_parameters(&trainer->options.task.mlp, 0, LAYERS);
    outcome->weights = memory_new(outcome->count, sizeof(float));
    for (int s = 0; s < trainer->stage_count; s++) {
        const struct slice *slice = trainer->stages[s].slice;

        memcpy(outcome->weights + used, slice->weights,
               slice->params * sizeof(float));
        used += slice->params;
    }
    ck_assert_uint_eq(used, outcome->count);
    for (int s = 0; s < STEPS; s++)
        outcome->losses[s] = trainer_loss(trainer, s);
    ck_assert(trainer_copies_agree(trainer));
    outcome->hash = trainer_weights_hash(trainer);
}

/* Trains a plan that was checked, or the monolith for NULL. */
static void
train(struct outcome *outcome, const struct plan *plan, const int split[],
      int mbs, const struct rig_settings *settings)
{
    struct rig rig;

    rig_open(&rig, plan, split, mbs, settings);
    ck_assert_int_eq(trainer_steps(rig.trainer, STEPS), RUN_DONE);
    collect(outcome, rig.trainer);
    rig_close(&rig);
}

static void
expect_same(const struct outcome *got, const struct outcome *want,
            const char *what)
{
    ck_assert_msg(memcmp(got->losses, want->losses, sizeof got->losses) == 0,
                  "%s: losses %.17g %.17g %.17g, not %.17g %.17g %.17g", what,
                  got->losses[0], got->losses[1], got->losses[2],
                  want->losses[0], want->losses[1], want->losses[2]);
    ck_assert_msg(
        memcmp(got->weights, want->weights, got->count * sizeof(float)) == 0,
        "%s: weights differ", what);
    ck_assert_uint_eq(got->hash, want->hash);
}

/* Where weight gradients add up in another order, each sum of at most 13 terms
 * of order one differs by rounding, and so do the weights and losses after it;
 * Adam is not for this, since it makes a step of lr of any difference in
 * sign. */
static void
expect_close(const struct outcome *got, const struct outcome *want,
             const char *what)
{
    for (int s = 0; s < STEPS; s++)
        ck_assert_msg(fabs(got->losses[s] - want->losses[s]) < 1e-5,
                      "%s: loss %.9g, not %.9g", what, got->losses[s],
                      want->losses[s]);
    for (size_t i = 0; i < got->count; i++)
        ck_assert_msg(fabsf(got->weights[i] - want->weights[i]) < 1e-6f,
                      "%s: weight %zu", what, i);
}

/* Trains a plan, which is freed, and compares: the same bits if each stage's
 * weight gradients are in the order of the microbatches, in one copy. With two
 * copies the sum is of two sums. */
static void
expect_plan_equals_monolith(struct plan *plan,
                            const struct rig_settings *settings)
{
    struct rig_settings used = *settings;
    struct outcome reference;
    struct outcome piped;
    struct cause cause;
    struct program *program;
    int split[LAYERS];
    bool rounds;
    const char *what = shape_text(plan);

    ck_assert_msg((program = program_make(plan, &cause)) != NULL, "%s",
                  cause.text);
    rig_split(plan->stages, split);
    rounds = program->unordered_stage >= 0 || plan->copies == 2;
    if (rounds)
        used.optimizer = OPTIMIZER_SGD;
    train(&reference, NULL, NULL, plan->mbs, &used);
    train(&piped, plan, split, plan->mbs, &used);
    if (rounds)
        expect_close(&piped, &reference, what);
    else
        expect_same(&piped, &reference, what);
    free(reference.weights);
    free(piped.weights);
    program_free(program);
    plan_free(plan);
}

static void
expect_monolith_on(const char *schedule, int ranks, int stages, int mbs,
                   const struct rig_settings *settings)
{
    struct cause cause;
    struct plan *plan = schedule_plan(schedule, ranks, stages, mbs, &cause);

    ck_assert_msg(plan != NULL, "%s", cause.text);
    expect_plan_equals_monolith(plan, settings);
}

static void
expect_monolith(const char *schedule, int stages, int mbs,
                const struct rig_settings *settings)
{
    expect_monolith_on(schedule, stages, stages, mbs, settings);
}

/* _i: the number of stages, 1 .. LAYERS. */
START_TEST(every_schedule_equals_the_monolith_bit_for_bit)
{
    struct cause cause;

    for (int i = 0; policy_at(i); i++)
        for (int mbs = 1; mbs <= 12; mbs += stride())
            if (policy_at(i)->placement != PLACEMENT_V &&
                policy_suits(policy_at(i), _i, _i, mbs, &cause))
                expect_monolith(policy_at(i)->name, _i, mbs, &usual);
}
END_TEST

/* _i: the number of ranks, each with one stage, two or more. */
START_TEST(so_does_every_schedule_with_several_stages_a_rank)
{
    for (int i = 0; policy_at(i); i++)
        for (int stages = 2 * _i; stages <= LAYERS; stages += _i)
            for (int mbs = 1; mbs <= 12; mbs += stride()) {
                struct cause cause;

                if (policy_suits(policy_at(i), _i, stages, mbs, &cause))
                    expect_monolith_on(policy_at(i)->name, _i, stages, mbs,
                                       &usual);
            }
}
END_TEST

/* Under costs that no fixed schedule is made for: W anywhere behind its I, and
 * some backwards whole. */
START_TEST(so_does_what_the_greedy_search_finds)
{
    static const struct {
        int ranks;
        int stages;
        int mbs;
        int max_activations;
        const char *costs;
        const char *factors;
    } tasks[] = {
        {4, 4, 6, 0, "F=1,B=2,I=1,W=1", "1,1,1,1"},
        {4, 4, 7, 0, "F=8,B=21,I=9,W=13", "0.5,2,1,3"},
        {4, 4, 9, 2, "F=10,B=18,I=8,W=11", "1,2,1,1.5"},
        {2, 4, 5, 0, "F=3,B=7,I=6,W=1", "3,1,1.5,1"},
        {2, 4, 6, 3, "F=5,B=9,I=4,W=6,OVERLAP=8", "2,1,1,2"},
        {2, 6, 3, 0, "F=20,B=8,I=4,W=5", "1.5,1.5,1.5,3,1,1"},
    };

    for (size_t t = 0; t < sizeof tasks / sizeof *tasks; t++) {
        struct search_task task = {.ranks = tasks[t].ranks,
                                   .stages = tasks[t].stages,
                                   .mbs = tasks[t].mbs,
                                   .max_activations =
                                       tasks[t].max_activations};
        struct search_result result;
        struct cause cause;
        struct cost cost;
        struct plan *plan;

        cost_init(&cost, task.stages);
        ck_assert(cost_parse(&cost, tasks[t].costs, &cause));
        ck_assert(cost_parse_stages(&cost, tasks[t].factors, &cause));
        task.cost = &cost;
        plan = schedule_plan_for("greedy", &task, &result, &cause);
        ck_assert_msg(plan != NULL, "%s", cause.text);
        expect_plan_equals_monolith(plan, &usual);
        cost_fini(&cost);
    }
}
END_TEST

/* Of the policies; of greedy's plans at these costs too. */
START_TEST(only_breadth_first_adds_weight_gradients_out_of_order)
{
    for (int i = 0; policy_at(i); i++)
        for (int ranks = 1; ranks <= 4; ranks++)
            for (int stages = ranks; stages <= 3 * ranks; stages += ranks)
                for (int mbs = 2; mbs <= 8; mbs++) {
                    const struct policy *policy = policy_at(i);
                    struct cause cause;
                    struct program *program;
                    struct plan *plan;

                    if (!policy_suits(policy, ranks, stages, mbs, &cause))
                        continue;
                    plan = policy_plan(policy, ranks, stages, mbs);
                    ck_assert_msg((program = program_make(plan, &cause)) !=
                                      NULL,
                                  "%s", cause.text);
                    ck_assert_msg(
                        (program->unordered_stage >= 0) ==
                            (strcmp(policy->name, "looped-bfs") == 0),
                        "%s P=%d S=%d M=%d", policy->name, ranks, stages, mbs);
                    program_free(program);
                    plan_free(plan);
                }
}
END_TEST

/* All stages, every other one, all others, and the last alone. */
static void
expect_recomputing_to_change_nothing(const char *schedule, int ranks,
                                     int stages, int mbs)
{
    const unsigned patterns[] = {~0u, 0x55, 0xaa, 1u << (stages - 1)};
    struct rig_settings settings = usual;

    for (int i = 0; i < 4; i++) {
        settings.recompute = patterns[i];
        settings.lockstep = i == 1;
        expect_monolith_on(schedule, ranks, stages, mbs, &settings);
    }
}

/* _i: a schedule. */
START_TEST(so_does_a_stage_that_runs_its_forward_again)
{
    const struct policy *policy = policy_at(_i);
    struct cause cause;

    for (int ranks = 1; ranks <= 4; ranks++)
        for (int stages = ranks; stages <= LAYERS; stages += ranks * stride())
            for (int mbs = 1; mbs <= 9; mbs += 4)
                if (policy_suits(policy, ranks, stages, mbs, &cause))
                    expect_recomputing_to_change_nothing(policy->name, ranks,
                                                         stages, mbs);
}
END_TEST

START_TEST(so_does_every_setting_that_is_no_arithmetic)
{
    static const struct {
        enum optimizer_kind optimizer;
        bool shuffle;
        bool bind;
        bool lockstep;
        int capacity;
        int batch;
    } variants[] = {
        {OPTIMIZER_SGD, false, true, false, CAPACITY_AUTO, BATCH},
        {OPTIMIZER_ADAM, true, true, false, CAPACITY_AUTO, BATCH},
        {OPTIMIZER_ADAM, false, false, false, CAPACITY_AUTO, BATCH},
        {OPTIMIZER_ADAM, false, true, true, CAPACITY_AUTO, BATCH},
        {OPTIMIZER_ADAM, true, true, true, 1, BATCH},
        {OPTIMIZER_ADAM, false, true, false, 1, BATCH},
        {OPTIMIZER_SGD, true, true, false, 3, 32},
    };
    static const char *const schedules[] = {"naive", "gpipe", "1f1b"};

    for (size_t v = 0; v < sizeof variants / sizeof *variants; v++) {
        struct rig_settings settings = {
            .optimizer = variants[v].optimizer,
            .shuffle = variants[v].shuffle,
            .bind = variants[v].bind,
            .lockstep = variants[v].lockstep,
            .capacity = variants[v].capacity,
            .batch = variants[v].batch,
            .steps = STEPS,
        };

        for (int i = 0; i < 3; i++) {
            expect_monolith(schedules[i], 3, 5, &settings);
            expect_monolith(schedules[i], 4, 2, &settings);
        }
    }
}
END_TEST

START_TEST(so_does_rendezvous_where_it_does_not_deadlock)
{
    struct rig_settings settings = usual;

    settings.capacity = 0;
    settings.lockstep = _i == 1;
    expect_monolith("naive", 4, 5, &settings);
    expect_monolith("gpipe", 4, 5, &settings);
}
END_TEST

START_TEST(so_does_any_cut_of_the_layers)
{
    static const int cuts[][3] = {{1, 1, 6}, {6, 1, 1}, {2, 5, 1}};
    struct outcome reference;
    struct cause cause;
    struct plan *plan = schedule_plan("1f1b", 3, 3, 4, &cause);

    train(&reference, NULL, NULL, 4, &usual);
    for (size_t c = 0; c < sizeof cuts / sizeof *cuts; c++) {
        struct outcome piped;

        train(&piped, plan, cuts[c], 4, &usual);
        expect_same(&piped, &reference, "1f1b, cut by hand");
        free(piped.weights);
    }
    free(reference.weights);
    plan_free(plan);
}
END_TEST

START_TEST(so_does_a_plan_from_a_file)
{
    static const char *const files[] = {
        /* split backward, W late */
        "0F0,0F1,0I0,0I1,0W0,0W1\n1F0,1I0,1F1,1I1,1W0,1W1\n",
        /* looped, two stages a rank */
        "0F0,0F1,2F0,2F1,2B0,2B1,0B0,0B1\n1F0,1F1,3F0,3F1,3B0,3B1,1B0,1B1\n",
        /* V-shaped */
        "0F0,0F1,3F0,3B0,3F1,3B1,0B0,0B1\n1F0,2F0,1F1,2F1,2B0,1B0,2B1,1B1\n",
        /* overlapped forward and backward */
        "0F0,0F1,(0F2;0B0)OVERLAP_F_B,0B1,0B2\n1F0,1B0,1F1,1B1,1F2,1B2\n",
        /* an arbitrary placement */
        "0F0,0F1,1F0,1F1,1B0,1B1,0B0,0B1\n2F0,2B0,2F1,2B1\n",
    };

    for (size_t f = 0; f < sizeof files / sizeof *files; f++)
        expect_plan_equals_monolith(plan_drawn(files[f]), &usual);
}
END_TEST

/* By way of their text: any placement, order of the weight gradients, mixture
 * of whole, split and overlapped. */
START_TEST(so_does_any_plan)
{
    int trained = 0;

    for (unsigned seed = 0; seed < 150; seed += (unsigned)stride()) {
        struct rig_settings settings = usual;
        struct plan *made = plan_random(seed);
        char *text = csv_text(made);
        struct plan *plan = plan_drawn(text);

        plan_rename(plan, made->name);
        free(text);
        plan_free(made);
        if (plan_trains(plan) && plan->stages <= LAYERS) {
            settings.recompute = seed * 2654435761u >> 24;
            expect_plan_equals_monolith(plan, &settings);
            trained++;
        } else {
            plan_free(plan);
        }
    }
    ck_assert_int_gt(trained, 75 / stride());
}
END_TEST

/* Of two batches in turn: the third loss is the first one's, and that the
 * monolith's before its first step. */
START_TEST(a_plan_without_backwards_runs_and_changes_nothing)
{
    static const char *const files[] = {
        "0F0,0F1,0F2\n1F0,1F1,1F2\n2F0,2F1,2F2\n",
        "0F0,0F1,3F0,3F1\n1F0,2F0,1F1,2F1\n",
        "0F0,1F0,2F0\n",
        "0F0,0F1,2F0,2F1\n1F0,1F1\n",
    };

    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        struct plan *plan = plan_drawn(files[f]);
        struct outcome reference;
        struct outcome piped;
        int split[LAYERS];

        rig_split(plan->stages, split);
        train(&reference, NULL, NULL, plan->mbs, &usual);
        train(&piped, plan, split, plan->mbs, &usual);
        ck_assert_msg(piped.losses[0] == reference.losses[0] &&
                          piped.losses[2] == reference.losses[0],
                      "%s", files[f]);
        free(reference.weights);
        free(piped.weights);
        plan_free(plan);
    }
}
END_TEST

/* One step of Adam moves a weight by lr times a number that is a sign for all
 * but tiny gradients, so weights are compared after a step of SGD: there the
 * difference is lr times that of the gradients, whose sums of BATCH terms are
 * of order one. Losses are sums of BATCH terms too. */
START_TEST(microbatches_sum_to_the_unsplit_batch_within_rounding)
{
    struct rig_settings settings = usual;
    struct outcome whole;

    settings.optimizer = OPTIMIZER_SGD;
    train(&whole, NULL, NULL, 1, &settings);
    for (int mbs = 2; mbs <= BATCH; mbs++) {
        struct outcome cut;

        train(&cut, NULL, NULL, mbs, &settings);
        for (int s = 0; s < STEPS; s++)
            ck_assert_double_eq_tol(cut.losses[s], whole.losses[s], 1e-5);
        for (size_t i = 0; i < whole.count; i++)
            ck_assert_double_eq_tol((double)cut.weights[i],
                                    (double)whole.weights[i], 1e-6);
        free(cut.weights);
    }
    free(whole.weights);
}
END_TEST

START_TEST(training_goes_on_over_epochs_as_one)
{
    struct rig_settings settings = usual;
    struct outcome once;
    struct outcome again;

    settings.shuffle = true;
    train(&once, NULL, NULL, 3, &settings);
    train(&again, NULL, NULL, 3, &settings);
    expect_same(&again, &once, "repeated");
    /* Two batches an epoch: the third step starts a shuffled epoch anew. */
    settings.shuffle = false;
    free(again.weights);
    train(&again, NULL, NULL, 3, &settings);
    ck_assert(memcmp(again.losses, once.losses, sizeof once.losses) != 0);
    free(once.weights);
    free(again.weights);
}
END_TEST

/* Puts out ones everywhere, whatever goes in, while the gradient of unit 0
 * grows a billionfold from layer to layer on its way back: it takes one input
 * away from an equal one. */
static void
make_explosive(struct trainer *trainer)
{
    for (int s = 0; s < trainer->stage_count; s++) {
        struct slice *slice = trainer->stages[s].slice;

        for (int l = slice->first; l < slice->first + slice->count; l++) {
            struct tensor weight = slice_layer(slice, slice->weights, l);

            memset(weight.data, 0, tensor_count(weight) * sizeof(float));
            for (int u = 0; u < weight.rows; u++)
                weight.data[tensor_count(weight) + (size_t)u] = 1.0f;
            if (l > 0) {
                weight.data[0] = 1e9f;
                weight.data[1] = -1e9f;
            }
        }
        slice_pack(slice);
    }
}

/* Layer 1 puts out 2^100, which layer 2 takes back to 1; the gradient that
 * comes to layer 2 is large. All are finite, but not the product of the two,
 * which is the gradient of layer 2's weight. */
static void
make_overflow_in_product(struct trainer *trainer)
{
    make_explosive(trainer);
    for (int s = 0; s < trainer->stage_count; s++) {
        struct slice *slice = trainer->stages[s].slice;

        for (int l = slice->first; l < slice->first + slice->count; l++) {
            struct tensor weight = slice_layer(slice, slice->weights, l);
            float *bias = weight.data + tensor_count(weight);

            weight.data[0] = l == 2 ? 0x1p-100f : l == 3 ? 0x1p40f : 0.0f;
            weight.data[1] = l == 3 ? -0x1p40f : 0.0f;
            bias[0] = l == 1 ? 0x1p100f : l == 2 ? 0.0f : 1.0f;
            if (l > 3)
                weight.data[0] = 1.0f;
        }
        slice_pack(slice);
    }
}

/* Fails in the first step: on the rank and stage that hold the layer, or, where
 * halves of backwards may come in another order, one before it. */
static void
expect_failure(const struct plan *plan, int mbs,
               void (*spoil)(struct trainer *), int layer, const char *what)
{
    struct rig_settings settings = usual;
    int split[LAYERS];
    int rank, step, stage;
    int length = 0;
    const struct slice *slice;
    struct rig rig;

    if (plan)
        rig_split(plan->stages, split);
    rig_open(&rig, plan, split, mbs, &settings);
    spoil(rig.trainer);
    ck_assert_int_eq(trainer_steps(rig.trainer, STEPS), RUN_FAILED);
    sscanf(rig.trainer->cause.text, "rank %d, step %d, stage %d, %n", &rank,
           &step, &stage, &length);
    ck_assert_msg(length > 0 && strstr(rig.trainer->cause.text, what), "%s",
                  rig.trainer->cause.text);
    ck_assert_int_eq(step, 0);
    ck_assert_int_eq(rank, plan ? plan->rank_of_stage[stage] : 0);
    slice = rig.trainer->stages[stage].slice;
    ck_assert_int_le(slice->first, layer);
    ck_assert(layer < slice->first + slice->count ||
              (plan && plan_has(plan, ACTION_BACKWARD_WEIGHT)));
    rig_close(&rig);

    settings.nan_continue = true;
    rig_open(&rig, plan, split, mbs, &settings);
    spoil(rig.trainer);
    ck_assert_int_eq(trainer_steps(rig.trainer, STEPS), RUN_DONE);
    rig_close(&rig);
}

/* In layer 7's output the gradient is some hundredths: 36 powers of ten on, in
 * layer 3, it is finite, and 45 on, in layer 2, it is not. */
static void
expect_failures(const struct plan *plan, int mbs)
{
    expect_failure(plan, mbs, make_explosive, 2,
                   ": the gradient is not finite");
    expect_failure(plan, mbs, make_overflow_in_product, 2,
                   "sum of 4 microbatches: the gradient of a weight is not "
                   "finite");
}

START_TEST(every_schedule_names_the_stage_where_a_gradient_overflows)
{
    expect_failures(NULL, 4);
    for (int i = 0; policy_at(i); i++)
        for (int stages = 1; stages <= LAYERS; stages++) {
            int ranks =
                policy_at(i)->placement == PLACEMENT_ONE ? stages : stages / 2;
            struct cause cause;
            struct plan *plan;

            if (ranks < 1 ||
                !policy_suits(policy_at(i), ranks, stages, 4, &cause))
                continue;
            plan = policy_plan(policy_at(i), ranks, stages, 4);
            ck_assert_msg(plan != NULL, "%s", cause.text);
            expect_failures(plan, 4);
            plan_free(plan);
        }
}

/* What simulate and compare say of a plan, in what train really takes. */
START_TEST(ranks_take_the_memory_that_is_predicted)
{
    static const char *const schedules[] = {"naive", "gpipe", "1f1b",
                                            "interleaved-1f1b"};
    const struct mlp mlp = {
        .inputs = 9, .hidden = RIG_HIDDEN, .layers = LAYERS, .classes = 3};

    for (int i = 0; i < 8; i++) {
        struct training_task task = {
            .recipe = {.batch = BATCH,
                       .mbs = 6,
                       .optimizer = optimizer_defaults(OPTIMIZER_ADAM)},
            .mlp = mlp,
        };
        struct cause cause;
        int stages = i % 4 < 3 ? 3 : 6;
        struct plan *plan =
            schedule_plan(schedules[i % 4], 3, stages, 6, &cause);
        static const bool all[] = {true, true, true, true, true, true};
        const bool *recompute = i < 4 ? NULL : all;
        float work[BATCH * (LAYERS * RIG_HIDDEN + RIG_CLASSES)];
        struct plan *lowered = lower(plan);
        struct memory_summary *memory;
        struct footprint *takes;
        struct slot_index *index = slots_index_new(lowered);
        int split[LAYERS];
        int first = 0;

        rig_split(stages, split);
        memory =
            rank_memory(plan, &mlp, split, BATCH, OPTIMIZER_ADAM, recompute);
        takes = rank_memory_stages(plan, &mlp, split, BATCH, recompute);
        for (int s = 0; s < stages; s++) {
            int64_t *bytes = memory[plan->rank_of_stage[s]].bytes;
            struct mlp_stage stage;

            mlp_stage_init(&stage, &task, index, s, first, split[s], NULL,
                           recompute ? work : NULL);
            bytes[MEMORY_WEIGHTS] -=
                (int64_t)(stage.slice->params * sizeof(float));
            bytes[MEMORY_OPTIMIZER] -=
                (int64_t)(2 * stage.slice->optimizer.count * sizeof(float));
            bytes[MEMORY_ACTIVATIONS] -=
                stage.slots[SLOT_STASH].count * takes[s].stash +
                stage.slots[SLOT_KEPT].count * takes[s].input +
                takes[s].backward;
            first += split[s];
            mlp_stage_fini(&stage);
        }
        for (int r = 0; r < 3; r++) {
            const int64_t *bytes = memory[r].bytes;

            ck_assert_int_eq(bytes[MEMORY_WEIGHTS], 0);
            ck_assert_int_eq(bytes[MEMORY_OPTIMIZER], 0);
            /* Stages of one rank reach their peaks at different times. */
            if (stages == 3)
                ck_assert_int_eq(bytes[MEMORY_ACTIVATIONS], 0);
            else
                ck_assert_int_le(bytes[MEMORY_ACTIVATIONS], 0);
        }
        free(takes);
        free(memory);
        slots_index_free(index);
        plan_free(lowered);
        plan_free(plan);
    }
}
END_TEST

#if defined __SSE__ || defined __aarch64__
/* By their bits: where they count as zero, comparing does not tell. */
static int
subnormals(const float floats[], size_t count)
{
    int found = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t bits;

        memcpy(&bits, &floats[i], sizeof bits);
        bits &= INT32_MAX;
        found += bits > 0 && bits < 1u << (FLT_MANT_DIG - 1);
    }
    return found;
}

/* Of units that no example wakes, the moments decay for as long as one trains:
 * by a tenth a step, they are that small after 800. */
START_TEST(no_thread_leaves_subnormal_moments)
{
    struct rig_settings settings = {
        .optimizer = OPTIMIZER_ADAM, .batch = RIG_BATCH, .steps = 1500};
    struct cause cause;
    struct plan *plan =
        _i == 0 ? NULL : schedule_plan("1f1b", 1 << _i, 1 << _i, 2, &cause);
    int split[RIG_LAYERS];
    struct rig rig;

    if (plan)
        rig_split(plan->stages, split);
    settings.capacity = CAPACITY_AUTO;
    rig_open(&rig, plan, plan ? split : NULL, 2, &settings);
    ck_assert_int_eq(trainer_steps(rig.trainer, settings.steps), RUN_DONE);
    for (int s = 0; s < rig.trainer->stage_count; s++) {
        const struct optimizer *moments =
            &rig.trainer->stages[s].slice->optimizer;

        ck_assert_int_eq(subnormals(moments->first, moments->count), 0);
        ck_assert_int_eq(subnormals(moments->second, moments->count), 0);
    }
    rig_close(&rig);
    plan_free(plan);
}
END_TEST
#endif

#ifdef COUNTS_ALLOCATIONS
/* Allocations of a run of so many steps, threads and all. */
static long
count_allocations(const char *schedule, int steps)
{
    struct trainer_options options = {
        .task = {.recipe = recipe_defaults(), .mlp = rig_mlp},
        .run = {.bind = true},
    };
    struct dataset data;
    struct trainer *trainer;
    struct cause cause;
    struct plan *plan = schedule_plan(schedule, 4, 4, 5, &cause);
    struct plan *lowered = lower(plan);
    struct cost cost;
    int split[4];
    long before;
    enum run_status status;

    dataset_random(&data, BATCH, RIG_INPUTS, RIG_CLASSES, 5);
    cost_init(&cost, 4);
    rig_split(4, split);
    options.data = &data;
    options.task.recipe.batch = BATCH;
    options.task.recipe.mbs = 5;
    options.task.recipe.steps = steps + 1;
    options.run.plan = lowered;
    options.run.timing = (struct timing){.cost = &cost, .capacity = 2};
    options.split = split;
    trainer = trainer_new(&options);
    ck_assert_int_eq(trainer_steps(trainer, 1), RUN_DONE);
    before = atomic_load(&allocations);
    status = trainer_steps(trainer, steps);
    before = atomic_load(&allocations) - before;
    ck_assert_int_eq(status, RUN_DONE);
    trainer_free(trainer);
    cost_fini(&cost);
    dataset_fini(&data);
    plan_free(lowered);
    plan_free(plan);
    return before;
}

START_TEST(a_step_allocates_nothing)
{
    static const char *const schedules[] = {"naive", "gpipe", "1f1b"};
    void *volatile probe;
    long before = atomic_load(&allocations);

    probe = malloc(1); /* that the counter counts */
    free(probe);
    ck_assert_int_eq(atomic_load(&allocations) - before, 1);
    for (int i = 0; i < 3; i++) {
        long few = count_allocations(schedules[i], 1);
        long many = count_allocations(schedules[i], 200);

        ck_assert_msg(many == few,
                      "%s: %ld allocations in 200 steps, %ld in 1",
                      schedules[i], many, few);
    }
}
END_TEST
#endif

int
main(void)
{
    Suite *suite = suite_create("train");
    TCase *laws = tcase_create("pipeline and monolith");
    int policies = 0;

    tcase_set_timeout(laws, 60);
    while (policy_at(policies))
        policies++;
    tcase_add_loop_test(laws, every_schedule_equals_the_monolith_bit_for_bit,
                        1, LAYERS + 1);
    tcase_add_loop_test(
        laws, so_does_every_schedule_with_several_stages_a_rank, 1, 5);
    tcase_add_test(laws, so_does_what_the_greedy_search_finds);
    tcase_add_test(laws,
                   only_breadth_first_adds_weight_gradients_out_of_order);
    tcase_add_loop_test(laws, so_does_a_stage_that_runs_its_forward_again, 0,
                        policies);
    tcase_add_test(laws, so_does_every_setting_that_is_no_arithmetic);
    tcase_add_loop_test(laws, so_does_rendezvous_where_it_does_not_deadlock, 0,
                        2);
    tcase_add_test(laws, so_does_any_cut_of_the_layers);
    tcase_add_test(laws, so_does_a_plan_from_a_file);
    tcase_add_test(laws, so_does_any_plan);
    tcase_add_test(laws, a_plan_without_backwards_runs_and_changes_nothing);
    tcase_add_test(laws,
                   microbatches_sum_to_the_unsplit_batch_within_rounding);
    tcase_add_test(laws, ranks_take_the_memory_that_is_predicted);
    tcase_add_test(laws, training_goes_on_over_epochs_as_one);
    tcase_add_test(laws,
                   every_schedule_names_the_stage_where_a_gradient_overflows);
#if defined __SSE__ || defined __aarch64__
    tcase_add_loop_test(laws, no_thread_leaves_subnormal_moments, 0, 3);
#endif
#ifdef COUNTS_ALLOCATIONS
    tcase_add_test(laws, a_step_allocates_nothing);
#endif
    suite_add_tcase(suite, laws);
    return suite_main(suite);
}
