/* turnstile.c -- lets one rank move at a time. */
#include "config.h"

#include "runtime/turnstile.h"

#include <stdint.h>

void
turnstile_init(struct turnstile *t, const struct turn *turns, size_t count,
               bool complete, int ranks)
{
    *t = (struct turnstile){.turns = turns,
                            .count = count,
                            .complete = complete,
                            .ranks = ranks};
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->moved, NULL);
    pthread_cond_init(&t->quiet, NULL);
    turnstile_reset(t, false);
}

void
turnstile_fini(struct turnstile *t)
{
    pthread_cond_destroy(&t->quiet);
    pthread_cond_destroy(&t->moved);
    pthread_mutex_destroy(&t->lock);
}

void
turnstile_reset(struct turnstile *t, bool held)
{
    pthread_mutex_lock(&t->lock);
    t->at = 0;
    t->through = -1;
    t->ration = held ? 0 : SIZE_MAX;
    t->standing = 0;
    t->gone = 0;
    t->closed = false;
    pthread_mutex_unlock(&t->lock);
}

/* The turns have ended in a deadlock: all that is left is to run into it. */
static bool
is_over(const struct turnstile *t)
{
    return t->at == t->count;
}

static bool
may_pass(const struct turnstile *t, int rank)
{
    const struct turn *turn;

    if (t->ration == 0)
        return false;
    if (is_over(t))
        return true;
    turn = &t->turns[t->at];
    return (turn->rank == rank || turn->partner == rank) &&
           t->through != rank;
}

/* The lock is held; a rank has come to stand or is gone. */
static void
tell_controller(struct turnstile *t)
{
    if (t->standing + t->gone == t->ranks)
        pthread_cond_signal(&t->quiet);
}

bool
turnstile_enter(struct turnstile *t, int rank)
{
    bool passes;

    pthread_mutex_lock(&t->lock);
    t->standing++;
    tell_controller(t);
    while (!t->closed && !may_pass(t, rank))
        pthread_cond_wait(&t->moved, &t->lock);
    t->standing--;
    passes = !t->closed;
    pthread_mutex_unlock(&t->lock);
    return passes;
}

void
turnstile_leave(struct turnstile *t, int rank)
{
    pthread_mutex_lock(&t->lock);
    if (!t->closed && !is_over(t)) {
        bool shared = t->turns[t->at].partner >= 0;

        if (shared && t->through < 0) {
            t->through = rank;
        } else {
            t->through = -1;
            t->ration--;
            t->at++;
            if (is_over(t) && t->complete)
                t->at = 0;
        }
        pthread_cond_broadcast(&t->moved);
    }
    pthread_mutex_unlock(&t->lock);
}

void
turnstile_go(struct turnstile *t)
{
    pthread_mutex_lock(&t->lock);
    t->gone++;
    tell_controller(t);
    pthread_mutex_unlock(&t->lock);
}

void
turnstile_close(struct turnstile *t)
{
    pthread_mutex_lock(&t->lock);
    t->closed = true;
    pthread_cond_broadcast(&t->moved);
    pthread_mutex_unlock(&t->lock);
}

size_t
turnstile_let(struct turnstile *t, size_t turns)
{
    size_t taken;

    pthread_mutex_lock(&t->lock);
    t->ration = turns;
    pthread_cond_broadcast(&t->moved);
    while (t->gone < t->ranks &&
           (t->ration > 0 || t->standing + t->gone < t->ranks))
        pthread_cond_wait(&t->quiet, &t->lock);
    taken = turns - t->ration;
    pthread_mutex_unlock(&t->lock);
    return taken;
}
