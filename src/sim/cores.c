/* cores.c -- simulates ranks that share fewer cores. */
#include "config.h"

#include "base/larger.h"
#include "base/memory.h"
#include "plan/level.h"
#include "sim/forecast.h"
#include "plan/place.h"

#include <assert.h>
#include <stdlib.h>

struct worker {
    size_t position;
    int64_t clock; /* when it came there or, computing, will have gone on */
    bool computing;
};

struct link {
    int64_t *arrival; /* capacity: when the message in a slot arrives */
    int64_t *freed;   /* capacity: when a slot was last emptied */
    int sent;
    int received;
};

struct sharing {
    const struct plan *plan;
    const struct cost *cost;
    int capacity;
    int64_t **levels;
    struct worker *workers; /* ranks */
    struct link *links;     /* plan_links() */
    int64_t now;
    int free; /* cores */
};

/* What the rank is at; NULL at the end of its list. */
static const struct action *
sharing_action_at(const struct sharing *sharing, int rank)
{
    const struct action_list *list = &sharing->plan->lists[rank];
    size_t position = sharing->workers[rank].position;

    return position < list->count ? &list->at[position] : NULL;
}

/* Ends a SEND or a RECV if nothing holds it up but time. */
static bool
sharing_transfer(struct sharing *sharing, struct worker *worker,
                 const struct action *action)
{
    struct link *link = &sharing->links[plan_link(sharing->plan, action)];
    bool sending =
        action_class((enum action_kind)action->kind) == ACTION_CLASS_SEND;
    int slot = (sending ? link->sent : link->received) % sharing->capacity;

    if (link->sent - link->received == (sending ? sharing->capacity : 0))
        return false;
    if (sending) {
        worker->clock = larger_of(worker->clock, link->freed[slot]);
        link->arrival[slot] =
            worker->clock + cost_message(sharing->cost, sharing->plan,
                                         plan_link(sharing->plan, action));
        link->sent++;
    } else {
        worker->clock = larger_of(worker->clock, link->arrival[slot]);
        link->freed[slot] = worker->clock;
        link->received++;
    }
    worker->position++;
    return true;
}

/* Moves every rank that does not compute to its next computation, as far as it
 * can. */
static void
sharing_settle(struct sharing *sharing)
{
    bool moved = true;

    while (moved) {
        moved = false;
        for (int r = 0; r < sharing->plan->ranks; r++) {
            struct worker *worker = &sharing->workers[r];
            const struct action *action = sharing_action_at(sharing, r);

            while (!worker->computing && action &&
                   action_is_transfer(action) &&
                   sharing_transfer(sharing, worker, action)) {
                action = sharing_action_at(sharing, r);
                moved = true;
            }
        }
    }
}

/* Of the ranks that could compute now, the one with the highest level; -1 if
 * none. */
static int
most_urgent(const struct sharing *sharing)
{
    int first = -1;
    int64_t highest = -1;

    for (int r = 0; r < sharing->plan->ranks; r++) {
        const struct worker *worker = &sharing->workers[r];
        const struct action *action = sharing_action_at(sharing, r);

        if (!action || action_is_transfer(action) || worker->computing ||
            worker->clock > sharing->now ||
            sharing->levels[r][worker->position] <= highest)
            continue;
        first = r;
        highest = sharing->levels[r][worker->position];
    }
    return first;
}

static void
hand_out(struct sharing *sharing)
{
    int rank;

    while (sharing->free > 0 && (rank = most_urgent(sharing)) >= 0) {
        struct worker *worker = &sharing->workers[rank];

        worker->clock =
            sharing->now +
            cost_of(sharing->cost, rank, sharing_action_at(sharing, rank));
        worker->computing = true;
        sharing->free--;
    }
}

/* Moves time on to the end of a computation or the start of one; false if none
 * is left. */
static bool
advance(struct sharing *sharing)
{
    int64_t next = INT64_MAX;

    for (int r = 0; r < sharing->plan->ranks; r++) {
        const struct worker *worker = &sharing->workers[r];

        if ((worker->computing || worker->clock > sharing->now) &&
            worker->clock < next)
            next = worker->clock;
    }
    if (next == INT64_MAX)
        return false;
    sharing->now = next;
    for (int r = 0; r < sharing->plan->ranks; r++) {
        struct worker *worker = &sharing->workers[r];

        if (!worker->computing || worker->clock > next)
            continue;
        worker->computing = false;
        worker->position++;
        sharing->free++;
    }
    return true;
}

static void
sharing_init(struct sharing *sharing)
{
    size_t slots = (size_t)sharing->capacity;

    sharing->levels = level_new(sharing->plan, sharing->cost);
    sharing->workers =
        memory_new((size_t)sharing->plan->ranks, sizeof *sharing->workers);
    sharing->links =
        memory_new((size_t)plan_links(sharing->plan), sizeof *sharing->links);
    for (int i = 0; i < plan_links(sharing->plan); i++)
        sharing->links[i] = (struct link){
            .arrival = memory_new(slots, sizeof(int64_t)),
            .freed = memory_new(slots, sizeof(int64_t)),
        };
}

static void
sharing_fini(struct sharing *sharing)
{
    for (int i = 0; i < plan_links(sharing->plan); i++) {
        free(sharing->links[i].arrival);
        free(sharing->links[i].freed);
    }
    free(sharing->links);
    free(sharing->workers);
    level_free(sharing->levels, sharing->plan);
}

int64_t
forecast_on_cores(const struct program *program, const struct cost *cost,
                  int capacity, int cores)
{
    struct sharing sharing = {
        .plan = program->lowered,
        .cost = cost,
        .capacity = capacity,
        .free = cores,
    };

    assert(capacity > 0 && cores > 0);
    sharing_init(&sharing);
    do {
        sharing_settle(&sharing);
        hand_out(&sharing);
    } while (advance(&sharing));
    sharing_fini(&sharing);
    return sharing.now;
}
