#include "exercises.h"

#include <unistd.h>

bool
exercise_push(struct ring *ring, int value)
{
    while (ring->used == ring->capacity && !ring->closed)
        usleep(100);
    if (ring->closed)
        return false;
    pthread_mutex_lock(&ring->lock);
    ring->slots[(ring->first + ring->used++) % ring->capacity] = value;
    pthread_mutex_unlock(&ring->lock);
    return true;
}

bool
exercise_pop(struct ring *ring, int *value)
{
    (void)ring;
    (void)value;
    return false;
}

void
exercise_close(struct ring *ring)
{
    ring->closed = true;
}
