/* dealt.c -- deals out examples to processes. */
#include "config.h"

#include "cli/dealt.h"

#include "base/memory.h"
#include "cli/examples.h"
#include "cli/processes.h"
#include "plan/place.h"

#include <stdlib.h>

static void
share_sizes(struct dataset *set)
{
    int sizes[] = {set->count, set->features, set->classes};

    world_share(processes(), 0, sizes, sizeof sizes);
    set->count = sizes[0];
    set->features = sizes[1];
    set->classes = sizes[2];
}

enum status
dealt_read(struct dataset *train, struct dataset *test,
           const struct plan_request *request, struct cause *cause)
{
    enum status status = STATUS_DONE;

    *train = *test = (struct dataset){0};
    if (processes_speak())
        status = examples_read(train, test, request, cause);
    status = processes_agree(status, cause);
    if (status == STATUS_DONE && processes()) {
        share_sizes(train);
        share_sizes(test);
    }
    return status;
}

/* Whether one of the places that are stage `stage` lives in the process of the
 * wire, in whichever replica. */
static bool
has_stage(const struct plan *plan, int stage, const struct world *world,
          int process)
{
    for (int c = 0; c < plan->copies; c++) {
        int rank = plan->rank_of_stage[c * plan->stages + stage];

        if (world_home(world, rank) == process % world->count)
            return true;
    }
    return false;
}

/* Gives an array of process 0 to the processes that have the stage; returns
 * this one's. */
static void *
deal(void *array, size_t size, const struct plan *plan, int stage,
     const struct world *world)
{
    int here = world_process(processes());

    for (int p = 1; p < processes_count(); p++) {
        if (!has_stage(plan, stage, world, p))
            continue;
        if (here == p)
            array = memory_new(size, 1);
        world_move(processes(), 0, p, array, size);
    }
    if (has_stage(plan, stage, world, here))
        return array;
    free(array);
    return NULL;
}

void
dealt_send(struct dataset *set, const struct plan *plan,
           const struct world *world)
{
    size_t values = (size_t)set->count * (size_t)set->features;
    int bytes = set->pixels != NULL;

    if (set->count == 0)
        return;
    world_share(processes(), 0, &bytes, sizeof bytes);
    if (bytes)
        set->pixels = deal(set->pixels, values, plan, 0, world);
    else
        set->values =
            deal(set->values, values * sizeof(float), plan, 0, world);
    set->labels =
        deal(set->labels, (size_t)set->count, plan, plan->stages - 1, world);
}
