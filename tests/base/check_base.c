#include "config.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/rng.h"
#include "suite.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* ---- random numbers ---- */

/* The known answers that come with the paper's own library. */
START_TEST(philox_gives_the_known_answers)
{
    uint32_t zeros[4] = {0};
    uint32_t ones[4] = {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX};
    const uint32_t after_zeros[] = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c,
                                    0x9b00dbd8};
    const uint32_t after_ones[] = {0x408f276d, 0x41c83b0e, 0xa20bc7c6,
                                   0x6d5451fd};

    rng_philox(zeros, (const uint32_t[]){0, 0});
    ck_assert_mem_eq(zeros, after_zeros, sizeof zeros);
    rng_philox(ones, (const uint32_t[]){UINT32_MAX, UINT32_MAX});
    ck_assert_mem_eq(ones, after_ones, sizeof ones);
}
END_TEST

static uint32_t
first_bits(uint64_t seed, enum rng_use use, uint32_t index)
{
    struct rng rng;

    rng_init(&rng, seed, use, index);
    return rng_bits(&rng);
}

START_TEST(a_stream_is_a_function_of_seed_use_and_index)
{
    uint32_t base = first_bits(1, RNG_WEIGHTS, 3);

    ck_assert_uint_eq(first_bits(1, RNG_WEIGHTS, 3), base);
    ck_assert_uint_ne(first_bits(2, RNG_WEIGHTS, 3), base);
    ck_assert_uint_ne(first_bits(1 + (UINT64_C(1) << 40), RNG_WEIGHTS, 3),
                      base);
    ck_assert_uint_ne(first_bits(1, RNG_SHUFFLE, 3), base);
    ck_assert_uint_ne(first_bits(1, RNG_WEIGHTS, 4), base);
}
END_TEST

START_TEST(uniform_numbers_fill_their_interval_evenly)
{
    enum { COUNT = 100000 };
    struct rng rng;
    double sum = 0.0;
    double squares = 0.0;

    rng_init(&rng, 5, RNG_TEST, 0);
    for (int i = 0; i < COUNT; i++) {
        double u = (double)rng_uniform(&rng);

        ck_assert(u >= 0.0 && u < 1.0);
        sum += u;
        squares += u * u;
    }
    /* Six standard errors of the mean and of the second moment. */
    ck_assert_double_eq_tol(sum / COUNT, 0.5, 6 * 0.2887 / sqrt(COUNT));
    ck_assert_double_eq_tol(squares / COUNT, 1.0 / 3, 6 * 0.2981 / sqrt(COUNT));
}
END_TEST

START_TEST(normal_numbers_have_mean_0_and_variance_1)
{
    enum { COUNT = 100000 };
    struct rng rng;
    double sum = 0.0;
    double squares = 0.0;

    rng_init(&rng, 6, RNG_TEST, 0);
    for (int i = 0; i < COUNT; i++) {
        double n = (double)rng_normal(&rng);

        ck_assert(isfinite(n));
        sum += n;
        squares += n * n;
    }
    ck_assert_double_eq_tol(sum / COUNT, 0.0, 6 / sqrt(COUNT));
    ck_assert_double_eq_tol(squares / COUNT, 1.0, 6 * sqrt(2.0 / COUNT));
}
END_TEST

START_TEST(numbers_below_a_bound_are_evenly_spread)
{
    enum { COUNT = 70000, BOUND = 7 };
    int seen[BOUND] = {0};
    struct rng rng;

    rng_init(&rng, 7, RNG_TEST, 0);
    for (int i = 0; i < COUNT; i++) {
        uint32_t n = rng_below(&rng, BOUND);

        ck_assert_uint_lt(n, BOUND);
        seen[n]++;
    }
    for (int n = 0; n < BOUND; n++)
        ck_assert_int_lt(abs(seen[n] - COUNT / BOUND), 600);
    ck_assert_uint_eq(rng_below(&rng, 1), 0);
    /* Where 2^32 is far from a multiple of the bound. */
    for (int i = 0; i < 1000; i++)
        ck_assert_uint_lt(rng_below(&rng, 3000000000u), 3000000000u);
}
END_TEST

/* ---- memory ---- */

START_TEST(memory_comes_zeroed_and_floats_aligned)
{
    for (size_t count = 0; count < 40; count++) {
        unsigned char *bytes = memory_new(count, 3);
        float *floats = memory_new_floats(count);

        ck_assert(bytes && floats);
        for (size_t i = 0; i < 3 * count; i++)
            ck_assert_uint_eq(bytes[i], 0);
        for (size_t i = 0; i < count; i++)
            ck_assert(floats[i] == 0.0f);
        ck_assert_uint_eq((uintptr_t)floats % 64, 0);
        free(bytes);
        free(floats);
    }
}
END_TEST

START_TEST(a_growing_array_keeps_what_it_holds)
{
    int *items = NULL;
    size_t room = 0;

    for (int i = 0; i < 1000; i++) {
        memory_grow(&items, &room, (size_t)i, sizeof *items);
        ck_assert_uint_gt(room, (size_t)i);
        ck_assert_int_eq(items[i], 0);
        items[i] = i;
    }
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(items[i], i);
    free(items);
}
END_TEST

START_TEST(a_size_that_overflows_ends_the_process)
{
    memory_new(SIZE_MAX / 2, 4);
}
END_TEST

START_TEST(so_do_floats_that_overflow)
{
    memory_new_floats(SIZE_MAX / 2);
}
END_TEST

/* ---- errors, clocks ---- */

START_TEST(fail_returns_false_and_cuts_what_is_too_long)
{
    char text[2000];
    struct cause cause;

    ck_assert(!fail(&cause, "--%s is %d", "steps", 0));
    ck_assert_str_eq(cause.text, "--steps is 0");
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    ck_assert(!fail(&cause, "%s", text));
    ck_assert_uint_eq(strlen(cause.text), sizeof cause.text - 1);
}
END_TEST

START_TEST(die_ends_the_process)
{
    die("as it %s", "should");
}
END_TEST

START_TEST(clocks_go_forward)
{
    int64_t wall = clock_wall_ns();
    int64_t cpu = clock_cpu_ns();
    volatile double x = 0.0;

    for (int i = 0; i < 1000000; i++)
        x = x + 1.0;
    ck_assert(clock_wall_ns() > wall);
    ck_assert(clock_cpu_ns() > cpu);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("base");
    TCase *rng = tcase_create("rng");
    TCase *memory = tcase_create("memory");
    TCase *rest = tcase_create("errors and clocks");

    tcase_add_test(rng, philox_gives_the_known_answers);
    tcase_add_test(rng, a_stream_is_a_function_of_seed_use_and_index);
    tcase_add_test(rng, uniform_numbers_fill_their_interval_evenly);
    tcase_add_test(rng, normal_numbers_have_mean_0_and_variance_1);
    tcase_add_test(rng, numbers_below_a_bound_are_evenly_spread);
    suite_add_tcase(suite, rng);
    tcase_add_test(memory, memory_comes_zeroed_and_floats_aligned);
    tcase_add_test(memory, a_growing_array_keeps_what_it_holds);
    tcase_add_exit_test(memory, a_size_that_overflows_ends_the_process, 1);
    tcase_add_exit_test(memory, so_do_floats_that_overflow, 1);
    suite_add_tcase(suite, memory);
    tcase_add_test(rest, fail_returns_false_and_cuts_what_is_too_long);
    tcase_add_exit_test(rest, die_ends_the_process, 1);
    tcase_add_test(rest, clocks_go_forward);
    suite_add_tcase(suite, rest);
    return suite_main(suite);
}
