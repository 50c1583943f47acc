/* dualpipe.c -- lays out DualPipe's order on one rank. */
#include "config.h"

#include "policy/dualpipe.h"

static void
dualpipe_forward(struct dualpipe *p, int chunk)
{
    plan_add(p->plan, p->rank,
             action_of(ACTION_FORWARD, p->stage[chunk], p->forward[chunk]++));
}

static void
dualpipe_backward(struct dualpipe *p, int chunk)
{
    plan_add(p->plan, p->rank,
             action_of(p->split ? ACTION_BACKWARD_INPUT : ACTION_FULL_BACKWARD,
                       p->stage[chunk], p->backward[chunk]++));
}

/* The oldest weight gradient that is still owed, if any. */
static void
dualpipe_weight(struct dualpipe *p)
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
overlap(struct dualpipe *p, int forward_chunk)
{
    int backward_chunk = !forward_chunk;
    struct action forward = action_of(ACTION_FORWARD, p->stage[forward_chunk],
                                      p->forward[forward_chunk]++);
    struct action backward =
        action_of(ACTION_FULL_BACKWARD, p->stage[backward_chunk],
                  p->backward[backward_chunk]++);

    plan_add(p->plan, p->rank, action_overlap(forward, backward));
}

static void
dualpipe_fill(struct dualpipe *p)
{
    int behind = p->depth - 1 - p->at;

    for (int i = 0; i < 2 * behind; i++)
        dualpipe_forward(p, 0);
    for (int i = 0; i <= p->at; i++) {
        dualpipe_forward(p, 0);
        dualpipe_forward(p, 1);
    }
    p->split = true;
    for (int i = 0; i < behind; i++) {
        dualpipe_backward(p, 1);
        dualpipe_weight(p);
        dualpipe_forward(p, 1);
    }
    p->split = false;
}

static void
steady(struct dualpipe *p)
{
    int last = p->depth - 1;
    int behind = last - p->at;

    for (int i = 0; i < p->mbs - 2 * p->depth + p->at + 1; i++) {
        if (i == 0 && p->at == last) {
            /* At the bottom of the V the backward needs this forward. Run one
             * by one, the gradient leaves sooner. */
            dualpipe_forward(p, 0);
            dualpipe_backward(p, 1);
        } else {
            overlap(p, 0);
        }
        overlap(p, 1);
    }
    for (int i = 0; i < behind; i++) {
        dualpipe_backward(p, 1);
        overlap(p, 1);
    }
}

static void
drain(struct dualpipe *p)
{
    int behind = p->depth - 1 - p->at;
    int rest = p->at + 1;

    for (int i = 0; i < rest; i++) {
        if (i == rest / 2 && p->at % 2 == 1)
            p->split = true;
        dualpipe_backward(p, 1);
        if (i == rest / 2 && p->at % 2 == 0)
            p->split = true;
        dualpipe_backward(p, 0);
    }
    for (int i = 0; i < behind; i++) {
        dualpipe_weight(p);
        dualpipe_backward(p, 0);
    }
    for (int i = 0; i < rest; i++)
        dualpipe_weight(p);
}

void
dualpipe_lay_out(struct dualpipe *p)
{
    dualpipe_fill(p);
    steady(p);
    drain(p);
}
