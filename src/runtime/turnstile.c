#include "config.h"

#include "runtime/turnstile.h"

void
turnstile_init(struct turnstile *t, const struct turn *turns, size_t count,
               bool complete)
{
    *t = (struct turnstile){
        .turns = turns, .count = count, .complete = complete};
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->moved, NULL);
    turnstile_reset(t);
}

void
turnstile_fini(struct turnstile *t)
{
    pthread_cond_destroy(&t->moved);
    pthread_mutex_destroy(&t->lock);
}

void
turnstile_reset(struct turnstile *t)
{
    pthread_mutex_lock(&t->lock);
    t->at = 0;
    t->through = -1;
    t->open = t->count == 0;
    pthread_mutex_unlock(&t->lock);
}

static bool
may_pass(const struct turnstile *t, int rank)
{
    const struct turn *turn;

    if (t->open)
        return true;
    turn = &t->turns[t->at];
    return (turn->rank == rank || turn->partner == rank) &&
           t->through != rank;
}

void
turnstile_enter(struct turnstile *t, int rank)
{
    pthread_mutex_lock(&t->lock);
    while (!may_pass(t, rank))
        pthread_cond_wait(&t->moved, &t->lock);
    pthread_mutex_unlock(&t->lock);
}

void
turnstile_leave(struct turnstile *t, int rank)
{
    pthread_mutex_lock(&t->lock);
    if (!t->open) {
        bool shared = t->turns[t->at].partner >= 0;

        if (shared && t->through < 0) {
            t->through = rank;
        } else {
            t->through = -1;
            t->at++;
        }
        if (t->at == t->count) {
            t->at = 0;
            t->open = !t->complete;
        }
        pthread_cond_broadcast(&t->moved);
    }
    pthread_mutex_unlock(&t->lock);
}

void
turnstile_open(struct turnstile *t)
{
    pthread_mutex_lock(&t->lock);
    t->open = true;
    pthread_cond_broadcast(&t->moved);
    pthread_mutex_unlock(&t->lock);
}
