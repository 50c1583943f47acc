/* far.c -- a channel's link to a rank in another process. */
#include "config.h"

#include "runtime/far.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* As a microbatch and as a credit. */
enum { FAREWELL = -1 };

/* What is on the wire: a message is this, then its floats. */
struct far_head {
    int32_t mb;
    int32_t rows;
    int32_t cols;
    int32_t none; /* so that no byte is left to chance */
    int64_t arrival;
};

struct far_slot {
    struct wire_request message;
    struct wire_request credit;
    char *bytes; /* of the message */
    int64_t freed;
};

struct far {
    struct wire *wire;
    int other; /* process */
    int tag;   /* of the messages; that of the credits is one more */
    bool sends;
    bool said; /* farewell */
    bool left; /* the other side has said it */
    _Atomic int closed;
    size_t size;            /* of the largest message, with its head */
    int64_t since;          /* messages before this one were of earlier runs */
    int64_t credits;        /* that the sender has taken */
    int64_t *freed;         /* slots of the capacity: the sender's credits */
    struct far_slot *slots; /* held */
    struct wire_request last;
    struct far_head last_head;
    int64_t last_credit;
};

static struct far_slot *
far_slot(const struct channel *channel, int64_t n)
{
    return &channel->far->slots[n % channel->held];
}

static void
await_credit(struct far *far, struct far_slot *slot)
{
    wire_receive(far->wire, &slot->credit, far->other, far->tag + 1,
                 &slot->freed, sizeof slot->freed);
}

static void
await_message(struct far *far, struct far_slot *slot)
{
    wire_receive(far->wire, &slot->message, far->other, far->tag, slot->bytes,
                 far->size);
}

/* Takes the next credit. */
static bool
take_credit(struct channel *channel)
{
    struct far *far = channel->far;
    struct far_slot *slot = far_slot(channel, far->credits);

    if (!wire_await(far->wire, &slot->credit, &far->closed))
        return false;
    if (slot->freed == FAREWELL) {
        far->left = true;
        return false;
    }
    if (channel->capacity > 0)
        far->freed[far->credits % channel->capacity] = slot->freed;
    else
        far->freed[0] = slot->freed;
    far->credits++;
    await_credit(far, slot);
    return true;
}

static bool
far_credit(struct channel *channel, size_t position, int64_t *freed)
{
    struct far *far = channel->far;
    int64_t n = channel->sent;
    int64_t needed = channel->capacity > 0 ? n - channel->held + 1 : n + 1;

    (void)position;
    while (far->credits < needed)
        if (!take_credit(channel))
            return false;
    if (channel->capacity == 0)
        *freed = far->freed[0];
    else
        *freed = n - channel->capacity < far->since
                     ? 0
                     : far->freed[n % channel->capacity];
    /* It was received: its credit is here. */
    return wire_await(far->wire, &far_slot(channel, n)->message, &far->closed);
}

static void
far_put(struct channel *channel, const struct message *message,
        struct tensor tensor)
{
    struct far_head head = {message->mb, message->rows, message->cols, 0,
                            message->arrival};
    char *bytes = far_slot(channel, channel->sent)->bytes;

    memcpy(bytes, &head, sizeof head);
    memcpy(bytes + sizeof head, tensor.data,
           tensor_count(tensor) * sizeof *tensor.data);
}

static size_t
size_of(const struct far_slot *slot)
{
    struct far_head head;

    memcpy(&head, slot->bytes, sizeof head);
    return sizeof head + (size_t)head.rows * (size_t)head.cols * sizeof(float);
}

static void
far_give(struct channel *channel)
{
    struct far *far = channel->far;
    struct far_slot *slot = far_slot(channel, channel->sent);

    wire_send(far->wire, &slot->message, far->other, far->tag, slot->bytes,
              size_of(slot));
    channel->sent++;
}

/* The credit of this slot that was sent before must have gone, since a message
 * has come for it. */
static bool
give_credit(struct channel *channel, struct far_slot *slot, int64_t time)
{
    struct far *far = channel->far;

    if (!wire_await(far->wire, &slot->credit, &far->closed))
        return false;
    slot->freed = time;
    wire_send(far->wire, &slot->credit, far->other, far->tag + 1, &slot->freed,
              sizeof slot->freed);
    return true;
}

/* Waits for the next message and reads its head. */
static bool
take_message(struct channel *channel, struct far_head *head)
{
    struct far *far = channel->far;
    struct far_slot *slot = far_slot(channel, channel->received);

    if (!wire_await(far->wire, &slot->message, &far->closed))
        return false;
    memcpy(head, slot->bytes, sizeof *head);
    far->left = head->mb == FAREWELL;
    return !far->left;
}

static bool
far_come(struct channel *channel, size_t position, int64_t clock,
         struct message *message)
{
    struct far_slot *slot = far_slot(channel, channel->received);
    struct far_head head;

    (void)position;
    if ((channel->capacity == 0 && !give_credit(channel, slot, clock)) ||
        !take_message(channel, &head))
        return false;
    *message =
        (struct message){head.mb, head.rows, head.cols, head.arrival, 0};
    return true;
}

static void
far_take(struct channel *channel, struct tensor tensor)
{
    struct far_slot *slot = far_slot(channel, channel->received);

    memcpy(tensor.data, slot->bytes + sizeof(struct far_head),
           tensor_count(tensor) * sizeof *tensor.data);
}

static void
far_taken(struct channel *channel, int64_t done)
{
    struct far_slot *slot = far_slot(channel, channel->received);

    await_message(channel->far, slot);
    if (channel->capacity > 0)
        give_credit(channel, slot, done);
    channel->received++;
}

static void
far_restart(struct channel *channel)
{
    channel->far->since = channel->sent;
}

static void
far_close(struct channel *channel)
{
    atomic_store(&channel->far->closed, 1);
    wire_wake(channel->far->wire);
}

bool
far_left(const struct channel *channel)
{
    return channel->far && channel->far->left;
}

void
far_leave(struct channel *channel)
{
    struct far *far = channel->far;

    if (far->said)
        return;
    far->said = true;
    far->last_head.mb = FAREWELL;
    far->last_credit = FAREWELL;
    if (far->sends)
        wire_send(far->wire, &far->last, far->other, far->tag, &far->last_head,
                  sizeof far->last_head);
    else
        wire_send(far->wire, &far->last, far->other, far->tag + 1,
                  &far->last_credit, sizeof far->last_credit);
}

/* Reads what is still on the way, up to the farewell. */
static void
far_drain(struct channel *channel)
{
    struct far *far = channel->far;
    struct far_head head;

    atomic_store(&far->closed, 0);
    while (!far->left && far->sends)
        take_credit(channel);
    while (!far->left && take_message(channel, &head)) {
        await_message(far, far_slot(channel, channel->received));
        channel->received++;
    }
}

static void
far_fini(struct channel *channel)
{
    struct far *far = channel->far;

    far_leave(channel);
    far_drain(channel);
    wire_await(far->wire, &far->last, NULL);
    for (int i = 0; i < channel->held; i++) {
        struct far_slot *slot = &far->slots[i];

        wire_await(far->wire, far->sends ? &slot->message : &slot->credit,
                   NULL);
        wire_cancel(far->wire, far->sends ? &slot->credit : &slot->message);
        free(slot->bytes);
    }
    free(far->slots);
    free(far->freed);
    free(far);
}

static const struct link_ops far_link = {
    .credit = far_credit,
    .put = far_put,
    .give = far_give,
    .come = far_come,
    .take = far_take,
    .taken = far_taken,
    .restart = far_restart,
    .close = far_close,
    .fini = far_fini,
};

void
far_init(struct channel *channel, const struct world *world, int number,
         int most, int capacity, size_t floats, int sender, int receiver)
{
    struct far *far = memory_new(1, sizeof *far);
    int held = capacity < most ? capacity : most;

    *channel = (struct channel){
        .capacity = capacity,
        .held = held > 0 ? held : 1,
        .sender = sender,
        .receiver = receiver,
        .link = &far_link,
        .far = far,
    };
    far->wire = world->wire;
    far->sends = world_is_home(world, sender);
    far->other =
        world->first + world_home(world, far->sends ? receiver : sender);
    far->tag = WORLD_TAG_LINKS + 2 * number;
    far->size = sizeof(struct far_head) + floats * sizeof(float);
    far->freed =
        memory_new(capacity > 0 ? (size_t)capacity : 1, sizeof *far->freed);
    far->slots = memory_new((size_t)channel->held, sizeof *far->slots);
    for (int i = 0; i < channel->held; i++) {
        far->slots[i].bytes = memory_new(far->size, sizeof(char));
        if (far->sends)
            await_credit(far, &far->slots[i]);
        else
            await_message(far, &far->slots[i]);
    }
}
