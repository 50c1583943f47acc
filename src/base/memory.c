#include "config.h"

#include "base/memory.h"

#include "base/error.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CACHE_LINE = 64 };

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
    size_t bytes;
    float *floats;

    if (count > (SIZE_MAX - CACHE_LINE) / sizeof *floats)
        out_of_memory(count, sizeof *floats);
    /* aligned_alloc() wants a multiple of the alignment. */
    bytes = (count * sizeof *floats + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
    floats = aligned_alloc(CACHE_LINE, bytes ? bytes : CACHE_LINE);
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
