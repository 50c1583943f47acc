/* rooms.c -- fits the placements of a search to its limits. */
#include "config.h"

#include "search/rooms.h"

#include "base/memory.h"
#include "base/text.h"
#include "policy/policy.h"

#include <stdlib.h>

static void
make_shapes(struct rooms *rooms)
{
    const struct search_task *task = rooms->task;

    rooms->placements = task->stages % (2 * task->ranks) == 0 ? 2 : 1;
    for (int i = 0; i < rooms->placements; i++) {
        rooms->shapes[i] =
            placement_plan(i == 0 ? PLACEMENT_LOOPED : PLACEMENT_WAVE,
                           "greedy", task->ranks, task->stages, task->mbs);
        rooms->shapes[i]->freed_by_input = task->freed_by_input;
        rooms->most[i] =
            memory_new((size_t)task->ranks, sizeof *rooms->most[i]);
    }
}

static void
limit_activations(struct rooms *rooms)
{
    const struct search_task *task = rooms->task;
    size_t stages = (size_t)task->stages;
    int64_t most = task->max_activations
                       ? (int64_t)task->max_activations * ACTIVATION_ONE
                       : LIMIT_NONE;

    rooms->nothing = memory_new(stages, sizeof *rooms->nothing);
    for (int i = 0; i < 2; i++) {
        struct footprint *counted = memory_new(stages, sizeof *counted);

        for (size_t s = 0; s < stages; s++)
            counted[s] = (struct footprint){
                .stash = ACTIVATION_ONE,
                .owed = ACTIVATION_ONE - (i == 0 ? task->freed_by_input : 0),
            };
        rooms->activations[i] = counted;
        rooms->limits[i == 0 ? LIMIT_ACTIVATIONS : LIMIT_UNTIL_WEIGHT] =
            (struct limit){most, counted, rooms->nothing, 0};
    }
}

void
rooms_init(struct rooms *rooms, const struct search_task *task)
{
    *rooms = (struct rooms){.task = task};
    make_shapes(rooms);
    limit_activations(rooms);
    rooms->searched[LIMIT_ACTIVATIONS] = true;
    rooms->searched[LIMIT_UNTIL_WEIGHT] =
        task->freed_by_input > 0 && task->max_activations > 0;
    if (task->memory) {
        rooms->limits[LIMIT_BYTES] = *task->memory;
        rooms->searched[LIMIT_BYTES] = true;
    }
    for (int k = 0; k < LIMITS; k++)
        for (int i = 0; rooms->searched[k] && i < rooms->placements; i++)
            rooms->ranks[k][i] =
                limit_ranks(&rooms->limits[k], rooms->shapes[i]);
}

void
rooms_fini(struct rooms *rooms)
{
    for (int i = 0; i < rooms->placements; i++) {
        problem_fini(&rooms->problems[i]);
        plan_free(rooms->shapes[i]);
        free(rooms->most[i]);
        for (int k = 0; k < LIMITS; k++)
            free(rooms->ranks[k][i]);
    }
    free(rooms->nothing);
    free(rooms->activations[0]);
    free(rooms->activations[1]);
}

/* Takes rooms->most of a placement as its room. */
static void
use_room(struct rooms *rooms, enum limit_kind kind, int i)
{
    const struct search_task *task = rooms->task;
    struct room room = {rooms->limits[kind].stages, NULL};

    rooms->closed[i] = false;
    for (int r = 0; r < task->ranks; r++) {
        rooms->closed[i] = rooms->closed[i] || rooms->most[i][r] < 0;
        if (rooms->most[i][r] < rooms->ranks[kind][i][r].all)
            room.most = rooms->most[i];
    }
    problem_fini(&rooms->problems[i]);
    problem_init(&rooms->problems[i], rooms->shapes[i], task->cost, room);
}

bool
rooms_set(struct rooms *rooms, enum limit_kind kind, int64_t size, bool exact)
{
    bool open = false;

    for (int i = 0; i < rooms->placements; i++) {
        for (int r = 0; r < rooms->task->ranks; r++)
            rooms->most[i][r] =
                limit_room(&rooms->ranks[kind][i][r], size, exact);
        use_room(rooms, kind, i);
        open = open || !rooms->closed[i];
    }
    return open;
}

void
rooms_set_one(struct rooms *rooms, enum limit_kind kind)
{
    rooms_set(rooms, kind, rooms->limits[kind].most, false);
    for (int i = 0; i < rooms->placements; i++)
        if (!rooms->closed[i]) {
            for (int r = 0; r < rooms->task->ranks; r++)
                rooms->most[i][r] = rooms->ranks[kind][i][r].one;
            use_room(rooms, kind, i);
        }
}

int64_t
rooms_less(const struct rooms *rooms, enum limit_kind kind, int64_t size)
{
    int64_t less = -1;

    for (int i = 0; i < rooms->placements; i++)
        for (int r = 0; r < rooms->task->ranks && !rooms->closed[i]; r++) {
            int64_t below = limit_below(&rooms->ranks[kind][i][r], size);

            less = below > less ? below : less;
        }
    return less;
}

bool
rooms_are_whole(const struct rooms *rooms, enum limit_kind kind)
{
    bool whole = kind != LIMIT_UNTIL_WEIGHT;

    for (int i = 0; i < rooms->placements; i++)
        for (int r = 0; r < rooms->task->ranks; r++)
            whole = whole && rooms->ranks[kind][i][r].whole;
    return whole;
}

struct bound
rooms_bound(const struct rooms *rooms, enum search_objective objective)
{
    struct bound least = {.ticks = INT64_MAX};

    for (int i = 0; i < rooms->placements; i++) {
        const struct problem *problem = &rooms->problems[i];
        struct bound bound = {.ticks = INT64_MAX};

        if (!rooms->closed[i])
            bound = objective == SEARCH_MAKESPAN ? bound_makespan(problem)
                                                 : bound_period(problem);
        if (bound.ticks < least.ticks)
            least = bound;
    }
    return least;
}

/* The least that a rank must be able to hold, so that a microbatch fits. */
static int64_t
least_bytes(const struct rooms *rooms)
{
    int64_t least = INT64_MAX;

    for (int i = 0; i < rooms->placements; i++) {
        int64_t most = 0;

        for (int r = 0; r < rooms->task->ranks; r++) {
            const struct limit_rank *rank = &rooms->ranks[LIMIT_BYTES][i][r];

            if (rank->fixed + rank->one > most)
                most = rank->fixed + rank->one;
        }
        least = most < least ? most : least;
    }
    return least;
}

bool
rooms_bound_all(struct rooms *rooms, struct search_result *result,
                struct cause *cause)
{
    char texts[2][TEXT_SIZE_MAX];

    for (int k = 0; k < LIMITS; k++) {
        struct bound bound;

        if (!rooms->searched[k] || k == LIMIT_UNTIL_WEIGHT)
            continue;
        if (!rooms_set(rooms, (enum limit_kind)k, rooms->limits[k].most, true))
            return fail(cause,
                        "no plan fits: a rank has %s and needs %s (%lld "
                        "bytes) for one "
                        "microbatch at a time; allow that, or use more ranks",
                        text_size((size_t)rooms->limits[k].most, texts[0]),
                        text_size((size_t)least_bytes(rooms), texts[1]),
                        (long long)least_bytes(rooms));
        bound = rooms_bound(rooms, result->objective);
        if (bound.ticks > result->bound.ticks)
            result->bound = bound;
        for (int i = 0; k == LIMIT_BYTES && i < rooms->placements; i++)
            if (rooms->closed[i] || rooms->problems[i].room.most)
                result->bytes_limit = true;
    }
    return true;
}

bool
rooms_keep(const struct rooms *rooms, const struct plan *plan, int slots,
           int64_t *excess)
{
    int64_t bytes = 0;

    if (rooms->task->memory)
        bytes = limit_excess(&rooms->limits[LIMIT_BYTES], plan, slots);
    if (bytes > *excess)
        *excess = bytes;
    return bytes == 0 &&
           limit_excess(&rooms->limits[LIMIT_ACTIVATIONS], plan, slots) == 0;
}
