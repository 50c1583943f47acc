/* looped.c -- counts the rounds of interleaved schedules. */
#include "config.h"

#include "policy/looped.h"

#include "base/plural.h"

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

bool
looped_group_suits(const char *schedule, int ranks, int mbs, int group,
                   struct cause *cause)
{
    int last = mbs % group;

    if (group < ranks || group > mbs)
        return fail(
            cause,
            "%s runs groups of %d to %d microbatch%s, not %d: at least "
            "one a rank, at most all",
            schedule, ranks, mbs, plural_es(mbs), group);
    if (last > 0 && last < ranks)
        return fail(
            cause,
            "%s in groups of %d leaves %d of %d microbatches for the "
            "last group, fewer than the %d ranks; use another group or "
            "number of microbatches",
            schedule, group, last, mbs, ranks);
    return true;
}

int
looped_group(const struct plan *plan)
{
    return plan->group ? plan->group
                       : plan->mbs / rounds(plan->ranks, plan->mbs);
}

int
looped_chunks(const struct plan *plan)
{
    return plan->stages / plan->ranks;
}

/* Where a rank's n-th forward is: in which of its stages, and of which
 * microbatch. The last group may be smaller than the others. */
static void
looped_find(const struct plan *plan, int n, int *chunk, int *mb)
{
    int group = looped_group(plan);
    int chunks = looped_chunks(plan);
    int round = n / (group * chunks);
    int first = round * group;
    int size = group < plan->mbs - first ? group : plan->mbs - first;

    n -= first * chunks;
    *chunk = n / size;
    *mb = first + n % size;
}

struct action
looped_forward(const struct plan *plan, int rank, int n)
{
    int chunk, mb;

    looped_find(plan, n, &chunk, &mb);
    return action_of(ACTION_FORWARD, chunk * plan->ranks + rank, mb);
}

struct action
looped_backward(const struct plan *plan, enum action_kind kind, int rank,
                int n)
{
    int chunk, mb;

    looped_find(plan, n, &chunk, &mb);
    chunk = looped_chunks(plan) - 1 - chunk;
    return action_of(kind, chunk * plan->ranks + rank, mb);
}
