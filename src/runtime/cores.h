/* cores.h -- the cores that the process may use, and binding threads to
 * them. */
#ifndef PIPELAB_RUNTIME_CORES_H
#define PIPELAB_RUNTIME_CORES_H

#include <pthread.h>
#include <stdbool.h>

enum { CORES_MAX = 1024 };

/* Numbers of the cores that this process may run on, at most CORES_MAX;
 * returns how many, at least 1. Where the system only tells their count, each
 * is -1, and no thread can be bound. */
int
cores_allowed(int cores[CORES_MAX]);

/* Binds a thread, or the calling one; false where that is not possible, as for
 * core -1. */
bool
cores_bind_thread(pthread_t thread, int core);
bool
cores_bind(int core);

/* Names the calling thread as debuggers show it; best effort. */
void
cores_name_thread(const char *name);

#endif
