/* check_base.c -- random numbers by counter, checked memory, error texts and
 * the two clocks. */
#include "config.h"

#include "base/clock.h"
#include "base/control_group.h"
#include "base/error.h"
#include "base/machine.h"
#include "base/text.h"
#include "base/memory.h"
#include "base/rng.h"
#include "cases.h"
#include "suite.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Check's old name for ck_abort_msg() is our fail(). */
#undef fail

enum { SEED = 5, DRAWS = 100000 };

/* ---- rng ---- */

static struct rng
stream(uint64_t seed, enum rng_use use, uint32_t index)
{
    struct rng rng;

    rng_init(&rng, seed, use, index);
    return rng;
}

static void
draw(uint32_t bits[], int count, struct rng rng)
{
    for (int i = 0; i < count; i++)
        bits[i] = rng_bits(&rng);
}

static void
expect_philox(const uint32_t counter[4], const uint32_t key[2],
              const uint32_t expected[4])
{
    uint32_t block[4];

    memcpy(block, counter, sizeof block);
    rng_philox(block, key);
    for (int i = 0; i < 4; i++)
        ck_assert_msg(block[i] == expected[i], "word %d: %08x, not %08x", i,
                      block[i], expected[i]);
}

/* The vectors of the authors' Random123 library, kat_vectors, philox4x32 10.
 */
START_TEST(philox_gives_the_known_answers)
{
    static const uint32_t ones = 0xffffffff;

    expect_philox(
        (uint32_t[4]){0}, (uint32_t[2]){0},
        (uint32_t[4]){0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    expect_philox(
        (uint32_t[4]){ones, ones, ones, ones}, (uint32_t[2]){ones, ones},
        (uint32_t[4]){0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    /* Digits of pi: no two words alike. */
    expect_philox(
        (uint32_t[4]){0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
        (uint32_t[2]){0xa4093822, 0x299f31d0},
        (uint32_t[4]){0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}
END_TEST

static bool
share_a_number(const uint32_t a[], int of_a, const uint32_t b[], int of_b)
{
    for (int i = 0; i < of_a; i++)
        for (int j = 0; j < of_b; j++)
            if (a[i] == b[j])
                return true;
    return false;
}

/* Any bit of seed, use and index tells streams apart. */
START_TEST(streams_share_no_numbers)
{
    enum { LONG = 64 };
    const struct rng streams[] = {
        stream(SEED, RNG_TEST, 0),
        stream(SEED + 1, RNG_TEST, 0),
        stream(SEED + (UINT64_C(1) << 32), RNG_TEST, 0),
        stream(SEED, RNG_DIGITS, 0),
        stream(SEED, RNG_DIGITS, 1),
        stream(SEED, RNG_TEST, 1),
        stream(SEED, RNG_TEST, UINT32_C(1) << 31),
        stream(0, RNG_TEST, SEED),
    };
    enum { STREAMS = sizeof streams / sizeof *streams };
    uint32_t bits[STREAMS][LONG];

    for (int s = 0; s < STREAMS; s++)
        draw(bits[s], LONG, streams[s]);
    /* Among 2^17 pairs of 32-bit numbers chance makes 2^-15 equal. */
    for (int s = 0; s < STREAMS; s++)
        for (int t = 0; t < s; t++)
            ck_assert_msg(!share_a_number(bits[s], LONG, bits[t], LONG),
                          "streams %d and %d", s, t);
}
END_TEST

START_TEST(stream_never_repeats_soon)
{
    enum { LONG = 256 };
    uint32_t bits[LONG];

    draw(bits, LONG, stream(SEED, RNG_TEST, 0));
    for (int i = 1; i < LONG; i++)
        ck_assert(!share_a_number(bits, i, bits + i, 1));
}
END_TEST

START_TEST(number_n_is_the_same_whoever_draws_it)
{
    enum { LONG = 23 };
    struct rng a = stream(SEED, RNG_TEST, 1);
    struct rng b = stream(SEED, RNG_TEST, 2);
    uint32_t of_a[LONG], of_b[LONG];

    draw(of_a, LONG, a);
    draw(of_b, LONG, b);
    /* By turns, and from a copy of a that is one behind. */
    for (int i = 0; i < LONG; i++) {
        struct rng behind = a;

        ck_assert_uint_eq(rng_bits(&a), of_a[i]);
        ck_assert_uint_eq(rng_bits(&b), of_b[i]);
        ck_assert_uint_eq(rng_bits(&behind), of_a[i]);
    }
}
END_TEST

START_TEST(stream_may_be_entered_at_any_block)
{
    struct rng rng = stream(SEED, RNG_TEST, 1);
    uint32_t bits[8];
    uint32_t block[4];

    draw(bits, 8, rng);
    rng.next = 4;
    draw(block, 4, rng);
    ck_assert_mem_eq(block, bits + 4, sizeof block);
}
END_TEST

START_TEST(every_draw_takes_its_numbers_from_the_one_stream)
{
    struct rng rng = stream(SEED, RNG_TEST, 3);
    struct rng plain = rng;

    for (int i = 0; i < 50; i++) {
        ck_assert(rng_uniform(&rng) ==
                  (float)(rng_bits(&plain) >> 8) / 16777216.0f);
        rng_normal(&rng);
        rng_bits(&plain);
        rng_bits(&plain);
        /* A power of two rejects nothing. */
        ck_assert_uint_eq(rng_below(&rng, 1024), rng_bits(&plain) % 1024);
    }
}
END_TEST

/* From number 2^34 on the block counter needs its second word. */
START_TEST(numbers_beyond_the_first_counter_word_are_others)
{
    struct rng start = stream(SEED, RNG_TEST, 0);
    struct rng far = start;
    uint32_t first[8], later[8];

    far.next = UINT64_C(1) << 34;
    draw(first, 8, start);
    draw(later, 8, far);
    ck_assert_mem_ne(first, later, sizeof first);
}
END_TEST

/* Mean, second and fourth moment around a centre, each within five standard
 * errors of what the distribution has. */
static void
expect_moments(const float values[], int count, double mean, double variance,
               double fourth, double eighth)
{
    double sum1 = 0.0, sum2 = 0.0, sum4 = 0.0;

    for (int i = 0; i < count; i++) {
        double d = (double)values[i] - mean;

        sum1 += d;
        sum2 += d * d;
        sum4 += d * d * d * d;
    }
    ck_assert_double_le(fabs(sum1 / count), 5.0 * sqrt(variance / count));
    ck_assert_double_le(fabs(sum2 / count - variance),
                        5.0 * sqrt((fourth - variance * variance) / count));
    ck_assert_double_le(fabs(sum4 / count - fourth),
                        5.0 * sqrt((eighth - fourth * fourth) / count));
}

START_TEST(uniform_fills_zero_to_one_evenly)
{
    static float values[DRAWS];
    struct rng rng = stream(SEED, RNG_TEST, 0);
    int tenth[10] = {0};
    int outside = 0;

    for (int i = 0; i < DRAWS; i++) {
        values[i] = rng_uniform(&rng);
        if (values[i] >= 0.0f && values[i] < 1.0f)
            tenth[(int)(values[i] * 10.0f)]++;
        else
            outside++;
    }
    ck_assert_int_eq(outside, 0);
    /* Moments of a uniform of width 1: 1/12, 1/80, 1/2304. */
    expect_moments(values, DRAWS, 0.5, 1.0 / 12, 1.0 / 80, 1.0 / 2304);
    /* 10000 each, standard error 95. */
    for (int t = 0; t < 10; t++)
        ck_assert_int_le(abs(tenth[t] - DRAWS / 10), 475);
}
END_TEST

/* 1 itself would come up once in 2^25 draws only, so look at the grid. */
START_TEST(uniform_is_a_multiple_of_two_to_the_minus_24)
{
    struct rng rng = stream(SEED, RNG_TEST, 0);
    int off = 0;

    for (int i = 0; i < DRAWS; i++) {
        float scaled = rng_uniform(&rng) * 0x1p24f;

        off += scaled != floorf(scaled);
    }
    ck_assert_int_eq(off, 0);
}
END_TEST

START_TEST(normal_has_the_moments_of_a_normal)
{
    static float values[DRAWS];
    struct rng rng = stream(SEED, RNG_TEST, 1);
    double neighbours = 0.0;

    for (int i = 0; i < DRAWS; i++) {
        values[i] = rng_normal(&rng);
        if (i > 0)
            neighbours += (double)values[i] * (double)values[i - 1];
    }
    expect_moments(values, DRAWS, 0.0, 1.0, 3.0, 105.0);
    ck_assert_double_le(fabs(neighbours / DRAWS), 5.0 / sqrt(DRAWS));
}
END_TEST

/* Chi-squared: eight of its standard deviations above its mean is no chance.
 */
START_TEST(below_a_small_bound_is_even)
{
    static const uint32_t bounds[] = {1, 2, 3, 6, 10, 37};
    uint32_t bound = bounds[_i];
    struct rng rng = stream(SEED, RNG_TEST, (uint32_t)_i);
    int counts[37] = {0};
    double expected = (double)DRAWS / bound;
    double chi = 0.0;
    int outside = 0;

    for (int i = 0; i < DRAWS; i++) {
        uint32_t value = rng_below(&rng, bound);

        if (value < bound)
            counts[value]++;
        else
            outside++;
    }
    ck_assert_int_eq(outside, 0);
    for (uint32_t v = 0; v < bound; v++)
        chi += (counts[v] - expected) * (counts[v] - expected) / expected;
    ck_assert_double_le(chi, (bound - 1) + 8.0 * sqrt(2.0 * bound));
}
END_TEST

/* A plain remainder would put half of the numbers in the lowest third. */
START_TEST(below_a_large_bound_is_even)
{
    const uint32_t third = UINT32_C(1) << 30;
    struct rng rng = stream(SEED, RNG_TEST, 0);
    int counts[4] = {0};

    for (int i = 0; i < DRAWS; i++)
        counts[rng_below(&rng, 3 * third) / third]++;
    ck_assert_int_eq(counts[3], 0);
    /* 33333 each, standard error 149. */
    for (int t = 0; t < 3; t++)
        ck_assert_int_le(abs(counts[t] - DRAWS / 3), 745);
}
END_TEST

/* ---- memory ---- */

/* Leaves freed memory of that size full of ones behind. */
static void
soil(size_t bytes)
{
    void *volatile dirty[8];

    for (int i = 0; i < 8; i++) {
        dirty[i] = malloc(bytes);
        memset(dirty[i], 0xff, bytes);
    }
    for (int i = 0; i < 8; i++)
        free(dirty[i]);
}

static void
expect_zero(const void *memory, size_t bytes)
{
    const char *at = memory;
    size_t zero = 0;

    while (zero < bytes && at[zero] == 0)
        zero++;
    ck_assert_msg(zero == bytes, "byte %zu of %zu", zero, bytes);
}

START_TEST(new_memory_is_zero)
{
    for (size_t count = 0; count < 200; count++) {
        void *memory;

        soil(count * 12 + 1);
        memory = memory_new(count, 12);
        ck_assert_ptr_nonnull(memory);
        expect_zero(memory, count * 12);
        free(memory);
    }
}
END_TEST

START_TEST(floats_are_zero_and_begin_a_cache_line)
{
    for (size_t count = 0; count < 200; count++) {
        float *floats;

        soil((count * sizeof *floats + 63) / 64 * 64 + 64);
        floats = memory_new_floats(count);
        ck_assert_ptr_nonnull(floats);
        ck_assert_uint_eq((uintptr_t)floats % 64, 0);
        expect_zero(floats, count * sizeof *floats);
        free(floats);
    }
}
END_TEST

START_TEST(growing_keeps_the_contents_and_zeroes_the_rest)
{
    int *items = NULL;
    size_t room = 0;
    int grown = 0;

    for (size_t used = 0; used < 1000; used++) {
        size_t before = room;

        soil(2 * room * sizeof *items + 64);
        memory_grow(&items, &room, used, sizeof *items);
        ck_assert_uint_gt(room, used);
        if (room != before) {
            ck_assert_uint_ge(room, 2 * before);
            /* Doubling: far fewer moves than items. */
            ck_assert_int_le(++grown, 10);
        }
        expect_zero(items + used, (room - used) * sizeof *items);
        items[used] = (int)used;
    }
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(items[i], i);
    free(items);
}
END_TEST

START_TEST(growing_moves_nothing_while_there_is_room)
{
    char *items = NULL;
    size_t room = 0;
    char *first;
    size_t had;

    memory_grow(&items, &room, 0, 1);
    first = items;
    had = room;
    memory_grow(&items, &room, had - 1, 1);
    ck_assert_ptr_eq(items, first);
    ck_assert_uint_eq(room, had);
    free(items);
}
END_TEST

/* These end with status 1: the sizes wrap round to a few bytes. */
START_TEST(items_beyond_the_address_space_end_the_process)
{
    free(memory_new(SIZE_MAX / 8 + 2, 8));
}
END_TEST

START_TEST(floats_beyond_the_address_space_end_the_process)
{
    free(memory_new_floats(SIZE_MAX / sizeof(float) + 2));
}
END_TEST

/* Only rounding up to a cache line wraps this one. */
START_TEST(floats_that_fill_the_address_space_end_the_process)
{
    free(memory_new_floats(SIZE_MAX / sizeof(float)));
}
END_TEST

START_TEST(growing_beyond_the_address_space_ends_the_process)
{
    char *items = NULL;
    size_t room = 16;

    /* 32 items of this size are 32 bytes, modulo 2^64. */
    memory_grow(&items, &room, 16, SIZE_MAX / 32 + 2);
    free(items);
}
END_TEST

/* ---- error ---- */

START_TEST(fail_returns_false_with_the_text)
{
    struct cause cause;

    ck_assert(!fail(&cause, "--microbatches is %d; use %s", 0, "1 or more"));
    ck_assert_str_eq(cause.text, "--microbatches is 0; use 1 or more");
    ck_assert(!fail(&cause, "later"));
    ck_assert_str_eq(cause.text, "later");
}
END_TEST

START_TEST(fail_of_puts_a_name_before_the_cause)
{
    struct cause cause;

    fail(&cause, "F is there twice");
    ck_assert(!fail_of(&cause, "--cost"));
    ck_assert_str_eq(cause.text, "--cost: F is there twice");
}
END_TEST

START_TEST(fail_keeps_one_line_whatever_it_quotes)
{
    struct cause cause;

    ck_assert(!fail(&cause, "%s: no such file", "a\nb\t\033[2J\177\303\251"));
    ck_assert_str_eq(cause.text, "a?b??[2J?\303\251: no such file");
}
END_TEST

START_TEST(fail_cuts_a_text_that_does_not_fit)
{
    struct {
        struct cause cause;
        char behind[64];
    } box;
    char expected[sizeof box.cause.text];
    char text[2000];

    memset(&box, '#', sizeof box);
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    memset(expected, 'x', sizeof expected - 1);
    expected[sizeof expected - 1] = '\0';
    ck_assert(!fail(&box.cause, "%s", text));
    ck_assert_str_eq(box.cause.text, expected);
    for (size_t i = 0; i < sizeof box.behind; i++)
        ck_assert_int_eq(box.behind[i], '#');
}
END_TEST

START_TEST(die_ends_the_process)
{
    die("no reason");
}
END_TEST

START_TEST(die_says_why_on_stderr)
{
    char said[200] = "";
    int ends[2];
    size_t used = 0;
    ssize_t got;
    int status;
    pid_t child;

    ck_assert_int_eq(pipe(ends), 0);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        die("no %s for rank %d", "thread", 3);
    }
    close(ends[1]);
    while ((got = read(ends[0], said + used, sizeof said - 1 - used)) > 0)
        used += (size_t)got;
    close(ends[0]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    ck_assert_str_eq(said, "pipelab: no thread for rank 3\n");
}
END_TEST

/* ---- clock ---- */

static void
expect_monotone(int64_t (*now)(void))
{
    int64_t before = now();
    int64_t start = before;
    int back = 0;

    for (int i = 0; i < 10000 || before == start; i++) {
        int64_t next = now();

        back += next < before;
        before = next;
    }
    ck_assert_int_eq(back, 0);
}

START_TEST(clocks_never_go_back_and_never_stand_still)
{
    expect_monotone(clock_wall_ns);
    expect_monotone(clock_cpu_ns);
}
END_TEST

START_TEST(only_wall_time_passes_while_asleep)
{
    const int64_t ms = 1000000;
    struct timespec nap = {0, 50 * ms};
    int64_t wall = clock_wall_ns();
    int64_t cpu = clock_cpu_ns();

    ck_assert_int_eq(nanosleep(&nap, NULL), 0);
    cpu = clock_cpu_ns() - cpu;
    wall = clock_wall_ns() - wall;
    ck_assert_int_ge(wall, 50 * ms);
    ck_assert_int_lt(cpu, 25 * ms);
}
END_TEST

START_TEST(time_on_a_core_is_no_longer_than_wall_time)
{
    const int64_t ms = 1000000;
    int64_t wall = clock_wall_ns();
    int64_t end = clock_cpu_ns() + 10 * ms;

    while (clock_cpu_ns() < end)
        continue;
    ck_assert_int_ge(clock_wall_ns() - wall, 10 * ms);
}
END_TEST

/* ---- machine ---- */

START_TEST(sizes_stop_at_the_largest)
{
    ck_assert_uint_eq(memory_times(3, 4), 12);
    ck_assert_uint_eq(memory_times(0, SIZE_MAX), 0);
    ck_assert_uint_eq(memory_times(SIZE_MAX / 2, 3), SIZE_MAX);
    ck_assert_uint_eq(memory_times(SIZE_MAX, SIZE_MAX), SIZE_MAX);
    ck_assert_uint_eq(memory_plus(3, 4), 7);
    ck_assert_uint_eq(memory_plus(SIZE_MAX, 0), SIZE_MAX);
    ck_assert_uint_eq(memory_plus(SIZE_MAX - 1, 2), SIZE_MAX);
    ck_assert_uint_eq(memory_floats_bytes(SIZE_MAX), SIZE_MAX);
}
END_TEST

START_TEST(a_machine_has_nothing_and_not_everything)
{
    struct cause cause;

    ck_assert(machine_has((struct machine_need){0}, "nothing", "", &cause));
    ck_assert(!machine_has((struct machine_need){.bytes = SIZE_MAX}, "all",
                           "take less", &cause));
    ck_assert_ptr_eq(strstr(cause.text, "not enough memory for all: 16.0 EiB "
                                        "needed, "),
                     cause.text);
    ck_assert_ptr_nonnull(strstr(cause.text, " left; take less"));
}
END_TEST

/* In a process of its own, as every test; but a sanitizer has more than that
 * already. */
START_TEST(the_tightest_limit_counts_and_is_named)
{
    const size_t mib = 1 << 20;
    struct rlimit limit = {.rlim_cur = 64 * mib, .rlim_max = 64 * mib};
    struct cause cause;

    if (SANITIZED)
        return;
    ck_assert_int_eq(setrlimit(RLIMIT_DATA, &limit), 0);
    ck_assert(!machine_has((struct machine_need){.bytes = 64 * mib + 1}, "it",
                           "take less", &cause));
    ck_assert_ptr_nonnull(
        strstr(cause.text, "64.0 MiB needed, ulimit -d has"));
    ck_assert(!machine_has((struct machine_need){1, 64 * mib}, "it",
                           "take less", &cause));
    ck_assert_ptr_nonnull(
        strstr(cause.text, "64.0 MiB needed, ulimit -d has"));
    ck_assert(machine_has((struct machine_need){.bytes = mib}, "a little", "",
                          &cause));
}
END_TEST

static void
put_file(const char *directory, const char *name, const char *text)
{
    char path[256];
    FILE *out;

    snprintf(path, sizeof path, "%s/%s", directory, name);
    out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    fputs(text, out);
    fclose(out);
}

/* /outer/inner of version 2, and memory/outer of version 1. */
START_TEST(the_least_of_nested_groups_counts)
{
    char mount[] = "/tmp/check-base-XXXXXX";
    char outer[64];
    char inner[128];
    char old[64];
    char membership[64];

    ck_assert_ptr_nonnull(mkdtemp(mount));
    snprintf(outer, sizeof outer, "%s/outer", mount);
    snprintf(inner, sizeof inner, "%s/inner", outer);
    snprintf(old, sizeof old, "%s/memory", mount);
    snprintf(membership, sizeof membership, "%s/membership", mount);
    mkdir(outer, 0700);
    mkdir(inner, 0700);
    mkdir(old, 0700);
    put_file(mount, "membership", "4:memory:/not/seen\n0::/outer/inner\n");
    ck_assert_uint_eq(control_group_left(membership, mount), SIZE_MAX);
    put_file(inner, "memory.max", "max\n");
    put_file(inner, "memory.current", "10\n");
    ck_assert_uint_eq(control_group_left(membership, mount), SIZE_MAX);
    put_file(outer, "memory.max", "1000\n");
    put_file(outer, "memory.current", "900\n");
    ck_assert_uint_eq(control_group_left(membership, mount), 100);
    put_file(outer, "memory.stat",
             "anon 700\ninactive_file 30\nactive_file 20\nslab 9\n");
    ck_assert_uint_eq(control_group_left(membership, mount), 150);
    put_file(inner, "memory.max", "50\n");
    ck_assert_uint_eq(control_group_left(membership, mount), 40);
    put_file(old, "memory.limit_in_bytes", "80\n");
    put_file(old, "memory.usage_in_bytes", "60\n");
    ck_assert_uint_eq(control_group_left(membership, mount), 20);
    put_file(old, "memory.usage_in_bytes", "90\n");
    ck_assert_uint_eq(control_group_left(membership, mount), 0);
}
END_TEST

START_TEST(sizes_are_said_in_units_that_fit)
{
    char text[TEXT_SIZE_MAX];

    ck_assert_str_eq(text_size(0, text), "0.0 KiB");
    ck_assert_str_eq(text_size(1536, text), "1.5 KiB");
    ck_assert_str_eq(text_size((size_t)5 << 20, text), "5.0 MiB");
    ck_assert_str_eq(text_size((size_t)1 << 40, text), "1.0 TiB");
    ck_assert_str_eq(text_size(SIZE_MAX, text), "16.0 EiB");
}
END_TEST

static TCase *
machine_case(void)
{
    TCase *tcase = tcase_create("machine");

    tcase_add_test(tcase, sizes_stop_at_the_largest);
    tcase_add_test(tcase, a_machine_has_nothing_and_not_everything);
    tcase_add_test(tcase, the_tightest_limit_counts_and_is_named);
    tcase_add_test(tcase, the_least_of_nested_groups_counts);
    tcase_add_test(tcase, sizes_are_said_in_units_that_fit);
    return tcase;
}

static TCase *
rng_case(void)
{
    TCase *tcase = tcase_create("rng");

    tcase_add_test(tcase, philox_gives_the_known_answers);
    tcase_add_test(tcase, streams_share_no_numbers);
    tcase_add_test(tcase, stream_never_repeats_soon);
    tcase_add_test(tcase, number_n_is_the_same_whoever_draws_it);
    tcase_add_test(tcase, stream_may_be_entered_at_any_block);
    tcase_add_test(tcase, every_draw_takes_its_numbers_from_the_one_stream);
    tcase_add_test(tcase, numbers_beyond_the_first_counter_word_are_others);
    tcase_add_test(tcase, uniform_fills_zero_to_one_evenly);
    tcase_add_test(tcase, uniform_is_a_multiple_of_two_to_the_minus_24);
    tcase_add_test(tcase, normal_has_the_moments_of_a_normal);
    tcase_add_loop_test(tcase, below_a_small_bound_is_even, 0, 6);
    tcase_add_test(tcase, below_a_large_bound_is_even);
    return tcase;
}

static TCase *
memory_case(void)
{
    TCase *tcase = tcase_create("memory");

    tcase_add_test(tcase, new_memory_is_zero);
    tcase_add_test(tcase, floats_are_zero_and_begin_a_cache_line);
    tcase_add_test(tcase, growing_keeps_the_contents_and_zeroes_the_rest);
    tcase_add_test(tcase, growing_moves_nothing_while_there_is_room);
    tcase_add_exit_test(tcase, items_beyond_the_address_space_end_the_process,
                        EXIT_FAILURE);
    tcase_add_exit_test(tcase, floats_beyond_the_address_space_end_the_process,
                        EXIT_FAILURE);
    tcase_add_exit_test(tcase,
                        floats_that_fill_the_address_space_end_the_process,
                        EXIT_FAILURE);
    tcase_add_exit_test(tcase,
                        growing_beyond_the_address_space_ends_the_process,
                        EXIT_FAILURE);
    return tcase;
}

static TCase *
error_case(void)
{
    TCase *tcase = tcase_create("error");

    tcase_add_test(tcase, fail_returns_false_with_the_text);
    tcase_add_test(tcase, fail_of_puts_a_name_before_the_cause);
    tcase_add_test(tcase, fail_keeps_one_line_whatever_it_quotes);
    tcase_add_test(tcase, fail_cuts_a_text_that_does_not_fit);
    tcase_add_exit_test(tcase, die_ends_the_process, EXIT_FAILURE);
    tcase_add_test(tcase, die_says_why_on_stderr);
    return tcase;
}

static TCase *
clock_case(void)
{
    TCase *tcase = tcase_create("clock");

    tcase_add_test(tcase, clocks_never_go_back_and_never_stand_still);
    tcase_add_test(tcase, only_wall_time_passes_while_asleep);
    tcase_add_test(tcase, time_on_a_core_is_no_longer_than_wall_time);
    return tcase;
}

int
main(void)
{
    Suite *suite = suite_create("base");

    suite_add_tcase(suite, rng_case());
    suite_add_tcase(suite, memory_case());
    suite_add_tcase(suite, machine_case());
    suite_add_tcase(suite, error_case());
    suite_add_tcase(suite, clock_case());
    suite_add_tcase(suite, columns_case());
    suite_add_tcase(suite, list_case());
    suite_add_tcase(suite, near_case());
    suite_add_tcase(suite, text_case());
    return suite_main(suite);
}
