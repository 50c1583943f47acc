/* policy_dualpipev.c -- forwards and backwards overlapped over V-shaped
 * stages. */
#include "config.h"

#include "policy/policy.h"

/* A rank's progress: its microbatches by chunk and kind, and the delayed
 * weight gradients in the order of their input gradients. */
struct progress {
    struct plan *plan;
    int rank;
    int forward[2];
    int backward[2]; /* whole or input gradient */
    size_t owed; /* input gradients whose W was added, of the rank's list */
    bool split;  /* the backwards from here on are split */
};

static int
dualpipev_stage_of(const struct progress *p, int chunk)
{
    return chunk ? p->plan->stages - 1 - p->rank : p->rank;
}

static void
dualpipev_forward(struct progress *p, int chunk)
{
    plan_add(p->plan, p->rank,
             action_of(ACTION_FORWARD, dualpipev_stage_of(p, chunk),
                       p->forward[chunk]++));
}

static void
dualpipev_backward(struct progress *p, int chunk)
{
    plan_add(p->plan, p->rank,
             action_of(p->split ? ACTION_BACKWARD_INPUT : ACTION_FULL_BACKWARD,
                       dualpipev_stage_of(p, chunk), p->backward[chunk]++));
}

/* The oldest weight gradient that is still owed, if any. */
static void
dualpipev_weight(struct progress *p)
{
    const struct action_list *list = &p->plan->lists[p->rank];

    while (p->owed < list->count &&
           list->at[p->owed].kind != ACTION_BACKWARD_INPUT)
        p->owed++;
    if (p->owed < list->count) {
        struct action input = list->at[p->owed++];

        plan_add(p->plan, p->rank,
                 action_of(ACTION_BACKWARD_WEIGHT, input.stage, input.mb));
    }
}

/* A forward of one chunk and a backward of the other, in one block. */
static void
overlap(struct progress *p, int forward_chunk)
{
    int backward_chunk = !forward_chunk;
    struct action forward =
        action_of(ACTION_FORWARD, dualpipev_stage_of(p, forward_chunk),
                  p->forward[forward_chunk]++);
    struct action backward =
        action_of(ACTION_FULL_BACKWARD, dualpipev_stage_of(p, backward_chunk),
                  p->backward[backward_chunk]++);

    plan_add(p->plan, p->rank, action_overlap(forward, backward));
}

static void
dualpipev_fill(struct progress *p)
{
    int behind = p->plan->ranks - 1 - p->rank;

    for (int i = 0; i < 2 * behind; i++)
        dualpipev_forward(p, 0);
    for (int i = 0; i <= p->rank; i++) {
        dualpipev_forward(p, 0);
        dualpipev_forward(p, 1);
    }
    p->split = true;
    for (int i = 0; i < behind; i++) {
        dualpipev_backward(p, 1);
        dualpipev_weight(p);
        dualpipev_forward(p, 1);
    }
    p->split = false;
}

static void
steady(struct progress *p)
{
    int last = p->plan->ranks - 1;
    int behind = last - p->rank;

    for (int i = 0; i < p->plan->mbs - 2 * p->plan->ranks + p->rank + 1; i++) {
        if (i == 0 && p->rank == last) {
            /* At the bottom of the V the backward needs this forward. Run one
             * by one, the gradient leaves sooner. */
            dualpipev_forward(p, 0);
            dualpipev_backward(p, 1);
        } else {
            overlap(p, 0);
        }
        overlap(p, 1);
    }
    for (int i = 0; i < behind; i++) {
        dualpipev_backward(p, 1);
        overlap(p, 1);
    }
}

static void
drain(struct progress *p)
{
    int behind = p->plan->ranks - 1 - p->rank;
    int rest = p->rank + 1;

    for (int i = 0; i < rest; i++) {
        if (i == rest / 2 && p->rank % 2 == 1)
            p->split = true;
        dualpipev_backward(p, 1);
        if (i == rest / 2 && p->rank % 2 == 0)
            p->split = true;
        dualpipev_backward(p, 0);
    }
    for (int i = 0; i < behind; i++) {
        dualpipev_weight(p);
        dualpipev_backward(p, 0);
    }
    for (int i = 0; i < rest; i++)
        dualpipev_weight(p);
}

static bool
suits_dualpipev(int ranks, int mbs, struct cause *cause)
{
    if (mbs >= 2 * ranks)
        return true;
    return fail(cause,
                "dualpipev needs two microbatches a rank; on %d ranks use %d "
                "microbatches or more",
                ranks, 2 * ranks);
}

/* DeepSeek's DualPipeV: DualPipe (DeepSeek-V3 technical report, 2024, section
 * 3.2.1) cut in half, so that no weights are held twice, as Qi et al. describe
 * in "DualPipe could be better without the Dual" (2025), in the order of
 * torch.distributed.pipelining's ScheduleDualPipeV. A forward and a backward
 * of different microbatches run as one block, so that the communication of one
 * overlaps the computation of the other. */
static void
make_dualpipev(struct plan *plan)
{
    for (int r = 0; r < plan->ranks; r++) {
        struct progress p = {.plan = plan, .rank = r};

        dualpipev_fill(&p);
        steady(&p);
        drain(&p);
    }
}

const struct policy policy_dualpipev = {
    .name = "dualpipev",
    .summary = "forwards and backwards overlapped over V-shaped stages",
    .placement = PLACEMENT_V,
    .suits = suits_dualpipev,
    .make = make_dualpipev,
};
