/* seats.c -- hands a core that ranks share to the most urgent of them. */
#include "config.h"

#include "runtime/seats.h"

#include "base/clock.h"
#include "base/memory.h"
#include "runtime/cores.h"

#include <stdlib.h>

enum {
    /* Computations that are worth moving to another core for, which costs tens
     * of microseconds and a cache to be filled again. */
    MOVE_NS = 200 * 1000,
    /* And those that are worth a change of ranks on one core. There and back
     * it takes 5 to 10 us and a part of the cache. */
    CHANGE_NS = 10 * 1000
};

void
seats_init(struct seats *seats, const int cores[], int count, int ranks)
{
    *seats = (struct seats){
        .count = count,
        .ranks = ranks,
        .seats = memory_new((size_t)count, sizeof *seats->seats),
        .sitters = memory_new((size_t)ranks, sizeof *seats->sitters),
    };
    pthread_mutex_init(&seats->lock, NULL);
    for (int s = 0; s < count; s++)
        seats->seats[s].core = cores[s];
    for (int r = 0; r < ranks; r++) {
        seats->sitters[r].seat = r % count;
        sem_init(&seats->sitters[r].seated, 0, 0);
    }
}

void
seats_fini(struct seats *seats)
{
    for (int r = 0; r < seats->ranks; r++)
        sem_destroy(&seats->sitters[r].seated);
    pthread_mutex_destroy(&seats->lock);
    free(seats->sitters);
    free(seats->seats);
}

static bool
before(const struct sitter *a, const struct sitter *b)
{
    return a->step != b->step ? a->step < b->step : a->level > b->level;
}

static bool
suits(const struct seats *seats, const struct sitter *sitter, int seat)
{
    return sitter->work_ns > MOVE_NS ||
           (int)(sitter - seats->sitters) % seats->count == seat;
}

/* The lock is held, here and down to give_up(). */
static void
want(struct seats *seats, const struct sitter *sitter, int change)
{
    for (int s = 0; s < seats->count; s++)
        if (suits(seats, sitter, s))
            seats->seats[s].wanted += change;
}

/* A thread that sleeps is bound by whoever wakes it: to do that itself it
 * would need its old core, which is taken. If it may not be bound it runs
 * where it is. */
static struct sitter *
sit(struct seats *seats, struct sitter *sitter, int seat)
{
    want(seats, sitter, -1);
    if (sitter->seat != seat)
        (void)cores_bind_thread(sitter->thread, seats->seats[seat].core);
    sitter->seat = seat;
    sitter->state = SITTER_SITS;
    seats->seats[seat].taken = true;
    return sitter;
}

/* Has the rank wait. If there is a free seat that suits it, nobody else would
 * take it: then the rank may go on and is returned. */
static struct sitter *
ask(struct seats *seats, struct sitter *sitter)
{
    sitter->state = SITTER_WAITS;
    sitter->called_ns = clock_wall_ns();
    want(seats, sitter, 1);
    for (int i = 0; i < seats->count; i++) {
        int seat = (sitter->seat + i) % seats->count;

        if (!seats->seats[seat].taken && suits(seats, sitter, seat))
            return sit(seats, sitter, seat);
    }
    return NULL;
}

/* Of those that wait and would take the seat; of equals the lowest rank. */
static struct sitter *
most_urgent(const struct seats *seats, int seat)
{
    struct sitter *first = NULL;

    for (int r = 0; r < seats->ranks; r++) {
        struct sitter *sitter = &seats->sitters[r];

        if (sitter->state == SITTER_WAITS && suits(seats, sitter, seat) &&
            (!first || before(sitter, first)))
            first = sitter;
    }
    return first;
}

/* Whether somebody more urgent waits for the rank's seat. */
static bool
is_outranked(const struct seats *seats, const struct sitter *sitter)
{
    const struct sitter *first = most_urgent(seats, sitter->seat);

    return first && before(first, sitter);
}

/* Returns who may go on in its place, if anybody. */
static struct sitter *
give_up(struct seats *seats, struct sitter *sitter)
{
    struct sitter *next = most_urgent(seats, sitter->seat);

    sitter->state = SITTER_AWAY;
    seats->seats[sitter->seat].taken = false;
    return next ? sit(seats, next, sitter->seat) : NULL;
}

/* No lock is held, here and below: whoever is let go may run at once in place
 * of this rank, which would keep a lock all the while. */
static void
let_go(struct sitter *sitter)
{
    if (sitter)
        sem_post(&sitter->seated);
}

static void
await_seat(struct sitter *sitter)
{
    while (sem_wait(&sitter->seated) != 0)
        continue; /* a signal came instead */
    sitter->waited_ns += clock_wall_ns() - sitter->called_ns;
}

void
seats_come(struct seats *seats, int rank)
{
    struct sitter *sitter = &seats->sitters[rank];
    struct sitter *next;

    pthread_mutex_lock(&seats->lock);
    sitter->thread = pthread_self();
    next = ask(seats, sitter);
    pthread_mutex_unlock(&seats->lock);
    let_go(next);
    await_seat(sitter);
}

void
seats_mark(struct seats *seats, int rank, int step, int64_t level,
           int64_t work_ns)
{
    struct sitter *sitter = &seats->sitters[rank];

    sitter->step = step;
    sitter->level = level;
    sitter->work_ns = work_ns;
}

void
seats_keep(struct seats *seats, int rank)
{
    struct sitter *sitter = &seats->sitters[rank];
    struct sitter *next = NULL;
    struct sitter *self = NULL;

    if (sitter->work_ns <= CHANGE_NS || !seats_wanted(seats, rank))
        return;
    pthread_mutex_lock(&seats->lock);
    if (is_outranked(seats, sitter)) {
        next = give_up(seats, sitter);
        self = ask(seats, sitter);
    }
    pthread_mutex_unlock(&seats->lock);
    if (!next)
        return;
    let_go(next);
    let_go(self);
    await_seat(sitter);
}

void
seats_wait(struct seats *seats, int rank, pthread_mutex_t *held)
{
    struct sitter *sitter = &seats->sitters[rank];
    struct sitter *next;

    pthread_mutex_lock(&seats->lock);
    next = give_up(seats, sitter);
    pthread_mutex_unlock(&seats->lock);
    pthread_mutex_unlock(held);
    let_go(next);
    await_seat(sitter);
    pthread_mutex_lock(held);
}

void
seats_call(struct seats *seats, int rank)
{
    struct sitter *sitter = &seats->sitters[rank];
    struct sitter *next = NULL;

    pthread_mutex_lock(&seats->lock);
    if (sitter->state == SITTER_AWAY)
        next = ask(seats, sitter);
    pthread_mutex_unlock(&seats->lock);
    let_go(next);
}

void
seats_leave(struct seats *seats, int rank)
{
    struct sitter *next;

    pthread_mutex_lock(&seats->lock);
    next = give_up(seats, &seats->sitters[rank]);
    pthread_mutex_unlock(&seats->lock);
    let_go(next);
}

bool
seats_wanted(const struct seats *seats, int rank)
{
    const struct seat *seat = &seats->seats[seats->sitters[rank].seat];

    return atomic_load_explicit(&seat->wanted, memory_order_relaxed) > 0;
}
