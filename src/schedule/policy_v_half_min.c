#include "config.h"

#include "schedule/policy.h"

#include <stdbool.h>

/* Qi et al., "Pipeline parallelism with controllable memory" (NeurIPS 2024),
 * section 3: a schedule is a building block, the six actions of one microbatch
 * on each rank in units of one action, repeated every six units. Over V-shaped
 * stages a microbatch passes each rank four times:
 *
 *   F of chunk 0 down the ranks, F of chunk 1 up, I of chunk 1 down, I of chunk
 *   0 up
 *
 * and how long its activations live is how long that takes. V-Min goes a rank
 * a unit all the way, which is as fast as can be, and needs a third of 1F1B's
 * memory; V-Half takes two units a rank on the way up, and needs half.
 *
 * No two of a rank's six actions may fall on the same unit modulo six, for any
 * rank: that is what the small delays are for. The two W take what is left, in
 * whichever of the two ways holds less. */
enum { PERIOD = 6 };

/* Starts of a rank's F, I, W of either chunk for microbatch 0. */
struct block {
    int forward[2];
    int input[2];
    int weight[2];
};

/* The first unit after `after` with the residue. */
static int
next_at(int after, int residue)
{
    int start = after + 1;

    return start + (residue - start % PERIOD + PERIOD) % PERIOD;
}

/* The most activations alive at once when the block repeats without end: at
 * unit t, what has started less what has ended. */
static int
peak_of(const struct block *block)
{
    int peak = 0;

    /* Late enough for every start to lie before. */
    for (int t = block->weight[0] + block->weight[1];
         t < block->weight[0] + block->weight[1] + PERIOD; t++) {
        int live = 0;

        for (int c = 0; c < 2; c++)
            live += (t - block->forward[c]) / PERIOD -
                    (t - 1 - block->weight[c]) / PERIOD;
        if (live > peak)
            peak = live;
    }
    return peak;
}

static void
place_weights(struct block *block)
{
    bool taken[PERIOD] = {false};
    int left[2];
    int count = 0;
    int straight;

    for (int c = 0; c < 2; c++) {
        taken[block->forward[c] % PERIOD] = true;
        taken[block->input[c] % PERIOD] = true;
    }
    for (int residue = 0; residue < PERIOD; residue++)
        if (!taken[residue])
            left[count++] = residue;
    for (int c = 0; c < 2; c++)
        block->weight[c] = next_at(block->input[c], left[c]);
    straight = peak_of(block);
    for (int c = 0; c < 2; c++)
        block->weight[c] = next_at(block->input[c], left[!c]);
    if (peak_of(block) <= straight)
        return;
    for (int c = 0; c < 2; c++)
        block->weight[c] = next_at(block->input[c], left[c]);
}

static struct block
v_min(int ranks, int rank)
{
    /* At rank 0: where F of chunk 1 arrives, I of chunk 1 starts, and I of
     * chunk 0 arrives. */
    int up = 2 * ranks - 1;
    int down = ranks % 3 == 0 ? 2 * ranks + 2 : 2 * ranks;
    int end = down + 2 * ranks - 1;

    return (struct block){
        .forward = {rank, up - rank},
        .input = {end - rank, down + rank},
    };
}

static struct block
v_half(int ranks, int rank)
{
    int up = 3 * ranks - 2;
    int down = ranks % 2 == 0 ? 3 * ranks + 2 : 3 * ranks - 1;
    int end = ranks % 2 == 0 ? 6 * ranks + 1 : 6 * ranks - 2;

    return (struct block){
        .forward = {rank, up - 2 * rank},
        .input = {end - 2 * rank, down + rank},
    };
}

/* The action of one kind that falls on a unit of time, if any. */
static void
add_at(struct plan *plan, int rank, int time, enum action_kind kind, int chunk,
       int start)
{
    int stage = chunk ? plan->stages - 1 - rank : rank;

    if (time >= start && (time - start) % PERIOD == 0 &&
        (time - start) / PERIOD < plan->mbs)
        plan_add(plan, rank,
                 action_of(kind, stage, (time - start) / PERIOD));
}

static void
repeat(struct plan *plan, struct block (*make)(int ranks, int rank))
{
    for (int r = 0; r < plan->ranks; r++) {
        struct block block = make(plan->ranks, r);
        int end;

        place_weights(&block);
        end = PERIOD * plan->mbs +
              (block.weight[0] > block.weight[1] ? block.weight[0]
                                                 : block.weight[1]);
        for (int time = 0; time < end; time++)
            for (int c = 0; c < 2; c++) {
                add_at(plan, r, time, ACTION_FORWARD, c, block.forward[c]);
                add_at(plan, r, time, ACTION_BACKWARD_INPUT, c,
                       block.input[c]);
                add_at(plan, r, time, ACTION_BACKWARD_WEIGHT, c,
                       block.weight[c]);
            }
    }
}

void
policy_v_half(struct plan *plan)
{
    repeat(plan, v_half);
}

void
policy_v_min(struct plan *plan)
{
    repeat(plan, v_min);
}
