/* rng.c -- makes random numbers from a seed and a counter, with no other
 * state. */
#include "config.h"

#include "base/rng.h"

#include <math.h>
#include <string.h>

void
rng_philox(uint32_t counter[4], const uint32_t key[2])
{
    uint32_t key0 = key[0];
    uint32_t key1 = key[1];

    for (int round = 0; round < 10; round++) {
        uint64_t a = UINT64_C(0xD2511F53) * counter[0];
        uint64_t b = UINT64_C(0xCD9E8D57) * counter[2];
        uint32_t first = (uint32_t)(b >> 32) ^ counter[1] ^ key0;
        uint32_t third = (uint32_t)(a >> 32) ^ counter[3] ^ key1;

        counter[0] = first;
        counter[1] = (uint32_t)b;
        counter[2] = third;
        counter[3] = (uint32_t)a;
        key0 += 0x9E3779B9;
        key1 += 0xBB67AE85;
    }
}

void
rng_init(struct rng *rng, uint64_t seed, enum rng_use use, uint32_t index)
{
    memset(rng, 0, sizeof *rng);
    rng->seed = seed;
    rng->stream = (uint64_t)use << 32 | index;
}

/* Draws numbers next & ~3 .. next | 3. */
static void
rng_draw(struct rng *rng)
{
    uint32_t key[2] = {(uint32_t)rng->seed, (uint32_t)(rng->seed >> 32)};
    uint64_t block = rng->next / 4;

    rng->block[0] = (uint32_t)block;
    rng->block[1] = (uint32_t)(block >> 32);
    rng->block[2] = (uint32_t)rng->stream;
    rng->block[3] = (uint32_t)(rng->stream >> 32);
    rng_philox(rng->block, key);
}

uint32_t
rng_bits(struct rng *rng)
{
    unsigned at = (unsigned)(rng->next % 4);

    if (at == 0)
        rng_draw(rng);
    rng->next++;
    return rng->block[at];
}

uint32_t
rng_at(uint64_t seed, enum rng_use use, uint32_t index, uint64_t n)
{
    struct rng rng;

    rng_init(&rng, seed, use, index);
    rng.next = n;
    rng_draw(&rng);
    return rng.block[n % 4];
}

float
rng_uniform(struct rng *rng)
{
    return (float)(rng_bits(rng) >> 8) * 0x1p-24f;
}

float
rng_normal(struct rng *rng)
{
    /* 1 - u lies in (0, 1]: the logarithm stays finite. */
    double radius = sqrt(-2.0 * log(1.0 - (double)rng_uniform(rng)));
    double angle = 2.0 * 3.14159265358979323846 * (double)rng_uniform(rng);

    return (float)(radius * cos(angle));
}

uint32_t
rng_below(struct rng *rng, uint32_t bound)
{
    /* Numbers below 2^32 mod bound would favour the small remainders. */
    uint32_t reject = (uint32_t)(-bound) % bound;
    uint32_t bits;

    do
        bits = rng_bits(rng);
    while (bits < reject);
    return bits % bound;
}
