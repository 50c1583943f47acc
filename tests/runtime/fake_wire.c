/* fake_wire.c -- hands bytes from thread to thread as MPI does from process to
 * process. */
#include "config.h"

#include "fake_wire.h"

#include "base/hash.h"
#include "base/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct fake_request {
    struct fake_request *next;
    bool sends;
    int from;
    int to;
    int tag;
    const void *bytes; /* of a send: the caller's, or a copy */
    void *copy;
    void *room;
    size_t size;
    bool done;
    bool forgotten; /* by a sender that was told it was done */
};

static struct fake *
fake_of(struct wire *wire)
{
    return ((struct fake_wire *)wire)->fake;
}

static bool
suits(const struct fake_request *a, const struct fake_request *b)
{
    return a->sends != b->sends && a->from == b->from && a->to == b->to &&
           a->tag == b->tag;
}

static void
hand(struct fake *fake, struct fake_request *send,
     struct fake_request *receive)
{
    fake->handed[send->tag % FAKE_TAGS]++;
    assert(send->size <= receive->size);
    memcpy(receive->room, send->bytes, send->size);
    free(send->copy);
    send->done = receive->done = true;
    if (send->forgotten)
        free(send);
}

static void
append(struct fake *fake, struct fake_request *request)
{
    request->next = NULL;
    *fake->last = request;
    fake->last = &request->next;
}

static struct fake_request *
unlink_at(struct fake *fake, struct fake_request **at)
{
    struct fake_request *request = *at;

    *at = request->next;
    if (!*at)
        fake->last = at;
    return request;
}

/* Takes the oldest partner, or waits for one. */
static void
start(struct fake *fake, struct fake_request *request)
{
    for (struct fake_request **at = &fake->first; *at; at = &(*at)->next)
        if (suits(*at, request)) {
            struct fake_request *other = unlink_at(fake, at);

            hand(fake, request->sends ? request : other,
                 request->sends ? other : request);
            pthread_cond_broadcast(&fake->moved);
            return;
        }
    append(fake, request);
}

static struct fake_request *
request_new(struct wire_request *handle)
{
    struct fake_request *request = memory_new(1, sizeof *request);

    assert(!handle->handle[0]);
    handle->handle[0] = (uint64_t)(uintptr_t)request;
    return request;
}

static void
fake_send(struct wire *wire, struct wire_request *handle, int to, int tag,
          const void *bytes, size_t size)
{
    struct fake *fake = fake_of(wire);
    struct fake_request *request;

    pthread_mutex_lock(&fake->lock);
    request = request_new(handle);
    *request = (struct fake_request){.sends = true,
                                     .from = wire->process,
                                     .to = to,
                                     .tag = tag,
                                     .bytes = bytes,
                                     .size = size};
    if (!fake->late) {
        request->copy = memory_new(size > 0 ? size : 1, 1);
        memcpy(request->copy, bytes, size);
        request->bytes = request->copy;
        request->forgotten = true;
        handle->handle[0] = 0;
    }
    start(fake, request);
    pthread_mutex_unlock(&fake->lock);
}

static void
fake_receive(struct wire *wire, struct wire_request *handle, int from, int tag,
             void *room, size_t size)
{
    struct fake *fake = fake_of(wire);
    struct fake_request *request;

    pthread_mutex_lock(&fake->lock);
    request = request_new(handle);
    *request = (struct fake_request){.from = from,
                                     .to = wire->process,
                                     .tag = tag,
                                     .room = room,
                                     .size = size};
    start(fake, request);
    pthread_mutex_unlock(&fake->lock);
}

static struct fake_request *
request_of(const struct wire_request *handle)
{
    return (struct fake_request *)(uintptr_t)handle->handle[0];
}

static bool
fake_await(struct wire *wire, struct wire_request *handle,
           const _Atomic int *closed)
{
    struct fake *fake = fake_of(wire);
    struct fake_request *request = request_of(handle);
    bool done;

    if (!request)
        return true;
    pthread_mutex_lock(&fake->lock);
    while (!request->done && !(closed && atomic_load(closed)))
        pthread_cond_wait(&fake->moved, &fake->lock);
    done = request->done;
    pthread_mutex_unlock(&fake->lock);
    if (done) {
        free(request);
        *handle = (struct wire_request){0};
    }
    return done;
}

static void
fake_wake(struct wire *wire)
{
    struct fake *fake = fake_of(wire);

    pthread_mutex_lock(&fake->lock);
    pthread_cond_broadcast(&fake->moved);
    pthread_mutex_unlock(&fake->lock);
}

static void
fake_cancel(struct wire *wire, struct wire_request *handle)
{
    struct fake *fake = fake_of(wire);
    struct fake_request *request = request_of(handle);

    if (!request)
        return;
    pthread_mutex_lock(&fake->lock);
    assert(!request->done && !request->sends);
    for (struct fake_request **at = &fake->first; *at; at = &(*at)->next)
        if (*at == request) {
            unlink_at(fake, at);
            break;
        }
    pthread_mutex_unlock(&fake->lock);
    free(request);
    *handle = (struct wire_request){0};
}

static void
fake_group(struct wire *wire, int number, bool member)
{
    struct fake *fake = fake_of(wire);

    assert(number < FAKE_GROUPS);
    pthread_mutex_lock(&fake->lock);
    fake->groups[number].member[wire->process] = member;
    fake->groups[number].said++;
    pthread_cond_broadcast(&fake->moved);
    while (fake->groups[number].said < wire->processes)
        pthread_cond_wait(&fake->moved, &fake->lock);
    pthread_mutex_unlock(&fake->lock);
}

/* In the order of the processes. */
static void
add_up(struct fake_group *group, size_t count)
{
    group->sum = memory_new(count, sizeof *group->sum);
    for (int p = 0; p < FAKE_PROCESSES; p++)
        for (size_t i = 0; group->given[p] && i < count; i++)
            group->sum[i] += group->given[p][i];
    group->left = group->come;
}

static int
members_of(const struct fake_group *group)
{
    int members = 0;

    for (int p = 0; p < FAKE_PROCESSES; p++)
        members += group->member[p];
    return members;
}

static void
fake_sum(struct wire *wire, int number, float *values, size_t count)
{
    struct fake *fake = fake_of(wire);
    struct fake_group *group = &fake->groups[number];

    pthread_mutex_lock(&fake->lock);
    assert(group->member[wire->process]);
    while (group->left > 0) /* of the sum before */
        pthread_cond_wait(&fake->moved, &fake->lock);
    group->given[wire->process] = values;
    if (++group->come == members_of(group)) {
        add_up(group, count);
        pthread_cond_broadcast(&fake->moved);
    }
    while (group->left == 0)
        pthread_cond_wait(&fake->moved, &fake->lock);
    memcpy(values, group->sum, count * sizeof *values);
    group->given[wire->process] = NULL;
    if (--group->left == 0) {
        free(group->sum);
        group->come = 0;
        pthread_cond_broadcast(&fake->moved);
    }
    pthread_mutex_unlock(&fake->lock);
}

static const struct wire_ops fake_ops = {
    .send = fake_send,
    .receive = fake_receive,
    .await = fake_await,
    .wake = fake_wake,
    .cancel = fake_cancel,
    .group = fake_group,
    .sum = fake_sum,
};

void
fake_init(struct fake *fake, int processes, bool late)
{
    *fake = (struct fake){.late = late};
    fake->last = &fake->first;
    pthread_mutex_init(&fake->lock, NULL);
    pthread_cond_init(&fake->moved, NULL);
    for (int p = 0; p < processes; p++)
        fake->wires[p] = (struct fake_wire){
            .wire = {.process = p,
                     .processes = processes,
                     .tags = 1 << 15,
                     .ops = &fake_ops},
            .fake = fake,
        };
}

uint64_t
fake_hash(const struct fake *fake)
{
    uint64_t hash = HASH_START;
    uint64_t sum = 0; /* in any order */

    for (int t = 0; t < FAKE_TAGS; t++)
        hash = hash_word(hash, (uint32_t)fake->handed[t]);
    for (const struct fake_request *r = fake->first; r; r = r->next)
        sum += hash_word(hash_word(HASH_START, (uint32_t)r->tag),
                         (uint32_t)(2 * r->to + r->sends));
    return hash_word(hash_word(hash, (uint32_t)sum), (uint32_t)(sum >> 32));
}

void
fake_fini(struct fake *fake)
{
    while (fake->first) {
        struct fake_request *request = unlink_at(fake, &fake->first);

        fake->lost++;
        free(request->copy);
        free(request);
    }
    pthread_mutex_destroy(&fake->lock);
    pthread_cond_destroy(&fake->moved);
}
