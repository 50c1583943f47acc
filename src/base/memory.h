/* memory.h -- allocation that succeeds or ends the process.
 *
 * Everything comes zeroed and is released with free(). */
#ifndef PIPELAB_BASE_MEMORY_H
#define PIPELAB_BASE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* count items of size bytes; never NULL, also for count 0. */
void *
memory_new(size_t count, size_t size);

/* The same of one item, for libraries that ask as malloc() does. */
void *
memory_block(size_t size);

/* count floats on a cache-line boundary, so that no two threads' tensors
 * share a line and vector loads are aligned. */
float *
memory_new_floats(size_t count);

/* Bytes that memory_new_floats(count) takes, the allocator's own included. */
size_t
memory_floats_bytes(size_t count);

/* Makes room in *items (capacity *room) for one more than used items of size
 * bytes, at least doubling when it grows. */
void
memory_grow(void *items, size_t *room, size_t used, size_t size);

/* Sums and products of sizes that are not allocated yet and may be absurd. A
 * result that does not fit a size_t is SIZE_MAX, which no machine has. */
static inline size_t
memory_times(size_t count, size_t size)
{
    size_t bytes;

    return __builtin_mul_overflow(count, size, &bytes) ? SIZE_MAX : bytes;
}

static inline size_t
memory_plus(size_t a, size_t b)
{
    return a > SIZE_MAX - b ? SIZE_MAX : a + b;
}

#endif
