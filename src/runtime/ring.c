/* ring.c -- a link between two threads: a ring of slots under a lock. */
#include "config.h"

#include "runtime/channel.h"

#include "base/clock.h"
#include "base/memory.h"

#include <sched.h>
#include <stdlib.h>

enum {
    GLANCES = 50, /* polls before the first look at the clock */
    /* Time that a rank polls before it sleeps: longer than a wake-up, up to
     * 50 us, and longer than another core takes to copy 1 MiB out of one slot
     * and into the next. */
    LINGER_NS = 200 * 1000
};

static int
slots_of(int capacity)
{
    return capacity ? capacity : 1;
}

static int64_t
glance(const _Atomic int64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static bool
is_closed(const struct channel *channel)
{
    return atomic_load_explicit(&channel->closed, memory_order_relaxed) != 0;
}

static bool
can_send(const struct channel *channel)
{
    int64_t sent = glance(&channel->sent);

    if (channel->capacity == 0)
        return glance(&channel->offered) > sent;
    return sent - glance(&channel->received) < channel->held;
}

static bool
can_recv(const struct channel *channel)
{
    return glance(&channel->sent) > glance(&channel->received);
}

bool
channel_has_room(const struct channel *channel)
{
    return can_send(channel);
}

/* Whether another rank waits for this rank's core. */
static bool
is_pressed(const struct channel *channel, int rank)
{
    return channel->core_share && core_share_wanted(channel->core_share, rank);
}

/* Polls for a while, so that a rank need not sleep if the other side comes
 * soon. What it sees is a hint; await() looks again under the lock. A yield
 * gives the core to another computing process for a whole time slice, several
 * milliseconds: a rank yields only if ranks share cores without core_share. */
static void
linger(const struct channel *channel, bool (*ready)(const struct channel *),
       int rank)
{
    int64_t start;

    for (int i = 0; i < GLANCES; i++)
        if (ready(channel) || is_closed(channel))
            return;
    start = clock_wall_ns();
    while (!ready(channel) && !is_closed(channel) &&
           !is_pressed(channel, rank) && clock_wall_ns() - start < LINGER_NS)
        if (channel->yields)
            sched_yield();
}

/* Waits until ready. True: the lock is held. False, without the lock: the run
 * has stopped, or this wait would complete a deadlock. */
static bool
await(struct channel *channel, bool (*ready)(const struct channel *),
      bool *asleep, int rank, size_t position)
{
    if (channel->patient)
        linger(channel, ready, rank);
    pthread_mutex_lock(&channel->lock);
    while (!ready(channel) && !is_closed(channel)) {
        /* After a spurious wake-up the rank is still on the board. */
        if (!*asleep) {
            *asleep = true;
            if (!board_block(channel->board, rank, position))
                break;
        }
        if (channel->core_share)
            core_share_wait(channel->core_share, rank, &channel->lock);
        else
            pthread_cond_wait(&channel->moved, &channel->lock);
    }
    if (ready(channel) && !is_closed(channel))
        return true;
    pthread_mutex_unlock(&channel->lock);
    return false;
}

/* Gives up the lock, which is held, and wakes the other side if it sleeps; a
 * counter that it waits for has just moved. */
static void
unlock_and_wake(struct channel *channel, bool *asleep, int rank)
{
    bool was_asleep = *asleep;

    *asleep = false;
    if (was_asleep) {
        board_clear(channel->board, rank);
        /* Broadcast, not signal: closing may have both sides to wake. */
        if (!channel->core_share)
            pthread_cond_broadcast(&channel->moved);
    }
    pthread_mutex_unlock(&channel->lock);
    if (was_asleep && channel->core_share)
        core_share_ready(channel->core_share, rank);
}

static struct message *
channel_slot_of(const struct channel *channel, int64_t n)
{
    return &channel->ring[channel->capacity ? n % channel->capacity : 0];
}

/* The payload of message n, with its shape. */
static struct tensor
payload_of(const struct channel *channel, int64_t n)
{
    const struct message *message = channel_slot_of(channel, n);

    return (struct tensor){message->rows, message->cols,
                           channel->payloads[n % channel->held]};
}

static bool
ring_credit(struct channel *channel, size_t position, int64_t *freed)
{
    if (!await(channel, can_send, &channel->sender_asleep, channel->sender,
               position))
        return false;
    *freed = channel->capacity == 0
                 ? channel->receiver_clock
                 : channel_slot_of(channel, channel->sent)->freed;
    pthread_mutex_unlock(&channel->lock);
    return true;
}

static void
ring_put(struct channel *channel, const struct message *message,
         struct tensor tensor)
{
    *channel_slot_of(channel, channel->sent) = *message;
    tensor_copy(payload_of(channel, channel->sent), tensor);
}

static void
ring_give(struct channel *channel)
{
    pthread_mutex_lock(&channel->lock);
    channel->sent++;
    unlock_and_wake(channel, &channel->receiver_asleep, channel->receiver);
}

/* Tells a sender that waits for a rendezvous that the receiver is here. */
static void
offer(struct channel *channel, int64_t clock)
{
    pthread_mutex_lock(&channel->lock);
    channel->receiver_clock = clock;
    channel->offered++;
    unlock_and_wake(channel, &channel->sender_asleep, channel->sender);
}

static bool
ring_come(struct channel *channel, size_t position, int64_t clock,
          struct message *message)
{
    if (channel->capacity == 0)
        offer(channel, clock);
    if (!await(channel, can_recv, &channel->receiver_asleep, channel->receiver,
               position))
        return false;
    *message = *channel_slot_of(channel, channel->received);
    pthread_mutex_unlock(&channel->lock);
    return true;
}

static void
ring_take(struct channel *channel, struct tensor tensor)
{
    tensor_copy(tensor, payload_of(channel, channel->received));
}

static void
ring_taken(struct channel *channel, int64_t done)
{
    channel_slot_of(channel, channel->received)->freed = done;
    pthread_mutex_lock(&channel->lock);
    channel->received++;
    unlock_and_wake(channel, &channel->sender_asleep, channel->sender);
}

static void
ring_restart(struct channel *channel)
{
    int slots = slots_of(channel->capacity);

    for (int64_t n = 0; n < channel->sent && n < slots; n++)
        channel->ring[n].freed = 0;
}

static void
ring_close(struct channel *channel)
{
    pthread_mutex_lock(&channel->lock);
    channel->closed++;
    unlock_and_wake(channel, &channel->sender_asleep, channel->sender);
    pthread_mutex_lock(&channel->lock);
    unlock_and_wake(channel, &channel->receiver_asleep, channel->receiver);
}

static void
ring_end(struct channel *channel)
{
    for (int i = 0; i < channel->held; i++)
        free(channel->payloads[i]);
    free(channel->payloads);
    free(channel->ring);
    pthread_cond_destroy(&channel->moved);
    pthread_mutex_destroy(&channel->lock);
}

static const struct link_ops ring = {
    .credit = ring_credit,
    .put = ring_put,
    .give = ring_give,
    .come = ring_come,
    .take = ring_take,
    .taken = ring_taken,
    .restart = ring_restart,
    .close = ring_close,
    .fini = ring_end,
};

void
channel_init(struct channel *channel, int capacity, size_t floats, int sender,
             int receiver, struct board *board)
{
    channel_init_holding(channel, capacity, capacity, floats, sender, receiver,
                         board);
}

void
channel_init_holding(struct channel *channel, int most, int capacity,
                     size_t floats, int sender, int receiver,
                     struct board *board)
{
    int slots = slots_of(capacity);

    *channel = (struct channel){
        .capacity = capacity,
        .held = slots_of(capacity < most ? capacity : most),
        .sender = sender,
        .receiver = receiver,
        .link = &ring,
        .patient = true,
        .board = board,
        .ring = memory_new((size_t)slots, sizeof *channel->ring),
    };
    pthread_mutex_init(&channel->lock, NULL);
    pthread_cond_init(&channel->moved, NULL);
    channel->payloads =
        memory_new((size_t)channel->held, sizeof *channel->payloads);
    for (int i = 0; i < channel->held; i++)
        channel->payloads[i] = memory_new_floats(floats);
}

const struct message *
channel_message(const struct channel *channel, int64_t n)
{
    return channel_slot_of(channel, n);
}
