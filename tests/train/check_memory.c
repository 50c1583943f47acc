/* check_memory.c -- what is counted before anything is allocated, against what
 * is then allocated.
 *
 * With glibc the program's own malloc() and its kin stand before the library's
 * and count. A sanitizer puts its own in their place; then there is nothing to
 * compare with. */
#include "config.h"

#include "base/memory.h"
#include "request/setup.h"
#include "train/rank_memory.h"
#include "train/training_bytes.h"
#include "rig.h"
#include "plan/program.h"
#include "plan/plans.h"
#include "search/schedule.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Bytes that are allocated now, and the most since expect() began. */
static size_t live;
static size_t peak;

#if defined __GLIBC__ && !SANITIZED
#include <malloc.h>

#define COUNTS_BYTES 1

void *
__libc_malloc(size_t size);
void *
__libc_calloc(size_t count, size_t size);
void *
__libc_realloc(void *old, size_t size);
void *
__libc_memalign(size_t alignment, size_t size);
void
__libc_free(void *memory);

static void *
noted(void *memory)
{
    live += malloc_usable_size(memory);
    if (live > peak)
        peak = live;
    return memory;
}

void *
malloc(size_t size)
{
    return noted(__libc_malloc(size));
}

void *
calloc(size_t count, size_t size)
{
    return noted(__libc_calloc(count, size));
}

void *
realloc(void *old, size_t size)
{
    live -= malloc_usable_size(old);
    return noted(__libc_realloc(old, size));
}

void *
aligned_alloc(size_t alignment, size_t size)
{
    return noted(__libc_memalign(alignment, size));
}

void
free(void *memory)
{
    live -= malloc_usable_size(memory);
    __libc_free(memory);
}
#else
#define COUNTS_BYTES 0
#endif

static size_t
begin(void)
{
    peak = live;
    return live;
}

/* Structures of which there is one, and the rest of a page behind an array. */
enum { SMALL = 32 * 1024 };

/* The estimate is within a tenth of what was allocated at most since begin(),
 * but for what is small. */
static void
expect(size_t estimate, size_t before, const char *what)
{
    size_t had = peak - before;

    if (!COUNTS_BYTES)
        return;
    ck_assert_msg(estimate + SMALL >= had - had / 10 &&
                      estimate <= had + had / 10 + SMALL,
                  "%s: %zu bytes were had, not %zu", what, had, estimate);
}

static const struct rig_settings usual = {
    .optimizer = OPTIMIZER_ADAM,
    .capacity = CAPACITY_AUTO,
    .batch = RIG_BATCH,
    .steps = 3,
};

/* A training of the rig, but with layers wide enough to be what counts. */
enum { WIDE = 160 };

static void
expect_trainer(const struct rig *rig, const char *what)
{
    struct trainer_options options = rig->trainer->options;
    size_t threads = (size_t)trainer_threads(&options) * TRAINING_THREAD_BYTES;
    size_t estimate;
    size_t before;
    struct trainer *trainer;

    options.task.mlp.hidden = WIDE;
    estimate = training_need(&options).bytes - threads;
    before = begin();
    trainer = trainer_new(&options);
    expect(estimate, before, what);
    trainer_free(trainer);
}

static void
expect_schedule(const char *schedule, int ranks, int stages, int mbs,
                const struct rig_settings *settings)
{
    struct cause cause;
    struct plan *plan = schedule_plan(schedule, ranks, stages, mbs, &cause);
    int split[RIG_LAYERS];
    struct rig rig;

    if (!plan)
        return;
    rig_split(stages, split);
    rig_open(&rig, plan, split, mbs, settings);
    expect_trainer(&rig, shape_text(plan));
    rig_close(&rig);
    plan_free(plan);
}

/* _i: the policy. */
START_TEST(a_trainer_takes_what_is_counted)
{
    const char *schedule = policy_at(_i)->name;

    for (int optimizer = OPTIMIZER_SGD; optimizer <= OPTIMIZER_ADAM;
         optimizer++) {
        struct rig_settings settings = usual;

        settings.optimizer = (enum optimizer_kind)optimizer;
        settings.recompute = optimizer == OPTIMIZER_ADAM ? 0x5b : 0;
        for (int mbs = 1; mbs <= RIG_BATCH; mbs += 3)
            for (int ranks = 1; ranks <= 4; ranks++)
                for (int chunks = 1; chunks <= 2; chunks++)
                    expect_schedule(schedule, ranks, chunks * ranks, mbs,
                                    &settings);
    }
}
END_TEST

/* What a trainer allocates, and what its ranks hold of activations as
 * predicted. */
struct takes {
    size_t had;
    int64_t predicted;
};

static struct takes
takes_of(const char *schedule, const struct rig_settings *settings)
{
    enum { RANKS = 4, MBS = 12, ROWS = 40 };
    struct takes takes = {.predicted = 0};
    struct cause cause;
    struct plan *plan = schedule_plan(schedule, RANKS, RANKS, MBS, &cause);
    struct trainer_options options;
    struct memory_summary *memory;
    int split[RANKS];
    struct rig rig;
    size_t before;

    rig_split(RANKS, split);
    rig_open(&rig, plan, split, MBS, settings);
    options = rig.trainer->options;
    options.task.mlp.hidden = WIDE;
    options.task.recipe.batch = MBS * ROWS;
    memory =
        rank_memory(plan, &options.task.mlp, split, MBS * ROWS,
                    settings->optimizer, options.run.timing.cost->recompute);
    for (int r = 0; r < RANKS; r++)
        takes.predicted += memory[r].bytes[MEMORY_ACTIVATIONS];
    before = begin();
    trainer_free(trainer_new(&options));
    takes.had = peak - before;
    free(memory);
    rig_close(&rig);
    plan_free(plan);
    return takes;
}

/* But for the outputs, which stay until they are sent: a slot a stage, of the
 * two layers that a microbatch keeps less. */
START_TEST(stages_that_recompute_take_as_much_less_as_is_predicted)
{
    static const char *const schedules[] = {"gpipe", "1f1b", "eager-1f1b"};

    for (int i = 0; COUNTS_BYTES && i < 3; i++) {
        struct rig_settings settings = usual;
        struct takes plain, again;
        double less, predicted;

        settings.batch = 12 * 40;
        plain = takes_of(schedules[i], &settings);
        settings.recompute = ~0u;
        again = takes_of(schedules[i], &settings);
        less = (double)plain.had - (double)again.had;
        predicted = (double)(plain.predicted - again.predicted);
        ck_assert_msg(
            predicted > 0.0 && less <= predicted + SMALL &&
                less + 3 * 40 * WIDE * sizeof(float) >= predicted - SMALL,
            "%s: %g bytes less, not %g", schedules[i], less, predicted);
    }
}
END_TEST

START_TEST(so_does_the_monolith)
{
    for (int mbs = 1; mbs <= RIG_BATCH; mbs++) {
        struct rig rig;

        rig_open(&rig, NULL, NULL, mbs, &usual);
        expect_trainer(&rig, "monolith");
        rig_close(&rig);
    }
}
END_TEST

START_TEST(links_are_counted_as_deep_as_they_can_fill)
{
    static const int capacities[] = {1, 2, 5, 1 << 20};
    struct rig_settings settings = usual;

    for (int i = 0; i < 4; i++) {
        settings.capacity = capacities[i];
        expect_schedule("gpipe", 4, 4, 12, &settings);
        expect_schedule("1f1b", 4, 4, 12, &settings);
    }
}
END_TEST

/* _i: the policy. What the estimate is for is to refuse what cannot fit: it may
 * be above what is had, for lists grow by doubling. */
START_TEST(a_plan_takes_no_more_than_is_estimated)
{
    static const int shapes[][3] = {{8, 8, 256}, {16, 16, 64}, {8, 16, 128}};
    const struct policy *schedule = schedule_at(_i);
    struct cause cause;

    for (int i = 0; COUNTS_BYTES && i < 3; i++) {
        size_t cells = (size_t)(shapes[i][1] * shapes[i][2]);
        size_t estimate = cells * SETUP_CELL_BYTES *
                          (schedule->make ? 1 : SETUP_SEARCH_PLANS);
        size_t before = begin();
        struct plan *plan;
        struct program *program;

        if (!policy_suits(schedule, shapes[i][0], shapes[i][1], shapes[i][2],
                          &cause))
            continue;
        plan = schedule_plan(schedule->name, shapes[i][0], shapes[i][1],
                             shapes[i][2], &cause);
        program = program_make(plan, &cause);
        ck_assert_msg(program != NULL, "%s", cause.text);
        ck_assert_msg(peak - before <= estimate + SMALL,
                      "%s: %zu of %zu bytes", shape_text(plan), peak - before,
                      estimate);
        ck_assert_msg(peak - before >= estimate / 3, "%s: %zu of %zu bytes",
                      shape_text(plan), peak - before, estimate);
        program_free(program);
        plan_free(plan);
    }
}
END_TEST

START_TEST(a_random_set_takes_what_is_counted)
{
    for (int count = 1; count < 3000; count = 3 * count + 1) {
        struct dataset set;
        size_t before = begin();

        dataset_random(&set, count, 100, 2, 1);
        expect(dataset_random_bytes(count, 100), before, "random");
        ck_assert_uint_le(dataset_bytes(&set),
                          dataset_random_bytes(count, 100));
        dataset_fini(&set);
    }
}
END_TEST

START_TEST(more_of_anything_is_never_less)
{
    struct rig rig;
    struct trainer_options options;
    struct plan *plan = plan_of("1f1b", 4, 4);
    int split[4];
    size_t least;

    rig_split(4, split);
    rig_open(&rig, plan, split, 4, &usual);
    least = training_need(&rig.trainer->options).bytes;
#define MORE(field, by)                                                       \
    options = rig.trainer->options;                                           \
    options.field += by;                                                      \
    ck_assert_uint_gt(training_need(&options).bytes, least)
    MORE(task.mlp.hidden, 16);
    MORE(task.mlp.inputs, 16);
    MORE(task.mlp.classes, 16);
    MORE(task.recipe.batch, 4);
    MORE(task.recipe.steps, 1);
    MORE(run.timing.capacity, 1);
#undef MORE
    rig_close(&rig);
    plan_free(plan);
}
END_TEST

START_TEST(what_cannot_be_counted_is_more_than_there_is)
{
    const struct mlp mlp = {65536, 65536, 65535, 256};
    struct optimizer_options adam = optimizer_defaults(OPTIMIZER_ADAM);
    const int slots[SLOT_KINDS] = {1 << 24, 1 << 24, 1 << 24, INT_MAX, 1};

    ck_assert_uint_eq(training_stage_bytes(&mlp, 0, mlp.layers, 1 << 24, &adam,
                                           slots, false),
                      SIZE_MAX);
    ck_assert_uint_gt(
        training_stage_bytes(&mlp, 0, mlp.layers, 1, &adam, NULL, false),
        (size_t)1 << 51);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("memory");
    TCase *tcase = tcase_create("estimates");
    int policies = 0;

    while (policy_at(policies))
        policies++;
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, a_trainer_takes_what_is_counted, 0, policies);
    tcase_add_test(tcase, so_does_the_monolith);
    tcase_add_test(tcase,
                   stages_that_recompute_take_as_much_less_as_is_predicted);
    tcase_add_test(tcase, links_are_counted_as_deep_as_they_can_fill);
    tcase_add_loop_test(tcase, a_plan_takes_no_more_than_is_estimated, 0,
                        policies);
    tcase_add_test(tcase, a_random_set_takes_what_is_counted);
    tcase_add_test(tcase, more_of_anything_is_never_less);
    tcase_add_test(tcase, what_cannot_be_counted_is_more_than_there_is);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
