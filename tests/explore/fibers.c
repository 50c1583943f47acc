/* Fortified, longjmp() would take another stack for a broken one. */
#undef _FORTIFY_SOURCE
#include "config.h"

#include "fibers.h"

#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

enum { STACK_BYTES = 256 * 1024, MUTEXES_MAX = 64 };

struct fiber {
    enum fiber_state state;
    ucontext_t start;
    jmp_buf stopped; /* where it goes on, once started */
    char *stack;
    void *(*main)(void *argument);
    void *argument;
    int mutex; /* that it wants, or will when woken */
    const void *condition;
    sem_t *semaphore;  /* that it waits for */
    const void *place; /* of the call it stopped in */
};

static struct fiber fibers[FIBERS_MAX];
static int count;        /* fibers created */
static int current = -1; /* fiber that runs, or -1 */
static jmp_buf explorer;
static bool active;
static fibers_choose *chooser;
static void *chooser_context;

/* Mutexes in the order in which they were made: the same in every run. */
static const pthread_mutex_t *mutexes[MUTEXES_MAX];
static int owner[MUTEXES_MAX];
static int mutex_count;

static long wakes;
static long lost_wake = -1;

int
__real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                      void *(*main)(void *), void *argument);
int
__real_pthread_join(pthread_t thread, void **result);
int
__real_pthread_mutex_init(pthread_mutex_t *mutex,
                          const pthread_mutexattr_t *attributes);
int
__real_pthread_mutex_lock(pthread_mutex_t *mutex);
int
__real_pthread_mutex_unlock(pthread_mutex_t *mutex);
int
__real_pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex);
int
__real_pthread_cond_broadcast(pthread_cond_t *condition);
int
__real_pthread_cond_signal(pthread_cond_t *condition);
int
__real_sem_wait(sem_t *semaphore);
int
__real_sem_post(sem_t *semaphore);
int
__wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                      void *(*main)(void *), void *argument);
int
__wrap_pthread_join(pthread_t thread, void **result);
int
__wrap_pthread_mutex_init(pthread_mutex_t *mutex,
                          const pthread_mutexattr_t *attributes);
int
__wrap_pthread_mutex_lock(pthread_mutex_t *mutex);
int
__wrap_pthread_mutex_unlock(pthread_mutex_t *mutex);
int
__wrap_pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex);
int
__wrap_pthread_cond_broadcast(pthread_cond_t *condition);
int
__wrap_pthread_cond_signal(pthread_cond_t *condition);
int
__wrap_sem_wait(sem_t *semaphore);
int
__wrap_sem_post(sem_t *semaphore);

static _Noreturn void
give_up(const char *what)
{
    fprintf(stderr, "explore: %s\n", what);
    abort();
}

static int
mutex_number(const pthread_mutex_t *mutex)
{
    for (int m = 0; m < mutex_count; m++)
        if (mutexes[m] == mutex)
            return m;
    give_up("a mutex that was not made by pthread_mutex_init()");
}

void
fibers_begin(fibers_choose *choose, void *context)
{
    chooser = choose;
    chooser_context = context;
    count = 0;
    mutex_count = 0;
    wakes = 0;
    active = true;
}

void
fibers_end(void)
{
    active = false;
    for (int i = 0; i < count; i++)
        fibers[i].state = FIBER_NONE;
    count = 0;
}

enum fiber_state
fibers_state(int i)
{
    return i < count ? fibers[i].state : FIBER_NONE;
}

static bool
has_any(sem_t *semaphore)
{
    int value;

    return sem_getvalue(semaphore, &value) == 0 && value > 0;
}

bool
fibers_ready(int i)
{
    enum fiber_state state = fibers_state(i);

    return state == FIBER_STARTING ||
           (state == FIBER_LOCKING && owner[fibers[i].mutex] < 0) ||
           (state == FIBER_TAKING && has_any(fibers[i].semaphore));
}

bool
fibers_wakeable(int i)
{
    return fibers_state(i) == FIBER_WAITING && owner[fibers[i].mutex] < 0;
}

uint64_t
fibers_place(int i)
{
    const struct fiber *fiber = &fibers[i];

    if (fiber->state == FIBER_TAKING)
        return (uint64_t)(uintptr_t)fiber->place * MUTEXES_MAX * 8 +
               fiber->state;
    if (fiber->state != FIBER_LOCKING && fiber->state != FIBER_WAITING)
        return fiber->state;
    return ((uint64_t)(uintptr_t)fiber->place * MUTEXES_MAX +
            (uint64_t)fiber->mutex) *
               8 +
           fiber->state;
}

bool
fibers_all_done(void)
{
    for (int i = 0; i < count; i++)
        if (fibers[i].state != FIBER_DONE)
            return false;
    return true;
}

void
fibers_lose_wake(long n)
{
    lost_wake = n;
}

long
fibers_wakes(void)
{
    return wakes;
}

static void
enter(void)
{
    struct fiber *fiber = &fibers[current];

    fiber->main(fiber->argument);
    fiber->state = FIBER_DONE;
    _longjmp(explorer, 1);
}

int
__wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                      void *(*main)(void *), void *argument)
{
    struct fiber *fiber = &fibers[count];

    if (!active)
        return __real_pthread_create(thread, attributes, main, argument);
    if (count == FIBERS_MAX)
        give_up("too many threads");
    if (!fiber->stack)
        fiber->stack = malloc(STACK_BYTES);
    if (!fiber->stack)
        give_up("no memory for a stack");
    fiber->main = main;
    fiber->argument = argument;
    fiber->state = FIBER_STARTING;
    getcontext(&fiber->start);
    fiber->start.uc_stack.ss_sp = fiber->stack;
    fiber->start.uc_stack.ss_size = STACK_BYTES;
    makecontext(&fiber->start, enter, 0);
    *thread = pthread_self();
    count++;
    return 0;
}

/* swapcontext() would ask the system for the signal mask each time. */
static void
let_go(int i)
{
    struct fiber *fiber = &fibers[i];

    current = i;
    if (_setjmp(explorer) == 0) {
        if (fiber->state == FIBER_STARTING)
            setcontext(&fiber->start);
        if (fiber->state == FIBER_TAKING)
            __real_sem_wait(fiber->semaphore);
        else
            owner[fiber->mutex] = i;
        _longjmp(fiber->stopped, 1);
    }
    current = -1;
}

/* The first join runs all threads; the others find them done. */
int
__wrap_pthread_join(pthread_t thread, void **result)
{
    int next;

    if (!active)
        return __real_pthread_join(thread, result);
    while (!fibers_all_done() && (next = chooser(chooser_context)) >= 0)
        let_go(next);
    return 0;
}

int
__wrap_pthread_mutex_init(pthread_mutex_t *mutex,
                          const pthread_mutexattr_t *attributes)
{
    if (active) {
        if (mutex_count == MUTEXES_MAX)
            give_up("too many mutexes");
        owner[mutex_count] = -1;
        mutexes[mutex_count++] = mutex;
    }
    return __real_pthread_mutex_init(mutex, attributes);
}

static void
stop(enum fiber_state state, const void *place)
{
    struct fiber *fiber = &fibers[current];

    fiber->state = state;
    fiber->place = place;
    if (_setjmp(fiber->stopped) == 0)
        _longjmp(explorer, 1);
}

int
__wrap_pthread_mutex_lock(pthread_mutex_t *mutex)
{
    if (current < 0)
        return __real_pthread_mutex_lock(mutex);
    fibers[current].mutex = mutex_number(mutex);
    stop(FIBER_LOCKING, __builtin_return_address(0));
    return 0;
}

int
__wrap_pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    if (current < 0)
        return __real_pthread_mutex_unlock(mutex);
    owner[mutex_number(mutex)] = -1;
    return 0;
}

int
__wrap_pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
    int number;

    if (current < 0)
        return __real_pthread_cond_wait(condition, mutex);
    number = mutex_number(mutex);
    if (owner[number] != current)
        give_up("pthread_cond_wait() without the mutex");
    owner[number] = -1;
    fibers[current].condition = condition;
    fibers[current].mutex = number;
    stop(FIBER_WAITING, __builtin_return_address(0));
    return 0;
}

int
__wrap_pthread_cond_broadcast(pthread_cond_t *condition)
{
    if (current < 0)
        return __real_pthread_cond_broadcast(condition);
    if (wakes++ == lost_wake)
        return 0;
    for (int i = 0; i < count; i++)
        if (fibers[i].state == FIBER_WAITING &&
            fibers[i].condition == condition)
            fibers[i].state = FIBER_LOCKING;
    return 0;
}

/* Which of several waiters wakes would be one more thing to choose. */
int
__wrap_pthread_cond_signal(pthread_cond_t *condition)
{
    int waiters = 0;

    if (current < 0)
        return __real_pthread_cond_signal(condition);
    for (int i = 0; i < count; i++)
        waiters += fibers[i].state == FIBER_WAITING &&
                   fibers[i].condition == condition;
    if (waiters > 1)
        give_up("pthread_cond_signal() to several is not explored");
    return waiters ? __wrap_pthread_cond_broadcast(condition) : 0;
}

int
__wrap_sem_wait(sem_t *semaphore)
{
    if (current < 0)
        return __real_sem_wait(semaphore);
    fibers[current].semaphore = semaphore;
    stop(FIBER_TAKING, __builtin_return_address(0));
    return 0;
}

int
__wrap_sem_post(sem_t *semaphore)
{
    if (current >= 0 && wakes++ == lost_wake)
        return 0;
    return __real_sem_post(semaphore);
}
