#include "config.h"

#include "bench/bench_links.h"

#include "base/clock.h"
#include "base/memory.h"
#include "runtime/channel.h"
#include "runtime/crew.h"

#include <stdlib.h>

struct circle {
    const struct bench_ring *ring;
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
take(struct circle *circle, int rank, int round)
{
    int ranks = circle->ring->ranks;
    struct transfer transfer;

    channel_recv(&circle->channels[(rank + ranks - 1) % ranks], round,
                 circle->tensors[rank], 0, 0, &transfer);
}

static void
go_round(void *context, int rank)
{
    struct circle *circle = context;

    for (int round = 0; round < circle->ring->rounds; round++) {
        int64_t start = clock_wall_ns();

        if (rank == 0) {
            pass_on(circle, rank, round);
            take(circle, rank, round);
            circle->ns[round] = clock_wall_ns() - start;
        } else {
            take(circle, rank, round);
            pass_on(circle, rank, round);
        }
    }
}

void
bench_ring_run(const struct bench_ring *ring, int64_t ns[])
{
    size_t ranks = (size_t)ring->ranks;
    struct board board;
    struct circle circle = {
        .ring = ring,
        .channels = memory_new(ranks, sizeof *circle.channels),
        .tensors = memory_new(ranks, sizeof *circle.tensors),
        .ns = ns,
    };

    board_init(&board, ring->ranks);
    for (int r = 0; r < ring->ranks; r++) {
        channel_init(&circle.channels[r], 1, ring->floats, r,
                     (r + 1) % ring->ranks, &board);
        circle.channels[r].patient = ring->patient;
        circle.tensors[r] = tensor_new(1, (int)ring->floats);
    }
    crew_run(ring->ranks, ring->cores, go_round, &circle);
    for (int r = 0; r < ring->ranks; r++) {
        tensor_free(&circle.tensors[r]);
        channel_fini(&circle.channels[r]);
    }
    board_fini(&board);
    free(circle.channels);
    free(circle.tensors);
}

static int
compare_times(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

int64_t
bench_quantile(int64_t ns[], int count, double share)
{
    int i = (int)(share * count);

    qsort(ns, (size_t)count, sizeof *ns, compare_times);
    return ns[i < count ? i : count - 1];
}
