/* core_share.c -- gives a shared core to the most urgent rank that waits. */
#include "config.h"

#include "runtime/core_share.h"

#include "base/clock.h"
#include "base/memory.h"
#include "runtime/cores.h"

#include <stdlib.h>

enum {
    /* A rank with longer computations may move to another core. A move costs
     * tens of microseconds and fills another cache. */
    MOVE_NS = 200 * 1000,
    /* A rank with longer computations may lose its core to a more urgent one.
     * To change and change back takes 5 to 10 us and a part of the cache. */
    CHANGE_NS = 10 * 1000
};

void
core_share_init(struct core_share *share, const int cores[], int count,
                int ranks)
{
    *share = (struct core_share){
        .count = count,
        .ranks = ranks,
        .cores = memory_new((size_t)count, sizeof *share->cores),
        .users = memory_new((size_t)ranks, sizeof *share->users),
    };
    pthread_mutex_init(&share->lock, NULL);
    for (int s = 0; s < count; s++)
        share->cores[s].number = cores[s];
    for (int r = 0; r < ranks; r++) {
        share->users[r].core = r % count;
        sem_init(&share->users[r].granted, 0, 0);
    }
}

void
core_share_fini(struct core_share *share)
{
    for (int r = 0; r < share->ranks; r++)
        sem_destroy(&share->users[r].granted);
    pthread_mutex_destroy(&share->lock);
    free(share->users);
    free(share->cores);
}

static bool
before(const struct core_user *a, const struct core_user *b)
{
    return a->next.step != b->next.step ? a->next.step < b->next.step
                                        : a->next.level > b->next.level;
}

static bool
suits(const struct core_share *share, const struct core_user *user, int core)
{
    return user->next.work_ns > MOVE_NS ||
           (int)(user - share->users) % share->count == core;
}

/* Adds to the wanted count of each core that suits the rank. The lock is held,
 * here and down to give_up_core(). */
static void
want(struct core_share *share, const struct core_user *user, int change)
{
    for (int s = 0; s < share->count; s++)
        if (suits(share, user, s))
            share->cores[s].wanted += change;
}

/* The waking rank binds the sleeping thread: to bind itself, the thread would
 * need its old core, which is taken. A thread that cannot be bound runs where
 * it is. */
static struct core_user *
give_core(struct core_share *share, struct core_user *user, int core)
{
    want(share, user, -1);
    if (user->core != core)
        (void)cores_bind_thread(user->thread, share->cores[core].number);
    user->core = core;
    user->state = CORE_USER_RUNS;
    share->cores[core].taken = true;
    return user;
}

/* The rank waits from now on. A free core that suits it is given to it at
 * once, since no waiting rank wants that core: then returns the rank, else
 * NULL. */
static struct core_user *
ask_for_core(struct core_share *share, struct core_user *user)
{
    user->state = CORE_USER_WAITS;
    user->called_ns = clock_wall_ns();
    want(share, user, 1);
    for (int i = 0; i < share->count; i++) {
        int core = (user->core + i) % share->count;

        if (!share->cores[core].taken && suits(share, user, core))
            return give_core(share, user, core);
    }
    return NULL;
}

/* The most urgent rank that waits and would take the core, or NULL; among
 * equals the lowest. */
static struct core_user *
most_urgent_user(const struct core_share *share, int core)
{
    struct core_user *first = NULL;

    for (int r = 0; r < share->ranks; r++) {
        struct core_user *user = &share->users[r];

        if (user->state == CORE_USER_WAITS && suits(share, user, core) &&
            (!first || before(user, first)))
            first = user;
    }
    return first;
}

/* Whether a more urgent rank waits for the rank's core. */
static bool
is_outranked(const struct core_share *share, const struct core_user *user)
{
    const struct core_user *first = most_urgent_user(share, user->core);

    return first && before(first, user);
}

/* Frees the core; returns the rank that gets it, or NULL. */
static struct core_user *
give_up_core(struct core_share *share, struct core_user *user)
{
    struct core_user *next = most_urgent_user(share, user->core);

    user->state = CORE_USER_AWAY;
    share->cores[user->core].taken = false;
    return next ? give_core(share, next, user->core) : NULL;
}

/* Wakes a rank that was given a core; accepts NULL. Call it without any lock:
 * the woken rank may take this core at once, and the lock would stay taken
 * while it computes. */
static void
let_run(struct core_user *user)
{
    if (user)
        sem_post(&user->granted);
}

static void
await_core(struct core_user *user)
{
    while (sem_wait(&user->granted) != 0)
        continue; /* interrupted by a signal */
    user->waited_ns += clock_wall_ns() - user->called_ns;
}

void
core_share_join(struct core_share *share, int rank)
{
    struct core_user *user = &share->users[rank];
    struct core_user *next;

    pthread_mutex_lock(&share->lock);
    user->thread = pthread_self();
    next = ask_for_core(share, user);
    pthread_mutex_unlock(&share->lock);
    let_run(next);
    await_core(user);
}

void
core_share_mark(struct core_share *share, int rank, int step, int64_t level,
                int64_t work_ns)
{
    struct core_user *user = &share->users[rank];

    user->next.step = step;
    user->next.level = level;
    user->next.work_ns = work_ns;
}

void
core_share_keep(struct core_share *share, int rank)
{
    struct core_user *user = &share->users[rank];
    struct core_user *next = NULL;
    struct core_user *self = NULL;

    if (user->next.work_ns <= CHANGE_NS || !core_share_wanted(share, rank))
        return;
    pthread_mutex_lock(&share->lock);
    if (is_outranked(share, user)) {
        next = give_up_core(share, user);
        self = ask_for_core(share, user);
    }
    pthread_mutex_unlock(&share->lock);
    if (!next)
        return;
    let_run(next);
    let_run(self);
    await_core(user);
}

void
core_share_wait(struct core_share *share, int rank, pthread_mutex_t *held)
{
    struct core_user *user = &share->users[rank];
    struct core_user *next;

    pthread_mutex_lock(&share->lock);
    next = give_up_core(share, user);
    pthread_mutex_unlock(&share->lock);
    pthread_mutex_unlock(held);
    let_run(next);
    await_core(user);
    pthread_mutex_lock(held);
}

void
core_share_ready(struct core_share *share, int rank)
{
    struct core_user *user = &share->users[rank];
    struct core_user *next = NULL;

    pthread_mutex_lock(&share->lock);
    if (user->state == CORE_USER_AWAY)
        next = ask_for_core(share, user);
    pthread_mutex_unlock(&share->lock);
    let_run(next);
}

void
core_share_leave(struct core_share *share, int rank)
{
    struct core_user *next;

    pthread_mutex_lock(&share->lock);
    next = give_up_core(share, &share->users[rank]);
    pthread_mutex_unlock(&share->lock);
    let_run(next);
}

bool
core_share_wanted(const struct core_share *share, int rank)
{
    const struct shared_core *core = &share->cores[share->users[rank].core];

    return atomic_load_explicit(&core->wanted, memory_order_relaxed) > 0;
}
