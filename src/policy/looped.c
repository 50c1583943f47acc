/* looped.c -- counts the rounds of interleaved schedules. */
#include "config.h"

#include "policy/looped.h"

static int
rounds(int ranks, int mbs)
{
    return mbs / ranks > 1 ? mbs / ranks : 1;
}

bool
looped_suits(const char *schedule, int ranks, int mbs, struct cause *cause)
{
    if (mbs % rounds(ranks, mbs) == 0)
        return true;
    return fail(
        cause,
        "%s goes in rounds of one microbatch a rank or a "
        "little more; %d microbatches do not fall into %d equal rounds "
        "on %d ranks, use a multiple of %d",
        schedule, mbs, rounds(ranks, mbs), ranks, ranks);
}

int
looped_group(const struct plan *plan)
{
    return plan->mbs / rounds(plan->ranks, plan->mbs);
}

int
looped_chunks(const struct plan *plan)
{
    return plan->stages / plan->ranks;
}

static struct action
looped_take(const struct plan *plan, enum action_kind kind, int rank,
            int chunk, int n)
{
    int group = looped_group(plan);
    int round = n / (group * looped_chunks(plan));

    return action_of(kind, chunk * plan->ranks + rank,
                     round * group + n % group);
}

struct action
looped_forward(const struct plan *plan, int rank, int n)
{
    int chunk = n / looped_group(plan) % looped_chunks(plan);

    return looped_take(plan, ACTION_FORWARD, rank, chunk, n);
}

struct action
looped_backward(const struct plan *plan, enum action_kind kind, int rank,
                int n)
{
    int chunks = looped_chunks(plan);
    int chunk = chunks - 1 - n / looped_group(plan) % chunks;

    return looped_take(plan, kind, rank, chunk, n);
}
