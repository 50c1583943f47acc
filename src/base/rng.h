/* rng.h -- random numbers by counter: number n of stream s under a seed is a
 * pure function of (seed, s, n), so weights depend on the seed and the layer
 * alone, not on the thread that draws them or on the order.
 *
 * Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers:
 * as easy as 1, 2, 3" (SC 2011), section 3.3. */
#ifndef PIPELAB_BASE_RNG_H
#define PIPELAB_BASE_RNG_H

#include <stdint.h>

/* The use of a stream. The low 32 bits of a stream's number are free for the
 * caller: a layer, an epoch, an image. */
enum rng_use {
    RNG_WEIGHTS = 1,
    RNG_SHUFFLE,
    RNG_RANDOM_DATA,
    RNG_DIGITS,
    RNG_SEARCH,
    RNG_TEST,
    RNG_JITTER
};

struct rng {
    uint64_t seed;
    uint64_t stream;
    uint64_t next;     /* index of the next 32-bit number to hand out */
    uint32_t block[4]; /* numbers next & ~3 .. next | 3, once drawn */
};

/* Number 0 of stream (use, index) comes next. */
void
rng_init(struct rng *rng, uint64_t seed, enum rng_use use, uint32_t index);

uint32_t
rng_bits(struct rng *rng);

/* Number n of a stream, without the ones before it. */
uint32_t
rng_at(uint64_t seed, enum rng_use use, uint32_t index, uint64_t n);

/* Uniform in [0, 1), a multiple of 2^-24. */
float
rng_uniform(struct rng *rng);

/* Standard normal, by Box and Muller's cosine half; takes two numbers. */
float
rng_normal(struct rng *rng);

/* Uniform in 0 .. bound-1 without bias; bound >= 1. */
uint32_t
rng_below(struct rng *rng, uint32_t bound);

/* The raw bijection: encrypts counter under key, ten rounds. */
void
rng_philox(uint32_t counter[4], const uint32_t key[2]);

#endif
