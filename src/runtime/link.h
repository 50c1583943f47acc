/* link.h -- what is under a channel: how a message gets from one rank to
 * another. Threads of one process share a ring (ring.c); between processes
 * there is a wire (far.c).
 *
 *   sender     credit --> put --> give          waits for room, fills it, hands
 *                                               it over
 *   receiver   come --> take --> taken          waits for a message, empties its
 *                                               slot, gives the room back
 *
 * A credit is room for one message, K of them at first, and says since when in
 * virtual time the slot is free. With capacity 0 there is none at first: the
 * receiver gives one when it comes, with its clock. */
#ifndef PIPELAB_RUNTIME_LINK_H
#define PIPELAB_RUNTIME_LINK_H

#include "tensor/tensor.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct channel;

struct message {
    int mb;
    int rows;
    int cols;
    int64_t arrival; /* virtual time from which it can be received */
    int64_t freed;   /* virtual time at which the slot was last emptied */
};

/* The functions that wait are told where in its list the rank is, and return
 * false if the run has stopped or the wait would complete a deadlock. */
struct link_ops {
    bool (*credit)(struct channel *channel, size_t position, int64_t *freed);
    void (*put)(struct channel *channel, const struct message *message,
                struct tensor tensor);
    void (*give)(struct channel *channel);

    bool (*come)(struct channel *channel, size_t position, int64_t clock,
                 struct message *message);
    void (*take)(struct channel *channel, struct tensor tensor);
    void (*taken)(struct channel *channel, int64_t done);

    /* All slots are free from virtual time 0 on, again. */
    void (*restart)(struct channel *channel);
    /* Every wait ends, now and later; any thread may call it. */
    void (*close)(struct channel *channel);
    void (*fini)(struct channel *channel);
};

#endif
