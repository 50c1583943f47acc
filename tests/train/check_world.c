/* check_world.c -- a training in several processes is the training of one, and
 * replicas of a pipeline train as one pipeline with all their examples. */
#include "config.h"

#include "base/memory.h"
#include "fake_wire.h"
#include "plan/place.h"
#include "policy/policy.h"
#include "rig.h"
#include "search/schedule.h"
#include "train/checkpoint.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

enum { STEPS = 3, RANKS = 4 };

static const struct rig_settings usual = {
    .optimizer = OPTIMIZER_ADAM,
    .capacity = CAPACITY_AUTO,
    .batch = RIG_BATCH,
    .steps = STEPS,
    .shuffle = true,
};

/* A training by one process or by several, with replicas or without. */
struct world_case {
    const char *schedule;
    int stages;
    int mbs;
    int processes; /* of a pipeline */
    int replicas;
    int fails_at; /* step in which replica 1 meets a number that is not finite;
                   * -1: in none */
    bool late;
    struct rig_settings settings;
};

struct world_result {
    enum run_status status;
    struct cause cause;
    double losses[STEPS];
    uint64_t hash;
    double accuracy;
    char *checkpoint;
    size_t size;
};

struct world_member {
    const struct world_case *what;
    struct world all;
    struct world world;
    struct replicas replicas;
    pthread_t thread;
    struct world_result result;
};

static struct plan *
plan_of(const struct world_case *what)
{
    struct cause cause;
    struct plan *plan =
        schedule_plan(what->schedule, RANKS, what->stages, what->mbs, &cause);

    ck_assert_msg(plan != NULL, "%s", cause.text);
    return plan;
}

static void
collect(struct world_result *result, struct trainer *trainer,
        const struct dataset *test, bool writes)
{
    FILE *out = NULL;

    for (int s = 0; s < STEPS; s++)
        result->losses[s] = trainer_loss(trainer, s);
    result->hash = trainer_weights_hash(trainer);
    result->accuracy = trainer_accuracy(trainer, test);
    if (writes)
        out = open_memstream(&result->checkpoint, &result->size);
    checkpoint_write(out, trainer, 17);
    if (out)
        fclose(out);
}

/* Makes the weights of one replica not finite before a step. */
static enum run_status
steps_with_failure(struct trainer *trainer, int fails_at)
{
    enum run_status status = RUN_DONE;

    if (fails_at > 0)
        status = trainer_steps(trainer, fails_at);
    if (status == RUN_DONE && trainer->stages[0].slice)
        trainer->stages[0].slice->weights[0] = NAN;
    return status == RUN_DONE ? trainer_steps(trainer, STEPS - fails_at)
                              : status;
}

static void
train_world(const struct world_case *what, const struct rig_settings *settings,
            bool fails, bool writes, struct world_result *result)
{
    struct plan *plan = plan_of(what);
    struct rig rig;
    int split[RIG_LAYERS];

    rig_split(what->stages, split);
    rig_open(&rig, plan, split, what->mbs, settings);
    if (what->fails_at < 0)
        result->status = trainer_steps(rig.trainer, STEPS);
    else if (fails)
        result->status = steps_with_failure(rig.trainer, what->fails_at);
    else {
        result->status = RUN_DONE;
        if (what->fails_at > 0)
            result->status = trainer_steps(rig.trainer, what->fails_at);
        result->status = trainer_steps(rig.trainer, STEPS - what->fails_at);
    }
    result->cause = rig.trainer->cause;
    if (result->status == RUN_DONE)
        collect(result, rig.trainer, &rig.data, writes);
    rig_close(&rig);
    plan_free(plan);
}

static void *
member_main(void *argument)
{
    struct world_member *member = argument;
    const struct world_case *what = member->what;
    struct rig_settings settings = what->settings;
    struct plan *plan = plan_of(what);

    settings.world = &member->world;
    if (what->replicas > 1) {
        settings.all = &member->all;
        settings.replicas = &member->replicas;
        for (int p = 0; p < plan_places(plan); p++)
            wire_group(member->world.wire, p,
                       world_is_home(&member->world, plan->rank_of_stage[p]));
    }
    plan_free(plan);
    train_world(what, &settings, member->replicas.number == 1,
                member->world.wire->process == 0, &member->result);
    return NULL;
}

static void
run_members(const struct world_case *what, struct world_member members[])
{
    int all = what->processes * what->replicas;
    struct fake fake;

    fake_init(&fake, all, what->late);
    for (int p = 0; p < all; p++) {
        struct wire *wire = &fake.wires[p].wire;
        int replica = p / what->processes;

        members[p] = (struct world_member){
            .what = what,
            .all = {.wire = wire, .count = all, .ranks = all},
            .world = {.wire = wire,
                      .first = replica * what->processes,
                      .count = what->processes,
                      .ranks = RANKS},
            .replicas = {wire, what->replicas, replica},
        };
    }
    for (int p = 0; p < all; p++)
        ck_assert_int_eq(
            pthread_create(&members[p].thread, NULL, member_main, &members[p]),
            0);
    for (int p = 0; p < all; p++)
        pthread_join(members[p].thread, NULL);
    fake_fini(&fake);
    ck_assert_int_eq(fake.lost, 0);
}

static void
expect_as_one(const struct world_case *what)
{
    struct world_member members[FAKE_PROCESSES];
    struct world_result one = {.status = RUN_FAILED};

    train_world(what, &what->settings, false, true, &one);
    run_members(what, members);
    for (int p = 0; p < what->processes; p++) {
        const struct world_result *got = &members[p].result;

        ck_assert_int_eq(got->status, RUN_DONE);
        ck_assert_mem_eq(got->losses, one.losses, sizeof one.losses);
        ck_assert_msg(got->hash == one.hash, "%s: other weights",
                      what->schedule);
        ck_assert(got->accuracy == one.accuracy);
    }
    ck_assert_uint_eq(members[0].result.size, one.size);
    ck_assert_mem_eq(members[0].result.checkpoint, one.checkpoint, one.size);
    free(members[0].result.checkpoint);
    free(one.checkpoint);
}

/* Losses, weights, accuracy and checkpoint are the same bits. _i: a
 * schedule. */
START_TEST(several_processes_train_as_one)
{
    struct world_case what = {.schedule = policy_at(_i)->name,
                              .replicas = 1,
                              .fails_at = -1,
                              .settings = usual};
    struct cause cause;

    for (what.stages = 4; what.stages <= 8; what.stages *= 2)
        for (what.mbs = 4; what.mbs <= 8; what.mbs += 4)
            for (what.processes = 1; what.processes <= 4; what.processes++) {
                if (!policy_suits(policy_at(_i), RANKS, what.stages, what.mbs,
                                  &cause))
                    continue;
                what.late = what.processes % 2 == 0;
                what.settings.optimizer =
                    what.mbs == 4 ? OPTIMIZER_ADAM : OPTIMIZER_SGD;
                what.settings.recompute = what.mbs == 8 ? 5 : 0;
                expect_as_one(&what);
            }
}
END_TEST

static void
expect_near(const struct world_member members[], const struct world_case *what,
            const struct world_result *whole)
{
    for (int p = 0; p < what->processes * what->replicas; p++) {
        const struct world_result *got = &members[p].result;

        ck_assert_int_eq(got->status, RUN_DONE);
        /* All replicas have the same weights, to the bit. */
        ck_assert_msg(got->hash == members[0].result.hash,
                      "process %d: other weights than replica 0", p);
        for (int s = 0; s < STEPS; s++)
            ck_assert_msg(fabs(got->losses[s] - whole->losses[s]) < 1e-5,
                          "process %d: loss %.9g, not %.9g", p, got->losses[s],
                          whole->losses[s]);
    }
}

/* The sums of 12 to 24 terms of order one are added up in another order, so
 * losses differ by less than 1e-5 after a few steps of SGD, which is rounding;
 * and two runs do not differ. */
START_TEST(replicas_train_as_one_pipeline_with_all_examples)
{
    static const char *const schedules[] = {"1f1b", "zb1p", "chimera"};

    for (int replicas = 2; replicas <= 4; replicas++)
        for (int i = 0; i < 3; i++) {
            struct world_case what = {.schedule = schedules[i],
                                      .stages = 4,
                                      .mbs = 4,
                                      .processes = replicas == 2 ? 2 : 1,
                                      .replicas = replicas,
                                      .fails_at = -1,
                                      .settings = usual};
            struct world_case whole = what;
            struct world_result one = {.status = RUN_FAILED};
            struct world_member members[FAKE_PROCESSES];
            uint64_t hash;

            what.settings.optimizer = OPTIMIZER_SGD;
            what.settings.batch = 12;
            /* Two batches of all replicas. */
            what.settings.examples = 24 * replicas;
            whole.settings = what.settings;
            whole.settings.batch = 12 * replicas;
            whole.mbs = what.mbs * replicas;
            train_world(&whole, &whole.settings, false, false, &one);
            run_members(&what, members);
            expect_near(members, &what, &one);
            hash = members[0].result.hash;
            free(members[0].result.checkpoint);
            run_members(&what, members);
            ck_assert(members[0].result.hash == hash);
            free(members[0].result.checkpoint);
        }
}
END_TEST

/* Whichever step it is in, all processes of all replicas end with its word.
 * _i: the step. */
START_TEST(a_failure_in_one_replica_ends_all)
{
    struct world_case what = {.schedule = "1f1b",
                              .stages = 4,
                              .mbs = 4,
                              .processes = 2,
                              .replicas = 2,
                              .fails_at = _i,
                              .settings = usual};
    struct world_member members[FAKE_PROCESSES];

    what.settings.examples = 4 * RIG_BATCH;
    for (int repeat = 0; repeat < 20; repeat++) {
        what.late = repeat % 2 == 1;
        run_members(&what, members);
        for (int p = 0; p < 4; p++) {
            ck_assert_int_eq(members[p].result.status, RUN_FAILED);
            ck_assert_msg(
                strstr(members[p].result.cause.text, "stage 0, microbatch"),
                "process %d: \"%s\"", p, members[p].result.cause.text);
        }
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("world");
    TCase *tcase = tcase_create("world");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, several_processes_train_as_one, 0, 16);
    tcase_add_test(tcase, replicas_train_as_one_pipeline_with_all_examples);
    tcase_add_loop_test(tcase, a_failure_in_one_replica_ends_all, 0, STEPS);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
