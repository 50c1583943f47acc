/* The student's pthread_cond_wait() is channel_cond_wait() below (grade.in
 * sees to that), which tells the test that a thread is about to sleep: no test
 * guesses by the clock whether a thread waits. */
#include "config.h"

#include "grader.h"

#include "base/memory.h"
#include "base/plural.h"

#include <semaphore.h>
#include <stdlib.h>

enum { SLOTS = 3, THROUGH = 5000, PAIRS = 2 };

int
channel_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex);

/* A thread went to sleep, or came back from what it was to do. */
static sem_t news;

int
channel_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
    sem_post(&news);
    return pthread_cond_wait(cond, mutex);
}

static void
ring_init(struct ring *ring, int capacity)
{
    *ring = (struct ring){
        .capacity = capacity,
        .slots = memory_new((size_t)capacity, sizeof *ring->slots),
    };
    pthread_mutex_init(&ring->lock, NULL);
    pthread_cond_init(&ring->changed, NULL);
    sem_init(&news, 0, 0);
}

static void
ring_fini(struct ring *ring)
{
    sem_destroy(&news);
    pthread_cond_destroy(&ring->changed);
    pthread_mutex_destroy(&ring->lock);
    free(ring->slots);
}

static void
must_push(struct ring *ring, int value)
{
    ck_assert_msg(exercise_push(ring, value),
                  "push returned false on an open ring");
}

static void
must_pop(struct ring *ring, int wanted)
{
    int value = -1;

    ck_assert_msg(exercise_pop(ring, &value),
                  "pop returned false on a ring that is not empty");
    ck_assert_msg(value == wanted, "pop gave %d, should give %d", value,
                  wanted);
}

/* One call in a thread of its own. */
struct caller {
    pthread_t thread;
    struct ring *ring;
    bool pushes;
    int value;
    bool result;
    _Atomic bool back;
};

static void *
call(void *argument)
{
    struct caller *caller = argument;

    caller->result = caller->pushes
                         ? exercise_push(caller->ring, caller->value)
                         : exercise_pop(caller->ring, &caller->value);
    caller->back = true;
    sem_post(&news);
    return NULL;
}

/* Starts it and returns when it sleeps. */
static void
start_waiting(struct caller *caller, struct ring *ring, bool pushes, int value)
{
    *caller = (struct caller){.ring = ring, .pushes = pushes, .value = value};
    doing(pushes ? "push on a full ring, which must wait in "
                   "pthread_cond_wait()"
                 : "pop of an empty ring, which must wait in "
                   "pthread_cond_wait()");
    pthread_create(&caller->thread, NULL, call, caller);
    sem_wait(&news);
    ck_assert_msg(!caller->back,
                  pushes
                      ? "push on a full ring of %d slot%s returned; it must "
                        "wait"
                      : "pop of an empty ring of %d slot%s returned; it must "
                        "wait",
                  ring->capacity, plural(ring->capacity));
}

START_TEST(values_come_in_order)
{
    struct ring ring;

    ring_init(&ring, SLOTS);
    for (int i = 0; i < 4 * SLOTS; i += SLOTS - 1) {
        for (int k = 0; k < SLOTS - 1; k++)
            must_push(&ring, i + k);
        for (int k = 0; k < SLOTS - 1; k++)
            must_pop(&ring, i + k);
    }
    ring_fini(&ring);
}
END_TEST

START_TEST(a_full_ring_holds_up_push)
{
    struct caller pusher;
    struct ring ring;

    ring_init(&ring, SLOTS);
    for (int i = 0; i < SLOTS; i++)
        must_push(&ring, i);
    start_waiting(&pusher, &ring, true, SLOTS);
    doing("a push that waits for room, after a pop, which must wake it");
    must_pop(&ring, 0);
    pthread_join(pusher.thread, NULL);
    ck_assert_msg(pusher.result, "a push that had waited returned false");
    for (int i = 1; i <= SLOTS; i++)
        must_pop(&ring, i);
    ring_fini(&ring);
}
END_TEST

START_TEST(an_empty_ring_holds_up_pop)
{
    struct caller popper;
    struct ring ring;

    ring_init(&ring, SLOTS);
    start_waiting(&popper, &ring, false, -1);
    doing("a pop that waits for a value, after a push, which must wake it");
    must_push(&ring, 41);
    pthread_join(popper.thread, NULL);
    ck_assert_msg(popper.result && popper.value == 41,
                  "a pop that had waited gave %d, should give 41",
                  popper.value);
    ring_fini(&ring);
}
END_TEST

/* Many values from or to one thread. */
struct worker {
    pthread_t thread;
    struct ring *ring;
    int64_t sum;
    int refused;
};

static void *
push_many(void *argument)
{
    struct worker *worker = argument;

    for (int i = 1; i <= THROUGH; i++)
        worker->refused += !exercise_push(worker->ring, i);
    return NULL;
}

static void *
pop_many(void *argument)
{
    struct worker *worker = argument;

    for (int i = 1; i <= THROUGH; i++) {
        int value = 0;

        worker->refused += !exercise_pop(worker->ring, &value);
        worker->sum += value;
    }
    return NULL;
}

START_TEST(no_wake_up_is_lost)
{
    struct worker workers[2 * PAIRS] = {{.sum = 0}};
    struct ring ring;
    int64_t sum = 0;
    int refused = 0;

    ring_init(&ring, 1);
    doing("two threads push, two pop, through one slot: a thread that sleeps "
          "is never woken");
    for (int w = 0; w < 2 * PAIRS; w++) {
        workers[w].ring = &ring;
        pthread_create(&workers[w].thread, NULL,
                       w < PAIRS ? push_many : pop_many, &workers[w]);
    }
    for (int w = 0; w < 2 * PAIRS; w++) {
        pthread_join(workers[w].thread, NULL);
        sum += workers[w].sum;
        refused += workers[w].refused;
    }
    ck_assert_msg(refused == 0,
                  "%d pushes and pops returned false on an open ring",
                  refused);
    ck_assert_msg(sum == (int64_t)PAIRS * THROUGH * (THROUGH + 1) / 2,
                  "two threads push, two pop, through one slot: values are "
                  "lost or doubled on the way");
    ring_fini(&ring);
}
END_TEST

START_TEST(close_wakes_both_ends)
{
    struct caller caller;
    struct ring ring;

    for (int pushes = 0; pushes < 2; pushes++) {
        ring_init(&ring, 1);
        if (pushes)
            must_push(&ring, 7);
        start_waiting(&caller, &ring, pushes, 8);
        doing(pushes ? "a push that waits, after close, which must wake it"
                     : "a pop that waits, after close, which must wake it");
        exercise_close(&ring);
        pthread_join(caller.thread, NULL);
        ck_assert_msg(!caller.result, "%s returned true after close",
                      pushes ? "push" : "pop");
        ck_assert_msg(!exercise_push(&ring, 9),
                      "push returned true on a closed ring");
        if (pushes)
            must_pop(&ring, 7);
        ring_fini(&ring);
    }
}
END_TEST

const struct claim claims[] = {
    {"values come out in order", 2, &values_come_in_order},
    {"a full ring holds up push, until a pop", 2, &a_full_ring_holds_up_push},
    {"an empty ring holds up pop, until a push", 2,
     &an_empty_ring_holds_up_pop},
    {"no wake-up and no value is lost", 2, &no_wake_up_is_lost},
    {"close wakes both ends", 2, &close_wakes_both_ends},
    {NULL, 0, NULL},
};
