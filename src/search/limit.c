/* limit.c -- works out what ranks have room for within a limit. */
#include "config.h"

#include "search/limit.h"

#include "base/larger.h"
#include "base/memory.h"

#include <stdlib.h>

enum { LEAST_SLOTS = 2, PARTS = 4 /* of a unit, where stages differ */ };

void
limit_add_microbatch(struct plan *plan)
{
    for (int s = 0; s < plan->stages; s++)
        plan_add(plan, plan->rank_of_stage[s],
                 action_of(ACTION_FORWARD, s, 0));
    for (int s = plan->stages - 1; s >= 0; s--)
        plan_add(plan, plan->rank_of_stage[s],
                 action_of(ACTION_FULL_BACKWARD, s, 0));
}

static struct plan *
one_microbatch(const struct plan *shape)
{
    struct plan *plan = plan_same_shape(shape);

    limit_add_microbatch(plan);
    return plan;
}

/* All microbatches of a stage, as activations or as what their Ws need. */
static void
add_all(const struct footprint *stage, int mbs, struct limit_rank *rank)
{
    int64_t during =
        larger_of(stage->forward, larger_of(stage->backward, stage->input));

    rank->all += mbs * larger_of(stage->stash, stage->owed) + during;
    if (stage->stash > 0 && (rank->unit == 0 || stage->stash < rank->unit))
        rank->unit = stage->stash;
}

/* The smallest stage's activations are the unit; a part of it where others are
 * no multiples of it. */
static void
settle_unit(struct limit_rank *rank, int mbs)
{
    int64_t parts = (int64_t)PARTS * 2 * mbs;

    if (!rank->whole) {
        rank->unit /= PARTS;
        rank->unit = larger_of(rank->unit, (rank->all - rank->one) / parts);
    }
    rank->unit = larger_of(rank->unit, 1);
}

struct limit_rank *
limit_ranks(const struct limit *limit, const struct plan *shape)
{
    size_t count = (size_t)shape->ranks;
    struct limit_rank *ranks = memory_new(count, sizeof *ranks);
    struct memory_summary *memory = memory_new(count, sizeof *memory);
    struct plan *one = one_microbatch(shape);

    footprint_memory(one, limit->kept, limit->stages,
                     limit->slots ? limit->slots : LEAST_SLOTS, memory);
    for (size_t r = 0; r < count; r++) {
        ranks[r].one = memory[r].bytes[MEMORY_ACTIVATIONS];
        ranks[r].fixed = footprint_total(&memory[r]) - ranks[r].one;
        ranks[r].whole = true;
    }
    for (int s = 0; s < shape->stages; s++)
        add_all(&limit->stages[s], shape->mbs,
                &ranks[shape->rank_of_stage[s]]);
    for (int s = 0; s < shape->stages; s++) {
        struct limit_rank *rank = &ranks[shape->rank_of_stage[s]];
        const struct footprint *stage = &limit->stages[s];

        rank->whole = rank->whole && rank->unit > 0 &&
                      stage->stash % rank->unit == 0 &&
                      stage->owed % rank->unit == 0 && stage->backward == 0 &&
                      stage->input == 0;
    }
    for (size_t r = 0; r < count; r++)
        settle_unit(&ranks[r], shape->mbs);
    plan_free(one);
    free(memory);
    return ranks;
}

/* Units beside one microbatch; -1 if that does not fit. */
static int64_t
units_of(const struct limit_rank *rank, int64_t most)
{
    int64_t units = (most - rank->fixed - rank->one) / rank->unit;
    int64_t all = (rank->all - rank->one + rank->unit - 1) / rank->unit;

    if (most < rank->fixed + rank->one)
        return -1;
    return units < all ? units : all;
}

int64_t
limit_room(const struct limit_rank *rank, int64_t most, bool exact)
{
    int64_t units = units_of(rank, most);
    int64_t room = exact ? most - rank->fixed : rank->one + units * rank->unit;

    if (units < 0)
        return -1;
    return room < rank->all ? room : rank->all;
}

int64_t
limit_below(const struct limit_rank *rank, int64_t most)
{
    int64_t units = units_of(rank, most);

    return units < 0 ? -1 : rank->fixed + rank->one + units * rank->unit - 1;
}

int64_t
limit_held(const struct limit *limit, const struct plan *plan, int slots)
{
    struct memory_summary *memory =
        memory_new((size_t)plan->ranks, sizeof *memory);
    int64_t most = 0;

    if (limit->slots || slots < LEAST_SLOTS)
        slots = limit->slots ? limit->slots : LEAST_SLOTS;
    footprint_memory(plan, limit->kept, limit->stages, slots, memory);
    for (int r = 0; r < plan->ranks; r++)
        most = larger_of(most, footprint_total(&memory[r]));
    free(memory);
    return most;
}

int64_t
limit_excess(const struct limit *limit, const struct plan *plan, int slots)
{
    return larger_of(0, limit_held(limit, plan, slots) - limit->most);
}
