/* alloc.c -- nothing is allocated while a run goes on.
 *
 * With glibc the program's own malloc() and its kin stand before the
 * library's, for the library's own calls too, and count. A sanitizer, or
 * valgrind, puts its own in their place; then there is nothing to count. */
#include "config.h"

#include "plans.h"
#include "suite.h"
#include "toy.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* Moves on only: a rank that is late cannot start the counting again. */
enum phase { BEFORE, COUNTING, AFTER };

static atomic_int phase;
static atomic_long allocations;

#if defined __GLIBC__ && !SANITIZED

void *
__libc_malloc(size_t size);
void *
__libc_calloc(size_t count, size_t size);
void *
__libc_realloc(void *memory, size_t size);
void *
__libc_memalign(size_t alignment, size_t size);

static void
count_one(void)
{
    if (atomic_load_explicit(&phase, memory_order_relaxed) == COUNTING)
        atomic_fetch_add(&allocations, 1);
}

void *
malloc(size_t size)
{
    count_one();
    return __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
    count_one();
    return __libc_calloc(count, size);
}

void *
realloc(void *memory, size_t size)
{
    count_one();
    return __libc_realloc(memory, size);
}

void *
aligned_alloc(size_t alignment, size_t size)
{
    count_one();
    return __libc_memalign(alignment, size);
}

int
posix_memalign(void **memory, size_t alignment, size_t size)
{
    count_one();
    *memory = __libc_memalign(alignment, size);
    return *memory ? 0 : ENOMEM;
}

#endif

/* Counts from the first operation of step 1, when all threads have long been
 * started, to the last of all. */
static bool
count(struct toy *toy, const struct action *action, int step)
{
    int before = BEFORE;

    (void)action;
    if (atomic_load(&toy->ordered) == toy->order_room)
        atomic_store(&phase, AFTER);
    else if (step > 0)
        atomic_compare_exchange_strong(&phase, &before, COUNTING);
    return true;
}

/* In libraries too: open_memstream() is not ours. */
static bool
can_count(void)
{
    char *text;
    size_t size;
    FILE *out;
    long counted;

    atomic_store(&allocations, 0);
    atomic_store(&phase, COUNTING);
    out = open_memstream(&text, &size);
    atomic_store(&phase, AFTER);
    counted = atomic_load(&allocations);
    fclose(out);
    free(text);
    return counted > 0;
}

static void
expect_none(struct plan *lowered, const struct fixture_options *options)
{
    struct fixture f;

    fixture_init(&f, lowered, options);
    f.toy.hook = count;
    atomic_store(&allocations, 0);
    atomic_store(&phase, BEFORE);
    ck_assert_int_eq(run_steps(f.run, 0, options->steps), RUN_DONE);
    ck_assert_int_eq(atomic_load(&phase), AFTER);
    ck_assert_msg(atomic_load(&allocations) == 0, "%s: %ld allocations",
                  fixture_text(&f), atomic_load(&allocations));
    fixture_fini(&f);
}

/* _i: bound or not, in lockstep or not. */
START_TEST(steps_allocate_nothing)
{
    struct fixture_options options = {
        .capacity = 1,
        .steps = 40,
        .bind = _i % 2,
        .lockstep = _i / 2,
    };

    if (!can_count()) {
        if (_i == 0)
            fprintf(stderr, "steps_allocate_nothing: cannot count here\n");
        return;
    }
    for (int s = 0; s < 3; s++)
        expect_none(lowered_of(plain_schedules[s], 4, 6), &options);
    options.capacity = CAPACITY_AUTO;
    for (int i = 0; drawn_plans[i]; i++)
        expect_none(lowered_drawn(drawn_plans[i]), &options);
    options.capacity = 0;
    expect_none(lowered_of("gpipe", 4, 6), &options);
}
END_TEST

TCase *
alloc_case(void)
{
    TCase *tcase = tcase_create("allocation");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, steps_allocate_nothing, 0, 4);
    return tcase;
}
