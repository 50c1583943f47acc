/* channel.h -- bounded first-in-first-out link that hands tensors from one
 * rank to another; it stands in for a p2p link between two devices.
 *
 *   sender --copy in--> [ 0 | 1 | .. | capacity-1 ] --copy out--> receiver
 *
 * Payload is copied in and out, since each rank has memory of its own.
 * Capacity 0 is rendezvous: the sender waits until the receiver has come; one
 * slot carries the payload.
 *
 * Exactly one rank sends and one receives. The counters change under the lock
 * only. They are atomic, so that a rank can poll them without it: waking an
 * idle core takes tens of microseconds, so a rank polls for up to 200 us
 * before it sleeps. While a slot is being filled or emptied it belongs to one
 * side alone, so payload is copied outside the lock. */
#ifndef PIPELAB_RUNTIME_CHANNEL_H
#define PIPELAB_RUNTIME_CHANNEL_H

#include "runtime/board.h"
#include "runtime/core_share.h"
#include "runtime/link.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct channel {
    /* Constant while ranks run: */
    int capacity;
    int held;        /* messages that it has memory for, and holds at
                          * most */
    int sender;      /* rank */
    int receiver;    /* rank */
    int64_t latency; /* ticks */
    const struct link_ops *link;
    struct far *far;     /* of a link to another process, which uses neither
                          * lock nor ring; or NULL */
    bool patient;        /* polls for a while before it sleeps; false only
                               * to measure the difference */
    bool yields;         /* yields while it polls: the other rank may need
                               * this core, and there is no core_share */
    struct board *board; /* borrowed */
    struct core_share *core_share; /* NULL unless ranks share cores;
                                    * borrowed */

    pthread_mutex_t lock;     /* guards everything below */
    pthread_cond_t moved;     /* a counter below has moved */
    _Atomic int64_t sent;     /* messages ever put in */
    _Atomic int64_t received; /* messages ever taken out */
    _Atomic int64_t offered;  /* capacity 0: times the receiver has come */
    _Atomic int closed;       /* set once, when the run stops */
    int64_t receiver_clock;   /* capacity 0: virtual time it came at */
    bool sender_asleep;
    bool receiver_asleep;
    struct message *ring; /* max(capacity, 1) */
    float **payloads;     /* held: of message n at n % held, each with room for
                           * the channel's floats */
};

/* The times of a transfer. */
struct transfer {
    int64_t done;      /* virtual time at which it completed for this side */
    int64_t ready_ns;  /* wall time when waiting was over */
    int64_t copied_ns; /* wall time when the payload was copied */
};

/* floats: the largest payload of a message. */
void
channel_init(struct channel *channel, int capacity, size_t floats, int sender,
             int receiver, struct board *board);

/* The same of a link on which there are never more than `most` messages at
 * once: at a larger capacity it has no memory for the rest. */
void
channel_init_holding(struct channel *channel, int most, int capacity,
                     size_t floats, int sender, int receiver,
                     struct board *board);
void
channel_fini(struct channel *channel);

/* For the sender: whether channel_send() would not wait now. */
bool
channel_has_room(const struct channel *channel);

/* Waits for room and puts in a copy of tensor. clock is the sender's virtual
 * time, position the index of the SEND in its list. False if the run has
 * stopped or this wait would complete a deadlock (see board_deadlocked()). */
bool
channel_send(struct channel *channel, int mb, struct tensor tensor,
             int64_t clock, size_t position, struct transfer *transfer);

/* Waits for the next message, which is of microbatch mb, and copies it into
 * tensor, which has the same shape. Otherwise like channel_send(). */
bool
channel_recv(struct channel *channel, int mb, struct tensor tensor,
             int64_t clock, size_t position, struct transfer *transfer);

/* Starts virtual time anew: all slots are free from 0 on. Neither side may be
 * running, and no message on the link. */
void
channel_restart(struct channel *channel);

/* Wakes both sides; every send and recv from now on returns false. */
void
channel_close(struct channel *channel);

/* Message number n, counted from 0, while it is on the link: received <= n <
 * sent. Neither side may be running. */
const struct message *
channel_message(const struct channel *channel, int64_t n);

/* Counters and messages on a few lines, for gdb. */
void
channel_print(FILE *out, const struct channel *channel);

#endif
