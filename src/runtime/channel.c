/* channel.c -- hands tensors from rank to rank over a link, and keeps virtual
 * time. */
#include "config.h"

#include "runtime/channel.h"

#include "base/clock.h"

#include <assert.h>

bool
channel_send(struct channel *channel, int mb, struct tensor tensor,
             int64_t clock, size_t position, struct transfer *transfer)
{
    struct message message = {mb, tensor.rows, tensor.cols, 0, 0};
    int64_t freed;

    if (!channel->link->credit(channel, position, &freed))
        return false;
    /* max(clock, freed[n-K]), see plan/walk.h; a slot is free from 0 on. */
    transfer->done = clock > freed ? clock : freed;
    transfer->ready_ns = clock_wall_ns();
    message.arrival = transfer->done + channel->latency;
    channel->link->put(channel, &message, tensor);
    transfer->copied_ns = clock_wall_ns();
    channel->link->give(channel);
    return true;
}

bool
channel_recv(struct channel *channel, int mb, struct tensor tensor,
             int64_t clock, size_t position, struct transfer *transfer)
{
    struct message message;

    if (!channel->link->come(channel, position, clock, &message))
        return false;
    transfer->ready_ns = clock_wall_ns();
    /* The plan was checked: links are first in, first out. */
    assert(message.mb == mb);
    (void)mb;
    channel->link->take(channel, tensor);
    transfer->done = clock > message.arrival ? clock : message.arrival;
    transfer->copied_ns = clock_wall_ns();
    channel->link->taken(channel, transfer->done);
    return true;
}

void
channel_restart(struct channel *channel)
{
    channel->link->restart(channel);
}

void
channel_close(struct channel *channel)
{
    channel->link->close(channel);
}

void
channel_fini(struct channel *channel)
{
    channel->link->fini(channel);
}
