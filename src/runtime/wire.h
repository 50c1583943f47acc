/* wire.h -- carries bytes between the processes of a run.
 *
 * Processes are numbered from 0. From one process to another, messages of one
 * tag arrive in the order in which they were sent, as in MPI. Nothing here
 * blocks but wire_await(). MPI is one implementation; the tests have another,
 * whose processes are threads.
 *
 *   request:  started by wire_send() or wire_receive() --> done: wire_await()
 *                                                     \--> given up: wire_cancel()
 *
 * Any thread may call any of these, for requests of its own. */
#ifndef PIPELAB_RUNTIME_WIRE_H
#define PIPELAB_RUNTIME_WIRE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of its implementation; one that is done, or was never started, is all 0. */
struct wire_request {
    uint64_t handle[2];
};

struct wire {
    int process; /* this one */
    int processes;
    int tags; /* tags are 0 .. tags-1 */
    const struct wire_ops *ops;
};

struct wire_ops {
    void (*send)(struct wire *wire, struct wire_request *request, int to,
                 int tag, const void *bytes, size_t size);
    void (*receive)(struct wire *wire, struct wire_request *request, int from,
                    int tag, void *room, size_t size);
    bool (*await)(struct wire *wire, struct wire_request *request,
                  const _Atomic int *closed);
    void (*wake)(struct wire *wire);
    void (*cancel)(struct wire *wire, struct wire_request *request);
    void (*group)(struct wire *wire, int number, bool member);
    void (*sum)(struct wire *wire, int group, float *values, size_t count);
};

/* Starts to send size bytes, which stay as they are until it is done. */
static inline void
wire_send(struct wire *wire, struct wire_request *request, int to, int tag,
          const void *bytes, size_t size)
{
    wire->ops->send(wire, request, to, tag, bytes, size);
}

/* Starts to receive one message of size bytes or fewer. */
static inline void
wire_receive(struct wire *wire, struct wire_request *request, int from,
             int tag, void *room, size_t size)
{
    wire->ops->receive(wire, request, from, tag, room, size);
}

/* Waits until the request is done; at once if it was never started. False, and
 * it is still under way, if *closed is not 0. closed may be NULL. */
static inline bool
wire_await(struct wire *wire, struct wire_request *request,
           const _Atomic int *closed)
{
    return wire->ops->await(wire, request, closed);
}

/* Call it after setting what wire_await() looks at, so that it looks again. */
static inline void
wire_wake(struct wire *wire)
{
    wire->ops->wake(wire);
}

/* Gives up a receive for which no message has been sent; nothing if it is done
 * or was never started. */
static inline void
wire_cancel(struct wire *wire, struct wire_request *request)
{
    wire->ops->cancel(wire, request);
}

/* Makes group number 0, 1, ... of processes, or makes one anew; every process
 * calls it for each group, in that order, before the first wire_sum(). No rank
 * may be running. */
static inline void
wire_group(struct wire *wire, int number, bool member)
{
    wire->ops->group(wire, number, member);
}

/* Adds up the values of all members of a group, for each of them the same
 * floats, and the same in each run. Returns when all have called it. At most
 * one thread of a process does so at a time for a group. */
static inline void
wire_sum(struct wire *wire, int group, float *values, size_t count)
{
    wire->ops->sum(wire, group, values, count);
}

#endif
