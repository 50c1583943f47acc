/* lockstep.c -- lets one rank move at a time. */
#include "config.h"

#include "runtime/lockstep.h"

#include <stdint.h>

void
lockstep_init(struct lockstep *t, const struct timing *timing, int ranks)
{
    *t = (struct lockstep){.turns = timing->turns,
                           .count = timing->turn_count,
                           .complete = timing->complete,
                           .ranks = ranks};
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->moved, NULL);
    pthread_cond_init(&t->quiet, NULL);
    lockstep_reset(t, false);
}

void
lockstep_fini(struct lockstep *t)
{
    pthread_cond_destroy(&t->quiet);
    pthread_cond_destroy(&t->moved);
    pthread_mutex_destroy(&t->lock);
}

void
lockstep_reset(struct lockstep *t, bool held)
{
    pthread_mutex_lock(&t->lock);
    t->at = 0;
    t->moved_first = -1;
    t->allowed = held ? 0 : SIZE_MAX;
    t->waiting = 0;
    t->ended = 0;
    t->closed = false;
    pthread_mutex_unlock(&t->lock);
}

/* The turns have ended in a deadlock, into which the ranks now run. */
static bool
is_over(const struct lockstep *t)
{
    return t->at == t->count;
}

static bool
may_pass(const struct lockstep *t, int rank)
{
    const struct turn *turn;

    if (t->allowed == 0)
        return false;
    if (is_over(t))
        return true;
    turn = &t->turns[t->at];
    return (turn->rank == rank || turn->partner == rank) &&
           t->moved_first != rank;
}

/* Tells the controller if no rank can move. The lock is held; a rank has begun
 * to wait or has ended. */
static void
tell_controller(struct lockstep *t)
{
    if (t->waiting + t->ended == t->ranks)
        pthread_cond_signal(&t->quiet);
}

bool
lockstep_enter(struct lockstep *t, int rank)
{
    bool passes;

    pthread_mutex_lock(&t->lock);
    t->waiting++;
    tell_controller(t);
    while (!t->closed && !may_pass(t, rank))
        pthread_cond_wait(&t->moved, &t->lock);
    t->waiting--;
    passes = !t->closed;
    pthread_mutex_unlock(&t->lock);
    return passes;
}

void
lockstep_leave(struct lockstep *t, int rank)
{
    pthread_mutex_lock(&t->lock);
    if (!t->closed && !is_over(t)) {
        bool shared = t->turns[t->at].partner >= 0;

        if (shared && t->moved_first < 0) {
            t->moved_first = rank;
        } else {
            t->moved_first = -1;
            t->allowed--;
            t->at++;
            if (is_over(t) && t->complete)
                t->at = 0;
        }
        pthread_cond_broadcast(&t->moved);
    }
    pthread_mutex_unlock(&t->lock);
}

void
lockstep_go(struct lockstep *t)
{
    pthread_mutex_lock(&t->lock);
    t->ended++;
    tell_controller(t);
    pthread_mutex_unlock(&t->lock);
}

void
lockstep_close(struct lockstep *t)
{
    pthread_mutex_lock(&t->lock);
    t->closed = true;
    pthread_cond_broadcast(&t->moved);
    pthread_mutex_unlock(&t->lock);
}

size_t
lockstep_let(struct lockstep *t, size_t turns)
{
    size_t taken;

    pthread_mutex_lock(&t->lock);
    t->allowed = turns;
    pthread_cond_broadcast(&t->moved);
    while (t->ended < t->ranks &&
           (t->allowed > 0 || t->waiting + t->ended < t->ranks))
        pthread_cond_wait(&t->quiet, &t->lock);
    taken = turns - t->allowed;
    pthread_mutex_unlock(&t->lock);
    return taken;
}
