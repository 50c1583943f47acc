/* round_trip.c -- a ring of threads that hand a message on. */
#include "config.h"

#include "runtime/round_trip.h"

#include "base/clock.h"
#include "base/memory.h"
#include "runtime/channel.h"
#include "runtime/pinned_threads.h"

#include <stdlib.h>

struct circle {
    const struct round_trip *trip;
    struct channel *channels; /* ranks: channel r leaves rank r */
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
go_round(void *context, int rank)
{
    struct circle *circle = context;

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

void
round_trip_measure(const struct round_trip *trip, int64_t ns[])
{
    size_t ranks = (size_t)trip->ranks;
    struct board board;
    struct circle circle = {
        .trip = trip,
        .channels = memory_new(ranks, sizeof *circle.channels),
        .tensors = memory_new(ranks, sizeof *circle.tensors),
        .ns = ns,
    };

    board_init(&board, trip->ranks, trip->ranks);
    for (int r = 0; r < trip->ranks; r++) {
        channel_init(&circle.channels[r], 1, trip->floats, r,
                     (r + 1) % trip->ranks, &board);
        circle.channels[r].patient = trip->patient;
        circle.channels[r].yields = round_trip_shares_cores(trip);
        circle.tensors[r] = tensor_new(1, (int)trip->floats);
    }
    pinned_threads_run(trip->ranks, trip->cores, go_round, &circle);
    for (int r = 0; r < trip->ranks; r++) {
        tensor_free(&circle.tensors[r]);
        channel_fini(&circle.channels[r]);
    }
    board_fini(&board);
    free(circle.channels);
    free(circle.tensors);
}
