/* hash.h -- FNV-1a, 64 bits, byte by byte: tells data apart, not forgeries. */
#ifndef PIPELAB_BASE_HASH_H
#define PIPELAB_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define HASH_START UINT64_C(0xcbf29ce484222325)

static inline uint64_t
hash_byte(uint64_t hash, uint8_t byte)
{
    return (hash ^ byte) * UINT64_C(0x100000001b3);
}

static inline uint64_t
hash_word(uint64_t hash, uint32_t word)
{
    for (int shift = 0; shift < 32; shift += 8)
        hash = hash_byte(hash, (uint8_t)(word >> shift));
    return hash;
}

static inline uint64_t
hash_floats(uint64_t hash, const float *floats, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;

        memcpy(&bits, &floats[i], sizeof bits);
        hash = hash_word(hash, bits);
    }
    return hash;
}

#endif
