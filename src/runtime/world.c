/* world.c -- deals out ranks to processes and lets these talk between steps. */
#include "config.h"

#include "runtime/world.h"

#include "base/clock.h"

#include <stdio.h>

enum { ROUND_TRIPS = 20 };

int
world_process(const struct world *world)
{
    return world ? world->wire->process - world->first : 0;
}

int
world_processes(const struct world *world)
{
    return world ? world->count : 1;
}

int
world_home(const struct world *world, int rank)
{
    return world ? (int)((int64_t)rank * world->count / world->ranks) : 0;
}

bool
world_is_home(const struct world *world, int rank)
{
    return world_home(world, rank) == world_process(world);
}

void
world_move(const struct world *world, int from, int to, void *bytes,
           size_t size)
{
    int here = world_process(world);
    struct wire_request request = {0};

    if (from == to || (here != from && here != to))
        return;
    if (here == from)
        wire_send(world->wire, &request, world->first + to, WORLD_TAG_TALK,
                  bytes, size);
    else
        wire_receive(world->wire, &request, world->first + from,
                     WORLD_TAG_TALK, bytes, size);
    wire_await(world->wire, &request, NULL);
}

void
world_share(const struct world *world, int from, void *bytes, size_t size)
{
    for (int to = 0; to < world_processes(world); to++)
        world_move(world, from, to, bytes, size);
}

int
world_agree(const struct world *world, int status, struct cause *cause)
{
    struct verdict {
        int status;
        struct cause cause;
    } mine = {.status = status}, worst = {.status = 0};
    bool all = true;
    int who = 0;

    if (world_processes(world) == 1)
        return status;
    if (status != 0)
        mine.cause = *cause;
    for (int p = 0; p < world_processes(world); p++) {
        struct verdict theirs = mine;

        world_share(world, p, &theirs, sizeof theirs);
        all = all && theirs.status != 0;
        if (theirs.status == 0 ||
            (worst.status != 0 && worst.status <= theirs.status))
            continue;
        worst = theirs;
        who = p;
    }
    if (worst.status != 0) {
        char name[32];

        *cause = worst.cause;
        snprintf(name, sizeof name, "process %d", who);
        if (!all && who > 0 && cause->text[0])
            fail_of(cause, name);
    }
    return worst.status;
}

int64_t
world_least(const struct world *world, int64_t value)
{
    int64_t least = value;

    for (int p = 0; p < world_processes(world); p++) {
        int64_t theirs = value;

        world_share(world, p, &theirs, sizeof theirs);
        if (theirs < least)
            least = theirs;
    }
    return least;
}

void
world_meet(const struct world *world)
{
    (void)world_least(world, 0);
}

/* Process 0 asks, this one answers with its clock. */
static int64_t
offset_of(const struct world *world, int process)
{
    int64_t shortest = INT64_MAX;
    int64_t offset = 0;

    for (int i = 0; i < ROUND_TRIPS; i++) {
        int64_t asked = clock_wall_ns();
        int64_t theirs = 0;
        int64_t answered;

        world_move(world, 0, process, &asked, sizeof asked);
        theirs = clock_wall_ns();
        world_move(world, process, 0, &theirs, sizeof theirs);
        answered = clock_wall_ns();
        if (answered - asked < shortest) {
            shortest = answered - asked;
            offset = asked + (answered - asked) / 2 - theirs;
        }
    }
    return offset;
}

int64_t
world_clock_offset(const struct world *world)
{
    int64_t mine = 0;

    for (int p = 1; p < world_processes(world); p++) {
        int64_t offset = offset_of(world, p);

        world_move(world, 0, p, &offset, sizeof offset);
        if (p == world_process(world))
            mine = offset;
    }
    return mine;
}
