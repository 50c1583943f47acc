#include "exercises.h"

bool
exercise_push(struct ring *ring, int value)
{
    bool open;

    pthread_mutex_lock(&ring->lock);
    while (ring->used == ring->capacity && !ring->closed)
        pthread_cond_wait(&ring->changed, &ring->lock);
    open = !ring->closed;
    if (open) {
        ring->slots[(ring->first + ring->used) % ring->capacity] = value;
        ring->used++;
        /* Both ends sleep on one condition: a signal might wake the wrong
         * one. */
        pthread_cond_broadcast(&ring->changed);
    }
    pthread_mutex_unlock(&ring->lock);
    return open;
}

bool
exercise_pop(struct ring *ring, int *value)
{
    bool found;

    pthread_mutex_lock(&ring->lock);
    while (ring->used == 0 && !ring->closed)
        pthread_cond_wait(&ring->changed, &ring->lock);
    found = ring->used > 0;
    if (found) {
        ring->used--;
        *value = ring->slots[(ring->first + ring->used) % ring->capacity];
        pthread_cond_broadcast(&ring->changed);
    }
    pthread_mutex_unlock(&ring->lock);
    return found;
}

void
exercise_close(struct ring *ring)
{
    pthread_mutex_lock(&ring->lock);
    ring->closed = true;
    pthread_cond_broadcast(&ring->changed);
    pthread_mutex_unlock(&ring->lock);
}
