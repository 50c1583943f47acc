/* round_trip.c -- a ring of threads, of one process or of several, that hand a
 * message on. */
#include "config.h"

#include "runtime/round_trip.h"

#include "base/clock.h"
#include "base/memory.h"
#include "runtime/far.h"
#include "runtime/pinned_threads.h"

#include <stdlib.h>

struct circle {
    const struct round_trip *trip;
    int *home;  /* ranks of this process, */
    int *cores; /* what each is bound to, */
    int count;  /* and how many they are */
    struct board board;
    struct channel *channels; /* ranks: channel r leaves rank r; capacity -1 if
                               * it has no end here */
    struct tensor *tensors;   /* ranks: what each holds of the message */
    int64_t *ns;
};

static void
pass_on(struct circle *circle, int rank, int round)
{
    struct transfer transfer;

    channel_send(&circle->channels[rank], round, circle->tensors[rank], 0, 0,
                 &transfer);
}

static void
round_trip_take(struct circle *circle, int rank, int round)
{
    int ranks = circle->trip->ranks;
    struct transfer transfer;

    channel_recv(&circle->channels[(rank + ranks - 1) % ranks], round,
                 circle->tensors[rank], 0, 0, &transfer);
}

static void
go_round(void *context, int i)
{
    struct circle *circle = context;
    int rank = circle->home[i];

    for (int round = 0; round < circle->trip->rounds; round++) {
        int64_t start = clock_wall_ns();

        if (rank == 0) {
            pass_on(circle, rank, round);
            round_trip_take(circle, rank, round);
            circle->ns[round] = clock_wall_ns() - start;
        } else {
            round_trip_take(circle, rank, round);
            pass_on(circle, rank, round);
        }
    }
}

static bool
round_trip_shares_cores(const struct round_trip *trip)
{
    for (int r = 1; r < trip->ranks; r++)
        if (trip->cores[r] == trip->cores[0])
            return true;
    return false;
}

/* The link that leaves a rank. */
static void
round_trip_link(struct circle *circle, int rank)
{
    const struct round_trip *trip = circle->trip;
    struct channel *channel = &circle->channels[rank];
    int next = (rank + 1) % trip->ranks;
    bool sends = world_is_home(trip->world, rank);

    if (sends != world_is_home(trip->world, next)) {
        far_init(channel, trip->world, rank, 1, 1, trip->floats, rank, next);
    } else if (sends) {
        channel_init(channel, 1, trip->floats, rank, next, &circle->board);
        channel->patient = trip->patient;
        channel->yields = round_trip_shares_cores(trip);
    } else {
        channel->capacity = -1;
    }
}

static void
round_trip_open(struct circle *circle)
{
    const struct round_trip *trip = circle->trip;
    size_t ranks = (size_t)trip->ranks;

    circle->home = memory_new(ranks, sizeof *circle->home);
    circle->cores = memory_new(ranks, sizeof *circle->cores);
    circle->channels = memory_new(ranks, sizeof *circle->channels);
    circle->tensors = memory_new(ranks, sizeof *circle->tensors);
    for (int r = 0; r < trip->ranks; r++) {
        circle->tensors[r] = tensor_new(1, (int)trip->floats);
        if (!world_is_home(trip->world, r))
            continue;
        circle->home[circle->count] = r;
        circle->cores[circle->count++] = trip->cores[r];
    }
    board_init(&circle->board, trip->ranks, circle->count);
    /* See run_new(). */
    world_meet(trip->world);
    for (int r = 0; r < trip->ranks; r++)
        round_trip_link(circle, r);
}

static void
round_trip_close(struct circle *circle)
{
    int ranks = circle->trip->ranks;

    for (int r = 0; r < ranks; r++)
        if (circle->channels[r].far)
            far_leave(&circle->channels[r]);
    for (int r = 0; r < ranks; r++) {
        tensor_free(&circle->tensors[r]);
        if (circle->channels[r].capacity >= 0)
            channel_fini(&circle->channels[r]);
    }
    board_fini(&circle->board);
    free(circle->channels);
    free(circle->tensors);
    free(circle->home);
    free(circle->cores);
}

void
round_trip_measure(const struct round_trip *trip, int64_t ns[])
{
    struct circle circle = {.trip = trip, .ns = ns};

    round_trip_open(&circle);
    pinned_threads_run(circle.count, circle.cores, go_round, &circle);
    round_trip_close(&circle);
}
