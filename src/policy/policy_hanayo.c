/* policy_hanayo.c -- one V after the other, the oldest microbatch first. */
#include "config.h"

#include "base/memory.h"
#include "policy/policy.h"

#include <stdlib.h>

/* Ticks of a forward and of a backward, by which the order is laid out. */
enum { FORWARD_TICKS = 1, BACKWARD_TICKS = 2 };

struct wave_stage {
    int done[2];        /* microbatches forward, backward */
    int64_t *starts[2]; /* mbs: when the next stage, up or back, may start */
};

struct wave_layout {
    struct plan *plan;
    struct wave_stage *stages;
    int64_t *free_at; /* ranks */
    int64_t now;
};

/* Whether a stage's next forward or backward has its input now. */
static bool
wave_is_ready(const struct wave_layout *layout, int s, bool backward)
{
    const struct wave_stage *stage = &layout->stages[s];
    int mb = stage->done[backward];
    const int64_t *input;
    int done;

    if (mb == layout->plan->mbs)
        return false;
    if (!backward && s == 0)
        return true;
    if (backward && s + 1 == layout->plan->stages) {
        done = stage->done[0];
        input = stage->starts[0];
    } else {
        done = stage[backward ? 1 : -1].done[backward];
        input = stage[backward ? 1 : -1].starts[backward];
    }
    return mb < done && input[mb] <= layout->now;
}

/* A rank's action of the oldest microbatch that can run now; false if there is
 * none. A microbatch is at one stage at a time, so no two have the same age. */
static bool
wave_choose(const struct wave_layout *layout, int rank, int *stage,
            bool *backward)
{
    const struct plan *plan = layout->plan;
    int oldest = plan->mbs;

    for (int s = 0; s < plan->stages; s += plan->ranks)
        for (int b = 0; b < 2; b++) {
            /* The stages of a turn lie from s on, down or up the ranks. */
            int at =
                s / plan->ranks % 2 ? s + plan->ranks - 1 - rank : s + rank;
            int mb = layout->stages[at].done[b];

            if (mb < oldest && wave_is_ready(layout, at, b)) {
                oldest = mb;
                *stage = at;
                *backward = b;
            }
        }
    return oldest < plan->mbs;
}

/* Returns how many actions start now. */
static int
wave_tick(struct wave_layout *layout)
{
    int started = 0;

    for (int r = 0; r < layout->plan->ranks; r++) {
        struct wave_stage *stage;
        int s = 0;
        bool backward = false;
        int mb;

        if (layout->free_at[r] > layout->now ||
            !wave_choose(layout, r, &s, &backward))
            continue;
        stage = &layout->stages[s];
        mb = stage->done[backward]++;
        layout->free_at[r] =
            layout->now + (backward ? BACKWARD_TICKS : FORWARD_TICKS);
        stage->starts[backward][mb] = layout->free_at[r];
        plan_add(layout->plan, r,
                 action_of(backward ? ACTION_FULL_BACKWARD : ACTION_FORWARD, s,
                           mb));
        started++;
    }
    return started;
}

/* Liu et al., "Hanayo: Harnessing wave-like pipeline parallelism for enhanced
 * large model training efficiency" (SC 2023): W waves, each down the ranks and
 * up again, so that rank r owns r, 2P-1-r, 2P+r, 4P-1-r, ... The model is in S
 * = 2WP stages, and filling takes a stage each. The paper draws M = P; for any
 * M a rank here runs what it can as soon as it can, the oldest microbatch
 * first, at a backward twice as long as a forward. */
static void
make_hanayo(struct plan *plan)
{
    struct wave_layout layout = {
        .plan = plan,
        .stages = memory_new((size_t)plan->stages, sizeof *layout.stages),
        .free_at = memory_new((size_t)plan->ranks, sizeof *layout.free_at),
    };
    int64_t left = 2 * (int64_t)plan->stages * plan->mbs;

    for (int s = 0; s < plan->stages; s++)
        for (int b = 0; b < 2; b++)
            layout.stages[s].starts[b] =
                memory_new((size_t)plan->mbs, sizeof(int64_t));
    for (; left > 0; layout.now++)
        left -= wave_tick(&layout);
    for (int s = 0; s < plan->stages; s++)
        for (int b = 0; b < 2; b++)
            free(layout.stages[s].starts[b]);
    free(layout.stages);
    free(layout.free_at);
}

const struct policy policy_hanayo = {
    .name = "hanayo",
    .also = "wave",
    .summary = "1F1B over stages in waves, down and up the ranks",
    .placement = PLACEMENT_WAVE,
    .make = make_hanayo,
};
