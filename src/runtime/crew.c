/* crew.c -- runs one function on several threads, each on its core. */
#include "config.h"

#include "runtime/crew.h"

#include "base/error.h"
#include "base/memory.h"
#include "runtime/cores.h"

#include <pthread.h>
#include <stdlib.h>

struct crew {
    pthread_barrier_t start;
    void (*work)(void *context, int i);
    void *context;
};

struct member {
    struct crew *crew;
    pthread_t thread;
    int number;
    int core;
};

static void *
member_main(void *argument)
{
    struct member *member = argument;

    cores_bind(member->core);
    pthread_barrier_wait(&member->crew->start);
    member->crew->work(member->crew->context, member->number);
    return NULL;
}

void
crew_run(int count, const int cores[], void (*work)(void *context, int i),
         void *context)
{
    struct crew crew = {.work = work, .context = context};
    struct member *members = memory_new((size_t)count, sizeof *members);

    pthread_barrier_init(&crew.start, NULL, (unsigned)count);
    for (int i = 0; i < count; i++) {
        members[i] = (struct member){
            .crew = &crew, .number = i, .core = cores[i]};
        if (pthread_create(&members[i].thread, NULL, member_main,
                           &members[i]) != 0)
            die("cannot start thread %d of %d", i, count);
    }
    for (int i = 0; i < count; i++)
        pthread_join(members[i].thread, NULL);
    pthread_barrier_destroy(&crew.start);
    free(members);
}
