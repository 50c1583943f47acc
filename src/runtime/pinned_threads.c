/* pinned_threads.c -- runs one function on several threads, each on its
 * core. */
#include "config.h"

#include "runtime/pinned_threads.h"

#include "base/error.h"
#include "base/memory.h"
#include "runtime/barrier.h"
#include "runtime/cores.h"

#include <pthread.h>
#include <stdlib.h>

struct pinned_threads {
    struct barrier start;
    void (*work)(void *context, int i);
    void *context;
};

struct pinned_thread {
    struct pinned_threads *all;
    pthread_t id;
    int number;
    int core;
};

static void *
pinned_thread_main(void *argument)
{
    struct pinned_thread *thread = argument;

    cores_bind(thread->core);
    barrier_wait(&thread->all->start);
    thread->all->work(thread->all->context, thread->number);
    return NULL;
}

void
pinned_threads_run(int count, const int cores[],
                   void (*work)(void *context, int i), void *context)
{
    struct pinned_threads all = {.work = work, .context = context};
    struct pinned_thread *threads = memory_new((size_t)count, sizeof *threads);

    barrier_init(&all.start, count);
    for (int i = 0; i < count; i++) {
        threads[i] =
            (struct pinned_thread){.all = &all, .number = i, .core = cores[i]};
        if (pthread_create(&threads[i].id, NULL, pinned_thread_main,
                           &threads[i]) != 0)
            die("cannot start thread %d of %d", i, count);
    }
    for (int i = 0; i < count; i++)
        pthread_join(threads[i].id, NULL);
    barrier_fini(&all.start);
    free(threads);
}
