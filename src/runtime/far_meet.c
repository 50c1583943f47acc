/* far_meet.c -- tells other processes that the ranks of this one have met. */
#include "config.h"

#include "runtime/far_meet.h"

#include "base/memory.h"

#include <stdlib.h>

/* In place of a virtual time. */
enum { FAR_MEET_FAREWELL = -1 };

struct far_meet_other {
    int process;
    struct wire_request out;
    int64_t said;
    struct wire_request in;
    int64_t heard;
    bool left; /* its farewell was heard */
};

struct far_meet {
    struct wire *wire;
    int count;
    struct far_meet_other *others; /* count */
    bool farewell;                 /* it is said */
    _Atomic int closed;
};

struct far_meet *
far_meet_new(const struct world *world)
{
    struct far_meet *meet;

    if (world_processes(world) == 1)
        return NULL;
    meet = memory_new(1, sizeof *meet);
    meet->wire = world->wire;
    meet->others =
        memory_new((size_t)world_processes(world), sizeof *meet->others);
    for (int p = 0; p < world_processes(world); p++) {
        struct far_meet_other *other = &meet->others[meet->count];

        if (p == world_process(world))
            continue;
        other->process = world->first + p;
        wire_receive(meet->wire, &other->in, other->process, WORLD_TAG_MEET,
                     &other->heard, sizeof other->heard);
        meet->count++;
    }
    return meet;
}

static bool
tell(struct far_meet *meet, struct far_meet_other *other, int64_t time)
{
    if (!wire_await(meet->wire, &other->out, &meet->closed))
        return false;
    other->said = time;
    wire_send(meet->wire, &other->out, other->process, WORLD_TAG_MEET,
              &other->said, sizeof other->said);
    return true;
}

/* Its next word; false also if that is a farewell, after which it says no
 * more. */
static bool
hear(struct far_meet *meet, struct far_meet_other *other, int64_t *time)
{
    if (!wire_await(meet->wire, &other->in, &meet->closed))
        return false;
    *time = other->heard;
    other->left = *time == FAR_MEET_FAREWELL;
    if (other->left)
        return false;
    wire_receive(meet->wire, &other->in, other->process, WORLD_TAG_MEET,
                 &other->heard, sizeof other->heard);
    return true;
}

bool
far_meet_all(struct far_meet *meet, int64_t *latest, bool *left)
{
    int64_t ours = *latest;

    for (int i = 0; meet && i < meet->count; i++)
        if (!tell(meet, &meet->others[i], ours))
            return false;
    for (int i = 0; meet && i < meet->count; i++) {
        int64_t theirs;

        if (!hear(meet, &meet->others[i], &theirs)) {
            *left = meet->others[i].left;
            return false;
        }
        if (theirs > *latest)
            *latest = theirs;
    }
    return true;
}

void
far_meet_leave(struct far_meet *meet)
{
    if (!meet || meet->farewell)
        return;
    meet->farewell = true;
    atomic_store(&meet->closed, 0);
    for (int i = 0; i < meet->count; i++)
        tell(meet, &meet->others[i], FAR_MEET_FAREWELL);
}

void
far_meet_close(struct far_meet *meet)
{
    if (!meet)
        return;
    atomic_store(&meet->closed, 1);
    wire_wake(meet->wire);
}

void
far_meet_free(struct far_meet *meet)
{
    if (!meet)
        return;
    far_meet_leave(meet);
    for (int i = 0; i < meet->count; i++) {
        struct far_meet_other *other = &meet->others[i];
        int64_t time;

        while (!other->left)
            hear(meet, other, &time);
        wire_await(meet->wire, &other->out, NULL);
    }
    free(meet->others);
    free(meet);
}
