/* dataset.c -- makes data sets: random batches, and what they are known by. */
#include "config.h"

#include "data/dataset.h"

#include "base/hash.h"
#include "base/memory.h"
#include "base/rng.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void
dataset_fini(struct dataset *set)
{
    free(set->values);
    free(set->pixels);
    free(set->labels);
    memset(set, 0, sizeof *set);
}

void
dataset_random(struct dataset *set, int count, int features, int classes,
               uint64_t seed)
{
    size_t width = (size_t)features;

    assert(count >= 1 && features >= 1 && classes >= 1 && classes <= 256);
    memset(set, 0, sizeof *set);
    set->count = count;
    set->features = features;
    set->classes = classes;
    set->values = memory_new_floats((size_t)count * width);
    set->labels = memory_new((size_t)count, sizeof *set->labels);
    /* A stream for each example: a longer set begins with the shorter one. */
    for (int i = 0; i < count; i++) {
        float *values = set->values + (size_t)i * width;
        struct rng rng;

        rng_init(&rng, seed, RNG_RANDOM_DATA, (uint32_t)i);
        for (int f = 0; f < features; f++)
            values[f] = rng_normal(&rng);
        set->labels[i] = (uint8_t)rng_below(&rng, (uint32_t)classes);
    }
}

size_t
dataset_random_bytes(int count, int features)
{
    return memory_floats_bytes((size_t)count * (size_t)features) +
           (size_t)count;
}

size_t
dataset_bytes(const struct dataset *set)
{
    size_t values = (size_t)set->count * (size_t)set->features;

    return values * (set->values ? sizeof *set->values : 0) +
           values * (set->pixels ? sizeof *set->pixels : 0) +
           (size_t)set->count;
}

uint64_t
dataset_hash(const struct dataset *set)
{
    size_t values = (size_t)set->count * (size_t)set->features;
    uint64_t hash = hash_word(HASH_START, (uint32_t)set->features);

    if (set->values)
        hash = hash_floats(hash, set->values, values);
    for (size_t i = 0; set->pixels && i < values; i++)
        hash = hash_byte(hash, set->pixels[i]);
    for (int i = 0; i < set->count; i++)
        hash = hash_byte(hash, set->labels[i]);
    return hash;
}

void
dataset_example(const struct dataset *set, int i, float *values)
{
    size_t width = (size_t)set->features;
    size_t first = (size_t)i * width;

    assert(i >= 0 && i < set->count);
    if (set->values) {
        memcpy(values, set->values + first, width * sizeof *values);
        return;
    }
    for (size_t f = 0; f < width; f++)
        values[f] = (float)set->pixels[first + f] / 255.0f;
}
