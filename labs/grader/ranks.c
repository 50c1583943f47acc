/* ranks.c -- ranks on threads, and the links between them. */
#include "config.h"

#include "ranks.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct parcel {
    struct tensor tensor; /* a copy; owned */
    struct parcel *next;
};

/* From one rank to another, first in, first out. */
struct path {
    struct parcel *first;
    struct parcel **last; /* where the next one goes */
    int64_t sent;
    int64_t received;
};

/* What a rank is at. */
struct place {
    enum { RUNS, SENDS, RECEIVES, ENDED } at;
    int peer;
    int64_t number; /* SENDS: of its parcel on the path, from 1 */
};

/* One lock guards it all: this is no place to be fast. */
struct links {
    int ranks;
    int slots;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct path *paths; /* ranks x ranks: from * ranks + to */
    struct place *places;
    bool closed; /* something is wrong: all calls return at once */
    struct ranks_result result;
};

struct player {
    pthread_t thread;
    struct rank rank;
    rank_function *function;
    void *context;
};

static struct path *
path_of(const struct links *links, int from, int to)
{
    return &links->paths[from * links->ranks + to];
}

static void
close_links(struct links *links, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The first thing that is wrong ends the run. Under the lock, as all that
 * follows. */
static void
close_links(struct links *links, const char *format, ...)
{
    va_list args;

    if (links->closed)
        return;
    links->closed = true;
    va_start(args, format);
    vsnprintf(links->result.wrong, sizeof links->result.wrong, format, args);
    va_end(args);
    pthread_cond_broadcast(&links->changed);
}

/* Whether a rank that waits has got what it waits for. */
static bool
may_go_on(const struct links *links, int rank)
{
    const struct place *place = &links->places[rank];

    if (place->at == RECEIVES)
        return path_of(links, place->peer, rank)->first != NULL;
    return place->number - path_of(links, rank, place->peer)->received <=
           links->slots;
}

/* Who waits for what, in a deadlock. */
static void
close_with_circle(struct links *links)
{
    char text[sizeof links->result.wrong - 20] = "";
    size_t used = 0;

    for (int r = 0; r < links->ranks && used < sizeof text; r++) {
        const struct place *place = &links->places[r];
        int length =
            place->at == ENDED
                ? snprintf(text + used, sizeof text - used,
                           ", rank %d has returned", r)
                : snprintf(text + used, sizeof text - used,
                           ", rank %d waits to %s rank %d", r,
                           place->at == SENDS ? "send to" : "receive from",
                           place->peer);

        used += (size_t)length;
    }
    close_links(links, "deadlock: %s", text + 2);
}

static void
find_deadlock(struct links *links)
{
    bool stands = false;

    for (int r = 0; r < links->ranks; r++) {
        if (links->places[r].at == RUNS ||
            (links->places[r].at != ENDED && may_go_on(links, r)))
            return;
        stands |= links->places[r].at != ENDED;
    }
    if (stands)
        close_with_circle(links);
}

/* Returns when the rank may go on, or the run is closed. */
static void
wait_at(struct links *links, int rank, struct place place)
{
    links->places[rank] = place;
    find_deadlock(links);
    while (!links->closed && !may_go_on(links, rank))
        pthread_cond_wait(&links->changed, &links->lock);
    links->places[rank].at = RUNS;
}

static bool
is_peer(struct links *links, int rank, int peer, const char *what)
{
    if (peer >= 0 && peer < links->ranks && peer != rank)
        return true;
    close_links(links,
                "rank %d of %d calls %s with rank %d: there is no such other "
                "rank",
                rank, links->ranks, what, peer);
    return false;
}

static void
put(struct links *links, struct path *path, struct tensor tensor)
{
    struct parcel *parcel = memory_new(1, sizeof *parcel);

    parcel->tensor = tensor_new(tensor.rows, tensor.cols);
    tensor_copy(parcel->tensor, tensor);
    *path->last = parcel;
    path->last = &parcel->next;
    path->sent++;
    links->result.sent++;
    pthread_cond_broadcast(&links->changed);
}

/* The oldest parcel; the caller frees it. */
static struct parcel *
take(struct links *links, struct path *path)
{
    struct parcel *parcel = path->first;

    path->first = parcel->next;
    if (!path->first)
        path->last = &path->first;
    path->received++;
    pthread_cond_broadcast(&links->changed);
    return parcel;
}

static void
parcel_free(struct parcel *parcel)
{
    tensor_free(&parcel->tensor);
    free(parcel);
}

void
send_to(struct rank *rank, int peer, struct tensor tensor)
{
    struct links *links = rank->links;

    pthread_mutex_lock(&links->lock);
    if (!links->closed && is_peer(links, rank->number, peer, "send_to()")) {
        struct path *path = path_of(links, rank->number, peer);

        put(links, path, tensor);
        wait_at(links, rank->number, (struct place){SENDS, peer, path->sent});
    }
    pthread_mutex_unlock(&links->lock);
}

static void
receive(struct links *links, int rank, int peer, struct tensor into)
{
    struct parcel *parcel = take(links, path_of(links, peer, rank));
    struct tensor from = parcel->tensor;

    if (from.rows == into.rows && from.cols == into.cols)
        tensor_copy(into, from);
    else
        close_links(links,
                    "rank %d receives a tensor of %d x %d from rank %d into "
                    "one of %d x %d",
                    rank, from.rows, from.cols, peer, into.rows, into.cols);
    parcel_free(parcel);
}

void
recv_from(struct rank *rank, int peer, struct tensor into)
{
    struct links *links = rank->links;

    pthread_mutex_lock(&links->lock);
    if (!links->closed && is_peer(links, rank->number, peer, "recv_from()")) {
        wait_at(links, rank->number, (struct place){RECEIVES, peer, 0});
        if (!links->closed)
            receive(links, rank->number, peer, into);
    }
    pthread_mutex_unlock(&links->lock);
}

static void *
play(void *argument)
{
    struct player *player = argument;
    struct links *links = player->rank.links;

    player->function(&player->rank, player->context);
    pthread_mutex_lock(&links->lock);
    links->places[player->rank.number].at = ENDED;
    find_deadlock(links);
    pthread_mutex_unlock(&links->lock);
    return NULL;
}

static void
links_init(struct links *links, int ranks, int slots)
{
    size_t paths = (size_t)ranks * (size_t)ranks;

    *links = (struct links){.ranks = ranks, .slots = slots};
    links->paths = memory_new(paths, sizeof *links->paths);
    links->places = memory_new((size_t)ranks, sizeof *links->places);
    for (size_t p = 0; p < paths; p++)
        links->paths[p].last = &links->paths[p].first;
    pthread_mutex_init(&links->lock, NULL);
    pthread_cond_init(&links->changed, NULL);
}

static void
links_fini(struct links *links)
{
    for (int p = 0; p < links->ranks * links->ranks; p++)
        while (links->paths[p].first)
            parcel_free(take(links, &links->paths[p]));
    pthread_cond_destroy(&links->changed);
    pthread_mutex_destroy(&links->lock);
    free(links->places);
    free(links->paths);
}

struct ranks_result
ranks_run(int ranks, int slots, rank_function *function, void *context)
{
    struct player *players = memory_new((size_t)ranks, sizeof *players);
    struct links links;

    links_init(&links, ranks, slots);
    for (int r = 0; r < ranks; r++) {
        players[r] = (struct player){.rank = {r, ranks, &links},
                                     .function = function,
                                     .context = context};
        pthread_create(&players[r].thread, NULL, play, &players[r]);
    }
    for (int r = 0; r < ranks; r++)
        pthread_join(players[r].thread, NULL);
    links_fini(&links);
    free(players);
    return links.result;
}
