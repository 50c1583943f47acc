/* fake_wire.h -- a wire (runtime/wire.h) between processes that are threads of
 * one process. */
#ifndef PIPELAB_TESTS_RUNTIME_FAKE_WIRE_H
#define PIPELAB_TESTS_RUNTIME_FAKE_WIRE_H

#include "runtime/wire.h"

#include <pthread.h>

enum { FAKE_PROCESSES = 4, FAKE_TAGS = 64 };

struct fake_request;

/* Members that add up their values. */
struct fake_group {
    int said; /* processes that said whether they are members */
    bool member[FAKE_PROCESSES];
    const float *given[FAKE_PROCESSES]; /* by those that have come */
    int come;
    float *sum;
    int left; /* that have not taken the sum yet */
};
enum { FAKE_GROUPS = 16 };

struct fake {
    bool late; /* a send is done when it is received, and not before */
    pthread_mutex_t lock;       /* guards everything below */
    pthread_cond_t moved;       /* a request is done, or wire_wake() */
    struct fake_request *first; /* sends and receives without a partner, oldest
                                 * first */
    struct fake_request **last;
    long handed[FAKE_TAGS]; /* messages, by tag */
    struct fake_group groups[FAKE_GROUPS];
    long lost; /* messages that no receive ever took, at fake_fini() */
    struct fake_wire {
        struct wire wire;
        struct fake *fake;
    } wires[FAKE_PROCESSES];
};

void
fake_init(struct fake *fake, int processes, bool late);

/* Of messages on the way, receives that wait, and messages that came; two
 * states that differ in nothing else go on alike. */
uint64_t
fake_hash(const struct fake *fake);

/* Counts what is left over. */
void
fake_fini(struct fake *fake);

#endif
