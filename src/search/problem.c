/* problem.c -- works out the least times that every plan of a search keeps. */
#include "config.h"

#include "search/problem.h"

#include "base/larger.h"
#include "base/memory.h"
#include "plan/place.h"

#include <stdlib.h>

static int64_t
least(const struct problem *p, int stage, enum action_kind kind)
{
    return cost_least(p->cost, p->shape->rank_of_stage[stage], stage, kind);
}

/* The stages of each rank. */
static void
list_stages(struct problem *p)
{
    int used = 0;

    for (int r = 0; r < p->ranks; r++) {
        p->first[r] = used;
        for (int s = 0; s < p->stages; s++)
            if (p->shape->rank_of_stage[s] == r) {
                p->owned[used++] = s;
                p->steps[r] += least(p, s, ACTION_OPTIMIZER_STEP);
            }
    }
    p->first[p->ranks] = used;
}

static void
time_stage(struct problem *p, int s)
{
    struct stage_times *t = &p->times[s];
    int64_t backward = least(p, s, ACTION_FULL_BACKWARD);

    t->forward = t->work.forward = least(p, s, ACTION_FORWARD);
    t->input = smaller_of(least(p, s, ACTION_BACKWARD_INPUT), backward);
    t->work.input = t->input;
    t->work.weight = least(p, s, ACTION_BACKWARD_WEIGHT);
    t->work.whole = smaller_of(t->input + t->work.weight, backward);
    p->blocks = p->blocks || least(p, s, ACTION_OVERLAP_F_B) >= 0;
    p->timed =
        p->timed && t->forward > 0 && t->input > 0 && t->work.weight > 0;
    if (plan_crosses(p->shape, s))
        t->up = cost_message(p->cost, p->shape, 2 * s);
    if (plan_crosses(p->shape, s - 1))
        t->down = cost_message(p->cost, p->shape, 2 * (s - 1) + 1);
}

/* The shortest block of a rank; *backward receives its longest backward. */
static int64_t
shortest_block(const struct problem *p, int rank, int64_t *backward)
{
    int64_t shortest = INT64_MAX;

    *backward = 0;
    for (int i = p->first[rank]; i < p->first[rank + 1]; i++) {
        int s = p->owned[i];
        int64_t block = least(p, s, ACTION_OVERLAP_F_B);

        if (block >= 0)
            shortest = smaller_of(shortest, block);
        if (p->times[s].work.whole > *backward)
            *backward = p->times[s].work.whole;
    }
    return shortest;
}

static void
allow_blocks(struct problem *p, int s)
{
    struct stage_times *t = &p->times[s];
    int64_t block = least(p, s, ACTION_OVERLAP_F_B);
    int64_t backward;
    int64_t any = shortest_block(p, p->shape->rank_of_stage[s], &backward);

    t->input = smaller_of(t->input, any);
    if (block < 0)
        return;
    t->forward = smaller_of(t->forward, block);
    if (block < t->work.forward + backward)
        t->work.forward = block - backward;
}

/* The way from the end of stage 0's I: the rest of its W, and the STEPs. */
static int64_t
last_tail(const struct problem *p)
{
    int64_t backward;
    int rank = p->shape->rank_of_stage[0];
    int64_t whole =
        smaller_of(p->times[0].work.whole, shortest_block(p, rank, &backward));

    return p->steps[rank] +
           (whole > p->times[0].input ? whole - p->times[0].input : 0);
}

static void
find_ways(struct problem *p)
{
    struct stage_times *t = p->times;

    t[0].tail = last_tail(p);
    for (int s = 1; s < p->stages; s++) {
        t[s].head = t[s - 1].head + t[s - 1].forward + t[s - 1].up;
        t[s].tail = t[s - 1].tail + t[s].down + t[s - 1].input;
    }
    for (int s = p->stages - 2; s >= 0; s--)
        t[s].turn = t[s].up + t[s + 1].forward + t[s + 1].turn +
                    t[s + 1].input + t[s + 1].down;
}

void
problem_init(struct problem *problem, const struct plan *shape,
             const struct cost *cost, struct room room)
{
    size_t stages = (size_t)shape->stages;

    *problem = (struct problem){
        .shape = shape,
        .cost = cost,
        .room = room,
        .timed = true,
        .ranks = shape->ranks,
        .stages = shape->stages,
        .mbs = shape->mbs,
        .owned = memory_new(stages, sizeof(int)),
        .first = memory_new((size_t)shape->ranks + 1, sizeof(int)),
        .steps = memory_new((size_t)shape->ranks, sizeof(int64_t)),
        .times = memory_new(stages, sizeof(struct stage_times)),
    };
    list_stages(problem);
    for (int s = 0; s < shape->stages; s++)
        time_stage(problem, s);
    for (int s = 0; problem->blocks && s < shape->stages; s++)
        allow_blocks(problem, s);
    find_ways(problem);
}

void
problem_fini(struct problem *problem)
{
    free(problem->owned);
    free(problem->first);
    free(problem->steps);
    free(problem->times);
}

int64_t
problem_work(const struct problem *problem, int rank)
{
    int64_t work = problem->steps[rank];

    for (int i = problem->first[rank]; i < problem->first[rank + 1]; i++) {
        const struct stage_times *t = &problem->times[problem->owned[i]];

        work += problem->mbs * (t->work.forward + t->work.whole);
    }
    return work;
}
