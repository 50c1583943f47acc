/* policy_zbv.c -- ZB-V: no idle time inside a rank over V-shaped stages. */
#include "config.h"

#include "policy/policy.h"

/* A rank's next microbatch of each kind, in each of its two chunks. */
struct progress {
    struct plan *plan;
    int rank;
    int forward[2];
    int input[2];
    int weight[2];
};

/* Chunk 0 is stage r, on the way down; chunk 1 is stage 2P-1-r, on the way
 * back. Adds nothing for microbatches beyond the batch. */
static void
add(struct progress *p, enum action_kind kind, int chunk, int mb)
{
    int stage = chunk ? p->plan->stages - 1 - p->rank : p->rank;

    if (mb < p->plan->mbs)
        plan_add(p->plan, p->rank, action_of(kind, stage, mb));
}

static void
zbv_forward(struct progress *p, int chunk)
{
    add(p, ACTION_FORWARD, chunk, p->forward[chunk]++);
}

static void
input(struct progress *p, int chunk)
{
    add(p, ACTION_BACKWARD_INPUT, chunk, p->input[chunk]++);
}

static void
zbv_weight(struct progress *p, int chunk)
{
    add(p, ACTION_BACKWARD_WEIGHT, chunk, p->weight[chunk]++);
}

static void
add_rank(struct progress *p, int mbs)
{
    int behind = p->plan->ranks - p->rank;

    /* Down the V and up again, until the first gradient comes. */
    for (int i = 0; i < 2 * behind - 1; i++)
        zbv_forward(p, 0);
    for (int i = 0; i < p->rank; i++) {
        zbv_forward(p, 1);
        zbv_forward(p, 0);
    }
    for (int i = 0; i < behind; i++) {
        zbv_forward(p, 1);
        input(p, 1);
        zbv_weight(p, 1);
    }
    /* Steady: F, I, W of either chunk in turn. */
    while (p->forward[1] < p->forward[0] || p->forward[0] < mbs) {
        if (p->forward[0] < mbs)
            zbv_forward(p, 0);
        input(p, 0);
        zbv_weight(p, 0);
        zbv_forward(p, 1);
        input(p, 1);
        zbv_weight(p, 1);
    }
    /* Draining: input gradients first, weights last. */
    for (int i = 0; i < p->rank; i++) {
        input(p, 0);
        input(p, 1);
    }
    for (int i = 0; i < behind; i++) {
        input(p, 0);
        zbv_weight(p, 0);
    }
    while (p->weight[1] < p->input[1])
        zbv_weight(p, 1);
    while (p->weight[0] < p->input[0])
        zbv_weight(p, 0);
}

/* ZB-V of Qi et al., "Zero bubble pipeline parallelism", longer version (arXiv
 * 2401.10241), section 6, in the order of torch.distributed.pipelining's
 * ScheduleZBVZeroBubble. The first and the last stage share rank 0, so each
 * microbatch's backward starts on the rank of its first forward, and 2P
 * activations of half size are enough for no idle time. A batch of fewer than
 * 2P-1 microbatches does not fill the pipe: it runs as if it had that many,
 * without the missing ones. */
static void
make_zbv(struct plan *plan)
{
    int full = 2 * plan->ranks - 1;

    for (int r = 0; r < plan->ranks; r++) {
        struct progress p = {.plan = plan, .rank = r};

        add_rank(&p, plan->mbs > full ? plan->mbs : full);
    }
}

const struct policy policy_zbv = {
    .name = "zbv",
    .also = "ZBVZeroBubble V-ZB",
    .summary = "no idle time inside a rank over V-shaped stages",
    .placement = PLACEMENT_V,
    .make = make_zbv,
};
