#include "config.h"

#include "plans.h"

#include "base/memory.h"
#include "base/rng.h"
#include "plan/csv.h"
#include "plan/lower.h"
#include "plan/placement.h"
#include "plan/place.h"

#include "checks.h"

#include <stdlib.h>
#include <string.h>

const char *const plain_schedules[3] = {"naive", "gpipe", "1f1b"};

const char *
shape_text(const struct plan *plan)
{
    static char text[96];

    snprintf(text, sizeof text, "%s P=%d S=%d M=%d", plan->name, plan->ranks,
             plan->stages, plan->mbs);
    return text;
}

struct program *
program_of(const struct plan *plan)
{
    struct cause cause = {.text = ""};
    struct program *program;

    ck_assert_msg((program = program_make(plan, &cause)) != NULL, "%s: %s",
                  shape_text(plan), cause.text);
    return program;
}

/* Rank r's list: so many forwards ahead, then one forward and one backward in
 * turn, then the backwards that are left. All plain schedules are of this form;
 * the policies are held against it. */
static void
add_rank(struct plan *plan, int rank, int ahead)
{
    int backwards = 0;

    for (int m = 0; m < plan->mbs; m++) {
        plan_add(plan, rank, action_of(ACTION_FORWARD, rank, m));
        if (m >= ahead)
            plan_add(plan, rank,
                     action_of(ACTION_FULL_BACKWARD, rank, backwards++));
    }
    while (backwards < plan->mbs)
        plan_add(plan, rank,
                 action_of(ACTION_FULL_BACKWARD, rank, backwards++));
}

struct plan *
plan_of(const char *schedule, int ranks, int mbs)
{
    struct plan *plan = plan_new(schedule, ranks, ranks, mbs);

    for (int r = 0; r < ranks; r++) {
        plan->rank_of_stage[r] = r;
        if (strcmp(schedule, "naive") == 0)
            add_rank(plan, r, 0);
        else if (strcmp(schedule, "gpipe") == 0)
            add_rank(plan, r, mbs);
        else if (strcmp(schedule, "1f1b") == 0)
            add_rank(plan, r, ranks - 1 - r);
        else
            ck_abort_msg("%s is no plain schedule", schedule);
    }
    return plan;
}

static struct plan *
lowered_and_freed(struct plan *plan)
{
    struct plan *lowered = lower(plan);

    plan_free(plan);
    return lowered;
}

struct plan *
lowered_of(const char *schedule, int ranks, int mbs)
{
    return lowered_and_freed(plan_of(schedule, ranks, mbs));
}

struct plan *
plan_drawn(const char *csv)
{
    FILE *in = fmemopen((void *)(uintptr_t)csv, strlen(csv), "r");
    struct cause cause = {.text = ""};
    struct csv_notes notes;
    struct plan *plan;

    ck_assert_ptr_nonnull(in);
    plan = csv_read_sharded(in, "drawn", &notes, &cause);
    fclose(in);
    ck_assert_msg(plan != NULL, "%s", cause.text);
    return plan;
}

struct plan *
lowered_drawn(const char *csv)
{
    return lowered_and_freed(plan_drawn(csv));
}

/* A random plan in the making: actions are added in an order in which they
 * could run one at a time, so that the plan cannot deadlock. */
struct maker {
    struct plan *plan;
    struct rng rng;
    bool *forwards;  /* stages x mbs: has been added */
    bool *backwards; /* stages x mbs: likewise, B or I */
    bool *owed;      /* stages x mbs: I but not yet W */
    int left;        /* actions still to come */
    bool trains;     /* has backwards */
    uint32_t split;  /* of 4 backwards so many are I and W */
    enum { ASCENDING, DESCENDING, ANY_ORDER } order;
};

/* Any stage anywhere, but one on each rank at least. */
static void
scatter(struct plan *plan, struct rng *rng)
{
    int *rank_of = plan->rank_of_stage;

    for (int s = 0; s < plan->stages; s++) {
        int other = (int)rng_below(rng, (uint32_t)s + 1);

        rank_of[s] = rank_of[other];
        rank_of[other] =
            s < plan->ranks ? s : (int)rng_below(rng, (uint32_t)plan->ranks);
    }
}

static struct plan *
random_shape(struct rng *rng, unsigned seed)
{
    int ranks = 1 + (int)rng_below(rng, 4);
    int stages = ranks * (1 + (int)rng_below(rng, 3));
    int mbs = 1 + (int)rng_below(rng, 6);
    bool v = stages == 2 * ranks && rng_below(rng, 2);
    bool scattered = rng_below(rng, 3) == 0;
    char name[32];
    struct plan *plan;

    snprintf(name, sizeof name, "random %u", seed);
    if (scattered)
        stages = ranks + (int)rng_below(rng, (uint32_t)(2 * ranks + 1));
    plan = plan_new(name, ranks, stages, mbs);
    if (scattered)
        scatter(plan, rng);
    else
        for (int s = 0; s < stages; s++)
            plan->rank_of_stage[s] =
                placement_rank(v ? PLACEMENT_V : PLACEMENT_LOOPED, ranks, s);
    return plan;
}

static size_t
cell_of(const struct maker *maker, int stage, int mb)
{
    return (size_t)stage * (size_t)maker->plan->mbs + (size_t)mb;
}

/* The microbatch that a stage takes next, or -1: the first or last that has not
 * been added, or any, which may have been. */
static int
next_mb(struct maker *maker, const bool added[], int stage, bool descends)
{
    int mbs = maker->plan->mbs;
    int mb = 0;

    if (maker->order == ANY_ORDER)
        mb = (int)rng_below(&maker->rng, (uint32_t)mbs);
    else
        while (mb < mbs &&
               added[cell_of(maker, stage, descends ? mbs - 1 - mb : mb)])
            mb++;
    if (mb < mbs && descends)
        mb = mbs - 1 - mb;
    return mb < mbs && !added[cell_of(maker, stage, mb)] ? mb : -1;
}

/* The microbatch whose forward can be added, or -1. */
static int
ready_forward(struct maker *maker, int stage)
{
    int mb = next_mb(maker, maker->forwards, stage, false);

    return mb >= 0 && (stage == 0 ||
                       maker->forwards[cell_of(maker, stage - 1, mb)])
               ? mb
               : -1;
}

static int
ready_backward(struct maker *maker, int stage)
{
    int mb =
        next_mb(maker, maker->backwards, stage, maker->order == DESCENDING);

    return maker->trains && mb >= 0 &&
                   maker->forwards[cell_of(maker, stage, mb)] &&
                   (stage == maker->plan->stages - 1 ||
                    maker->backwards[cell_of(maker, stage + 1, mb)])
               ? mb
               : -1;
}

static struct action
take_forward(struct maker *maker, int stage, int mb)
{
    maker->left--;
    maker->forwards[cell_of(maker, stage, mb)] = true;
    return action_of(ACTION_FORWARD, stage, mb);
}

static struct action
take_backward(struct maker *maker, int stage, int mb)
{
    maker->backwards[cell_of(maker, stage, mb)] = true;
    if (rng_below(&maker->rng, 4) < maker->split) {
        maker->owed[cell_of(maker, stage, mb)] = true;
        return action_of(ACTION_BACKWARD_INPUT, stage, mb);
    }
    maker->left--;
    return action_of(ACTION_FULL_BACKWARD, stage, mb);
}

static void
add_weight(struct maker *maker, int stage)
{
    struct plan *plan = maker->plan;
    int mb = (int)rng_below(&maker->rng, (uint32_t)plan->mbs);
    bool *owed = &maker->owed[cell_of(maker, stage, mb)];

    if (!*owed)
        return;
    *owed = false;
    maker->left--;
    plan_add(plan, plan->rank_of_stage[stage],
             action_of(ACTION_BACKWARD_WEIGHT, stage, mb));
}

/* Runs a forward and a backward as one block, if both could start now. */
static void
add_overlap(struct maker *maker, int stage)
{
    struct plan *plan = maker->plan;
    int rank = plan->rank_of_stage[stage];
    int other = (int)rng_below(&maker->rng, (uint32_t)plan->stages);
    int forward_mb = ready_forward(maker, stage);
    int backward_mb = ready_backward(maker, other);
    struct action overlap;
    struct action backward;

    if (plan->rank_of_stage[other] != rank || forward_mb < 0 ||
        backward_mb < 0)
        return;
    overlap = take_forward(maker, stage, forward_mb);
    backward = take_backward(maker, other, backward_mb);
    overlap.kind = ACTION_OVERLAP_F_B;
    overlap.pair_kind = backward.kind;
    overlap.pair_stage = backward.stage;
    overlap.pair_mb = backward.mb;
    plan_add(plan, rank, overlap);
}

static void
add_random(struct maker *maker)
{
    struct plan *plan = maker->plan;
    int stage = (int)rng_below(&maker->rng, (uint32_t)plan->stages);
    int rank = plan->rank_of_stage[stage];
    int mb;

    switch (rng_below(&maker->rng, 4)) {
    case 0:
        mb = ready_forward(maker, stage);
        if (mb >= 0)
            plan_add(plan, rank, take_forward(maker, stage, mb));
        break;
    case 1:
        mb = ready_backward(maker, stage);
        if (mb >= 0)
            plan_add(plan, rank, take_backward(maker, stage, mb));
        break;
    case 2:
        add_weight(maker, stage);
        break;
    default:
        add_overlap(maker, stage);
    }
}

struct plan *
plan_random(unsigned seed)
{
    struct maker maker = {0};
    size_t cells;

    rng_init(&maker.rng, seed, RNG_TEST, 0);
    maker.plan = random_shape(&maker.rng, seed);
    cells = (size_t)maker.plan->stages * (size_t)maker.plan->mbs;
    maker.forwards = memory_new(cells, sizeof *maker.forwards);
    maker.backwards = memory_new(cells, sizeof *maker.backwards);
    maker.owed = memory_new(cells, sizeof *maker.owed);
    maker.trains = rng_below(&maker.rng, 8) > 0;
    maker.left = (int)((1 + maker.trains) * cells);
    maker.split = rng_below(&maker.rng, 5);
    switch (rng_below(&maker.rng, 4)) {
    case 0:
        maker.order = DESCENDING;
        break;
    case 1:
        maker.order = ASCENDING;
        break;
    default:
        maker.order = ANY_ORDER;
    }
    while (maker.left > 0)
        add_random(&maker);
    free(maker.forwards);
    free(maker.backwards);
    free(maker.owed);
    return maker.plan;
}

struct program
program_around(struct plan *lowered)
{
    return (struct program){.lowered = lowered,
                            .runs_at = lowered->mbs,
                            .trains = plan_trains(lowered),
                            .unordered_stage = -1};
}

static char *
text_of(const struct plan *plan,
        void (*print)(FILE *out, const struct plan *plan))
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    ck_assert_ptr_nonnull(out);
    print(out, plan);
    ck_assert_int_eq(fclose(out), 0);
    return text;
}

char *
plan_text(const struct plan *plan)
{
    return text_of(plan, plan_print);
}

char *
csv_text(const struct plan *plan)
{
    return text_of(plan, csv_write);
}

bool
plan_equal(const struct plan *a, const struct plan *b)
{
    char *texts[2];
    bool equal = a->ranks == b->ranks && a->stages == b->stages &&
                 a->mbs == b->mbs && a->lowered == b->lowered;

    if (!equal)
        return false;
    if (a->copies != b->copies)
        return false;
    for (int p = 0; p < plan_places(a); p++)
        if (a->rank_of_stage[p] != b->rank_of_stage[p])
            return false;
    for (int m = 0; m < a->mbs && a->copies == 2; m++)
        if (a->copy_of_mb[m] != b->copy_of_mb[m])
            return false;
    texts[0] = plan_text(a);
    texts[1] = plan_text(b);
    equal = strcmp(texts[0], texts[1]) == 0;
    free(texts[0]);
    free(texts[1]);
    return equal;
}
