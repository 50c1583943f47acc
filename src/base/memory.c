/* memory.c -- allocates zeroed memory or ends the process; adds sizes without
 * overflow. */
#include "config.h"

#include "base/memory.h"

#include "base/error.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    CACHE_LINE = 64,
    HUGE_PAGE = 2 << 20 /* the most common size; elsewhere no harm is done */
};

static _Noreturn void
out_of_memory(size_t count, size_t size)
{
    die("out of memory: %zu x %zu bytes", count, size);
}

void *
memory_new(size_t count, size_t size)
{
    void *memory = NULL;

    /* calloc() checks this too, but a sanitizer's ends the process there. */
    if (size == 0 || count <= SIZE_MAX / size)
        memory = calloc(count ? count : 1, size);
    if (!memory)
        out_of_memory(count, size);
    return memory;
}

void *
memory_block(size_t size)
{
    return memory_new(1, size);
}

/* Large arrays begin on a huge page, of which they may take whole ones. */
static size_t
alignment_of(size_t count)
{
    return count >= HUGE_PAGE / sizeof(float) ? HUGE_PAGE : CACHE_LINE;
}

/* aligned_alloc() wants a multiple of the alignment. */
static size_t
room_for(size_t count)
{
    size_t alignment = alignment_of(count);
    size_t room =
        memory_plus(memory_times(count, sizeof(float)), alignment - 1);

    if (room == SIZE_MAX)
        return SIZE_MAX;
    return room < 2 * alignment ? alignment : room / alignment * alignment;
}

size_t
memory_floats_bytes(size_t count)
{
    return memory_plus(room_for(count), CACHE_LINE);
}

float *
memory_new_floats(size_t count)
{
    size_t room = room_for(count);
    float *floats = NULL;

    if (room < SIZE_MAX)
        floats = aligned_alloc(alignment_of(count), room);
    if (!floats)
        out_of_memory(count, sizeof *floats);
    memset(floats, 0, count * sizeof *floats);
    return floats;
}

void
memory_grow(void *items, size_t *room, size_t used, size_t size)
{
    void **array = items;
    size_t more = *room ? 2 * *room : 16;
    void *grown;

    if (used < *room)
        return;
    if (more > SIZE_MAX / size || !(grown = realloc(*array, more * size)))
        out_of_memory(more, size);
    memset((char *)grown + *room * size, 0, (more - *room) * size);
    *array = grown;
    *room = more;
}
