/* policy_v_half_min.c -- V-shaped stages placed so that few activations are
 * alive. */
#include "config.h"

#include "base/memory.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stdlib.h>

/* Qi et al., "Pipeline parallelism with controllable memory" (NeurIPS 2024). A
 * schedule is a building block: the six actions of one microbatch on each
 * rank, in units of one action, repeated every six units. Over V-shaped stages
 * a microbatch passes each rank four times:
 *
 *   F of chunk 0 down the ranks, F of chunk 1 up, I of chunk 1 down, I of chunk
 *   0 up
 *
 * Its activations live as long as this takes. V-Min moves one rank a unit all
 * the way, which is the fastest, and needs a third of 1F1B's memory; V-Half
 * takes two units a rank on the way down and needs half.
 *
 * On no rank may two of the six actions start on the same unit modulo six; the
 * small delays take care of that. The two W take the two residues that are
 * left, in the order that needs less memory.
 *
 * Then squeeze() closes the gaps of the first and the last repetitions. */
enum { PERIOD = 6 };

/* F, and the two halves of its backward, in the order in which they can
 * run. */
enum { F, I, W, KINDS };

static const enum action_kind kinds[KINDS] = {
    ACTION_FORWARD, ACTION_BACKWARD_INPUT, ACTION_BACKWARD_WEIGHT};

struct stage {
    int start[KINDS]; /* of microbatch 0, in the block */
    int done[KINDS];  /* microbatches */
};

struct squeeze {
    struct plan *plan;
    struct stage *stages;
    int peak; /* the most activations of a rank that the block has */
};

/* A rank's stage on the way down, chunk 0, and on the way back, chunk 1. */
static int
v_half_stage_of(const struct plan *plan, int rank, int chunk)
{
    return chunk ? plan->stages - 1 - rank : rank;
}

/* The first unit later than `after` that is `residue` modulo PERIOD. */
static int
next_at(int after, int residue)
{
    int start = after + 1;

    return start + (residue - start % PERIOD + PERIOD) % PERIOD;
}

/* The most activations alive on a rank when the block repeats without end: at
 * unit t, those that have started minus those that have ended. */
static int
peak_of(struct stage *const chunks[2])
{
    /* Late enough for every start to lie before. */
    int from = chunks[0]->start[W] + chunks[1]->start[W];
    int peak = 0;

    for (int t = from; t < from + PERIOD; t++) {
        int live = 0;

        for (int c = 0; c < 2; c++)
            live += (t - chunks[c]->start[F]) / PERIOD -
                    (t - 1 - chunks[c]->start[W]) / PERIOD;
        if (live > peak)
            peak = live;
    }
    return peak;
}

/* Gives the two residues that are left to the two chunks' W, in one of the two
 * orders. */
static int
try_weights(struct stage *const chunks[2], const int left[2], bool crosswise)
{
    for (int c = 0; c < 2; c++)
        chunks[c]->start[W] =
            next_at(chunks[c]->start[I], left[crosswise ? !c : c]);
    return peak_of(chunks);
}

/* Returns the rank's peak. */
static int
place_weights(struct stage *const chunks[2])
{
    bool taken[PERIOD] = {false};
    int left[2];
    int count = 0;
    int straight;

    for (int c = 0; c < 2; c++) {
        taken[chunks[c]->start[F] % PERIOD] = true;
        taken[chunks[c]->start[I] % PERIOD] = true;
    }
    for (int residue = 0; residue < PERIOD; residue++)
        if (!taken[residue])
            left[count++] = residue;
    straight = try_weights(chunks, left, false);
    if (try_weights(chunks, left, true) <= straight)
        return peak_of(chunks);
    return try_weights(chunks, left, false);
}

static void
v_min(struct stage *const chunks[2], int ranks, int rank)
{
    int delay = ranks % 3 == 0 ? 2 : 0;

    chunks[0]->start[F] = rank;
    chunks[1]->start[F] = 2 * ranks - 1 - rank;
    chunks[1]->start[I] = 2 * ranks + delay + rank;
    chunks[0]->start[I] = 4 * ranks - 1 + delay - rank;
}

static void
v_half(struct stage *const chunks[2], int ranks, int rank)
{
    int delay = ranks % 2 == 0 ? 3 : 0;

    chunks[0]->start[F] = 2 * rank;
    chunks[1]->start[F] = 3 * ranks - 2 - rank;
    chunks[1]->start[I] = 3 * ranks - 1 + delay + 2 * rank;
    chunks[0]->start[I] = 6 * ranks - 2 + delay - rank;
}

/* When the block has an action. */
static int
time_of(const struct stage *stage, int kind, int mb)
{
    return stage->start[kind] + PERIOD * mb;
}

/* Whether a stage's next action of a kind has its input. */
static bool
is_ready(const struct squeeze *q, int s, int kind)
{
    const struct stage *stage = &q->stages[s];
    int mb = stage->done[kind];

    if (mb == q->plan->mbs)
        return false;
    if (kind == F)
        return s == 0 || stage[-1].done[F] > mb;
    if (kind == W)
        return stage->done[I] > mb;
    return s + 1 < q->plan->stages ? stage[1].done[I] > mb
                                   : stage->done[F] > mb;
}

/* The microbatches whose forward the block has on a stage before a time. */
static int
forwards_before(const struct squeeze *q, const struct stage *stage, int time)
{
    int count = (time - stage->start[F] + PERIOD - 1) / PERIOD;

    return count < q->plan->mbs ? count : q->plan->mbs;
}

static int
live(const struct stage *stage)
{
    return stage->done[F] - stage->done[W];
}

/* Whether a rank's memory has room for the next forward of a chunk, and for
 * the forwards of the other chunk that the block runs before it. So the first
 * action of the block that is left can always run: there is no deadlock. */
static bool
v_half_has_room(const struct squeeze *q, int rank, int chunk)
{
    const struct stage *stage =
        &q->stages[v_half_stage_of(q->plan, rank, chunk)];
    const struct stage *other =
        &q->stages[v_half_stage_of(q->plan, rank, !chunk)];
    int earlier =
        forwards_before(q, other, time_of(stage, F, stage->done[F])) -
        other->done[F];

    return live(stage) + live(other) + 1 + (earlier > 0 ? earlier : 0) <=
           q->peak;
}

/* What a rank runs in the next unit; false if nothing. */
static bool
v_half_choose(const struct squeeze *q, int rank, int *stage, int *kind)
{
    const int ends[2] = {rank, v_half_stage_of(q->plan, rank, 1)};
    bool draining = q->stages[ends[0]].done[F] == q->plan->mbs &&
                    q->stages[ends[1]].done[F] == q->plan->mbs;
    int64_t first = INT64_MAX;

    for (int c = 0; c < 2; c++)
        for (int k = 0; k < KINDS; k++) {
            const struct stage *at = &q->stages[ends[c]];
            int64_t time = time_of(at, k, at->done[k]);

            if (draining && k == W)
                time += INT32_MAX;
            if (time < first && is_ready(q, ends[c], k) &&
                (k != F || v_half_has_room(q, rank, c))) {
                first = time;
                *stage = ends[c];
                *kind = k;
            }
        }
    return first < INT64_MAX;
}

/* In each unit every rank runs one action: among those that are ready and have
 * room in the block's memory, the first in the order of the block. After its
 * last forward, no rank waits for a W any more, so the W come last. Where the
 * block has no gap, this is the block itself. */
static void
squeeze(const struct squeeze *q)
{
    const struct plan *plan = q->plan;
    int64_t left = (int64_t)KINDS * plan->stages * plan->mbs;
    int *stage = memory_new((size_t)plan->ranks, sizeof *stage);
    int *kind = memory_new((size_t)plan->ranks, sizeof *kind);

    while (left > 0) {
        for (int r = 0; r < plan->ranks; r++)
            if (!v_half_choose(q, r, &stage[r], &kind[r]))
                stage[r] = -1;
        for (int r = 0; r < plan->ranks; r++) {
            if (stage[r] < 0)
                continue;
            plan_add(q->plan, r,
                     action_of(kinds[kind[r]], stage[r],
                               q->stages[stage[r]].done[kind[r]]++));
            left--;
        }
    }
    free(stage);
    free(kind);
}

static void
build(struct plan *plan,
      void (*place)(struct stage *const chunks[2], int ranks, int rank))
{
    struct squeeze q = {
        .plan = plan,
        .stages = memory_new((size_t)plan->stages, sizeof *q.stages),
    };

    for (int r = 0; r < plan->ranks; r++) {
        struct stage *const chunks[2] = {
            &q.stages[v_half_stage_of(plan, r, 0)],
            &q.stages[v_half_stage_of(plan, r, 1)]};
        int peak;

        place(chunks, plan->ranks, r);
        peak = place_weights(chunks);
        if (peak > q.peak)
            q.peak = peak;
    }
    squeeze(&q);
    free(q.stages);
}

static void
make_v_half(struct plan *plan)
{
    build(plan, v_half);
}

static void
make_v_min(struct plan *plan)
{
    build(plan, v_min);
}

const struct policy policy_v_half = {
    .name = "v-half",
    .summary = "half of 1F1B's activations over V-shaped stages",
    .placement = PLACEMENT_V,
    .retimed = true,
    .make = make_v_half,
};

const struct policy policy_v_min = {
    .name = "v-min",
    .summary = "a third of 1F1B's activations over V-shaped stages",
    .placement = PLACEMENT_V,
    .retimed = true,
    .make = make_v_min,
};
