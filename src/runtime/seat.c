#include "config.h"

#include "runtime/seat.h"

#include <stddef.h>

void
seat_init(struct seat *seat)
{
    *seat = (struct seat){.claims = NULL};
    pthread_mutex_init(&seat->lock, NULL);
    pthread_cond_init(&seat->free, NULL);
}

void
seat_fini(struct seat *seat)
{
    pthread_cond_destroy(&seat->free);
    pthread_mutex_destroy(&seat->lock);
}

static bool
before(const struct seat_claim *a, const struct seat_claim *b)
{
    return a->step != b->step ? a->step < b->step : a->clock < b->clock;
}

/* No other claim comes before this one. */
static bool
comes_next(const struct seat *seat, const struct seat_claim *claim)
{
    for (const struct seat_claim *c = seat->claims; c; c = c->next)
        if (before(c, claim))
            return false;
    return true;
}

static void
withdraw(struct seat *seat, const struct seat_claim *claim)
{
    struct seat_claim **link = &seat->claims;

    while (*link != claim)
        link = &(*link)->next;
    *link = claim->next;
}

/* The lock is held, here and in leave(). */
static void
take(struct seat *seat, struct seat_claim *claim)
{
    claim->next = seat->claims;
    seat->claims = claim;
    while (seat->taken || !comes_next(seat, claim))
        pthread_cond_wait(&seat->free, &seat->lock);
    withdraw(seat, claim);
    seat->taken = true;
}

static void
leave(struct seat *seat)
{
    seat->taken = false;
    /* Broadcast, not signal: only the claims themselves know who is next. */
    if (seat->claims)
        pthread_cond_broadcast(&seat->free);
}

void
seat_take(struct seat *seat, int step, int64_t clock)
{
    struct seat_claim claim = {.step = step, .clock = clock};

    pthread_mutex_lock(&seat->lock);
    take(seat, &claim);
    pthread_mutex_unlock(&seat->lock);
}

void
seat_keep(struct seat *seat, int step, int64_t clock)
{
    struct seat_claim claim = {.step = step, .clock = clock};

    pthread_mutex_lock(&seat->lock);
    if (!comes_next(seat, &claim)) {
        leave(seat);
        take(seat, &claim);
    }
    pthread_mutex_unlock(&seat->lock);
}

void
seat_leave(struct seat *seat)
{
    pthread_mutex_lock(&seat->lock);
    leave(seat);
    pthread_mutex_unlock(&seat->lock);
}
