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
    die("out of memory: %zu items of %zu bytes", count, size);
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

float *
memory_new_floats(size_t count)
{
    size_t alignment = CACHE_LINE;
    size_t bytes = count * sizeof(float);
    size_t room;
    float *floats;

    if (count > (SIZE_MAX - HUGE_PAGE) / sizeof *floats)
        out_of_memory(count, sizeof *floats);
    if (bytes >= HUGE_PAGE)
        alignment = HUGE_PAGE;
    /* aligned_alloc() wants a multiple of the alignment. */
    room = (bytes + alignment - 1) / alignment * alignment;
    floats = aligned_alloc(alignment, room ? room : alignment);
    if (!floats)
        out_of_memory(count, sizeof *floats);
    memset(floats, 0, bytes);
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
