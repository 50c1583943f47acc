#include "config.h"

#include "ranks.h"

#include "base/hash.h"
#include "base/memory.h"
#include "base/plural.h"
#include "data/dataset.h"
#include "plan/program.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    BATCH = 12,
    INPUTS = 6,
    HIDDEN = 8,
    CLASSES = 3,
    LAYERS = 4,
    MBS = 4,
    ROWS = BATCH / MBS,
    MOST_STEPS = 5
};

static const struct mlp mlp = {INPUTS, HIDDEN, LAYERS, CLASSES};
static const struct optimizer_options adam = {OPTIMIZER_ADAM, 0.01f,  0.0f,
                                              0.9f,           0.999f, 1e-8f};

static struct slice *
layers(int first, int count)
{
    return slice_new(&mlp, first, count, ROWS, MBS, 0, &adam, 1, NULL);
}

/* A training: what came out of it. */
struct outcome {
    double losses[MOST_STEPS];
    uint64_t hash; /* of the weights */
};

/* The whole model on one thread. */
static struct outcome
train_monolith(const struct dataset *set, int steps)
{
    const struct tensor none = {0};
    struct outcome outcome = {{0}, HASH_START};
    struct slice *model = layers(0, LAYERS);

    for (int step = 0; step < steps; step++) {
        for (int m = 0; m < MBS; m++) {
            int first = m * ROWS;
            struct tensor x = {ROWS, INPUTS, set->values + first * INPUTS};

            tensor_copy(slice_input(model, m, ROWS), x);
            slice_forward(model, m, ROWS);
            outcome.losses[step] +=
                slice_loss(model, m, set->labels + first, ROWS, BATCH);
            slice_backward(model, m, none, none, ROWS);
        }
        slice_step(model);
    }
    outcome.hash = slice_hash(model, outcome.hash);
    slice_free(model);
    return outcome;
}

/* The student's ranks. */
struct team {
    const struct dataset *set;
    const struct plan *plan;
    int steps;
    struct slice *slices[LAYERS];
    double losses[MOST_STEPS];
};

static void
train_rank(struct rank *rank, void *context)
{
    struct team *team = context;
    bool first = rank->number == 0;
    bool last = rank->number == rank->ranks - 1;
    struct loop loop = {
        .rank = rank,
        .plan = team->plan,
        .slice = team->slices[rank->number],
        .steps = team->steps,
        .batch = BATCH,
        .rows = ROWS,
    };

    if (first)
        loop.x = (struct tensor){BATCH, INPUTS, team->set->values};
    else
        loop.dx = tensor_new(ROWS, HIDDEN);
    if (!last)
        loop.dy = tensor_new(ROWS, HIDDEN);
    if (last) {
        loop.labels = team->set->labels;
        loop.losses = team->losses;
    }
    exercise_loop(&loop);
    tensor_free(&loop.dx);
    tensor_free(&loop.dy);
}

/* The plan that the ranks follow: naive, or 1F1B by its rule. */
static struct plan *
plan_of(int ranks, bool naive)
{
    struct plan *plan = plan_new("the plan", ranks, ranks, MBS);

    for (int r = 0; r < ranks; r++) {
        int ahead = naive ? 1 : ranks - r;

        plan->rank_of_stage[r] = r;
        for (int m = 0; m < MBS + ahead; m++) {
            if (m >= ahead)
                plan_add(plan, r,
                         action_of(ACTION_FULL_BACKWARD, r, m - ahead));
            if (m < MBS)
                plan_add(plan, r, action_of(ACTION_FORWARD, r, m));
        }
    }
    return plan;
}

static struct outcome
train_team(const struct dataset *set, int ranks, bool naive, int steps,
           const char *what)
{
    struct plan *plan = plan_of(ranks, naive);
    struct cause cause;
    struct program *program = program_make(plan, &cause);
    struct team team = {.set = set, .plan = program->lowered, .steps = steps};
    struct outcome outcome = {{0}, HASH_START};
    struct ranks_result result;

    for (int r = 0; r < ranks; r++)
        team.slices[r] = layers(r * LAYERS / ranks, LAYERS / ranks);
    doing(what);
    result = ranks_run(ranks, 1, train_rank, &team);
    ck_assert_msg(!result.wrong[0], "%s: %s", what, result.wrong);
    ck_assert_msg(result.sent == program->messages * steps,
                  "%s: %lld tensor%s sent; the plan has %lld in a step", what,
                  (long long)result.sent, plural((long long)result.sent),
                  (long long)program->messages);
    for (int r = 0; r < ranks; r++) {
        outcome.hash = slice_hash(team.slices[r], outcome.hash);
        slice_free(team.slices[r]);
    }
    for (int s = 0; s < steps; s++)
        outcome.losses[s] = team.losses[s];
    program_free(program);
    plan_free(plan);
    return outcome;
}

/* Trains both and compares the losses and, unless it is the first claim's, the
 * weights. */
static void
must_equal_the_monolith(int ranks, bool naive, int steps, bool weights)
{
    struct dataset set;
    struct outcome whole;
    struct outcome team;
    char what[60];

    snprintf(what, sizeof what, "%d rank%s, %s, %d step%s", ranks,
             ranks == 1 ? "" : "s", naive ? "naive" : "1F1B", steps,
             steps == 1 ? "" : "s");
    dataset_random(&set, BATCH, INPUTS, CLASSES, 7);
    whole = train_monolith(&set, steps);
    team = train_team(&set, ranks, naive, steps, what);
    dataset_fini(&set);
    for (int s = 0; s < steps; s++)
        ck_assert_msg(team.losses[s] == whole.losses[s],
                      "%s: the loss of step %d is %.6g, the monolith's %.6g",
                      what, s, team.losses[s], whole.losses[s]);
    ck_assert_msg(!weights || team.hash == whole.hash,
                  "%s: the weights afterwards are not the monolith's", what);
}

START_TEST(one_rank_has_the_loss)
{
    must_equal_the_monolith(1, true, 1, false);
}
END_TEST

START_TEST(one_rank_learns)
{
    must_equal_the_monolith(1, true, 1, true);
    must_equal_the_monolith(1, true, MOST_STEPS, true);
}
END_TEST

START_TEST(two_ranks_pass_on_what_they_have)
{
    must_equal_the_monolith(2, true, MOST_STEPS, true);
}
END_TEST

START_TEST(any_plan_runs_on_it)
{
    must_equal_the_monolith(4, true, MOST_STEPS, true);
    must_equal_the_monolith(2, false, MOST_STEPS, true);
    must_equal_the_monolith(4, false, MOST_STEPS, true);
}
END_TEST

const struct claim claims[] = {
    {"one rank: load, forward, loss", 2, &one_rank_has_the_loss},
    {"one rank: backward, step, and again", 2, &one_rank_learns},
    {"two ranks: what goes up and what comes down", 3,
     &two_ranks_pass_on_what_they_have},
    {"four ranks, naive and 1F1B: the monolith's bits", 3,
     &any_plan_runs_on_it},
    {NULL, 0, NULL},
};
