#include "config.h"

#include "grader.h"

#include "base/plural.h"

#include <stdio.h>

enum { MOST_LAYERS = 12 };

static struct mlp
model(int layers)
{
    return (struct mlp){
        .inputs = 7, .hidden = 5, .layers = layers, .classes = 3};
}

/* "10 layers, 4 ranks: rank 1" */
static const char *
place(int layers, int ranks, int rank)
{
    static char text[60];

    snprintf(text, sizeof text, "%d layer%s, %d rank%s: rank %d", layers,
             plural(layers), ranks, plural(ranks), rank);
    return text;
}

static struct shard
shard_of(int layers, int ranks, int rank)
{
    struct mlp mlp = model(layers);

    doing(place(layers, ranks, rank));
    return exercise_shard(&mlp, ranks, rank);
}

/* Calls check for each rank of each shape. */
static void
at_every_shape(void (*check)(int layers, int ranks, int rank))
{
    for (int layers = 1; layers <= MOST_LAYERS; layers++)
        for (int ranks = 1; ranks <= layers; ranks++)
            for (int r = 0; r < ranks; r++)
                check(layers, ranks, r);
}

START_TEST(what_divides_is_dealt_out_evenly)
{
    for (int r = 0; r < 4; r++) {
        struct shard shard = shard_of(8, 4, r);

        ck_assert_msg(shard.count == 2, "%s has %d layer%s, should have 2",
                      place(8, 4, r), shard.count, plural(shard.count));
        ck_assert_msg(shard.first == 2 * r,
                      "%s begins with layer %d, should begin with %d",
                      place(8, 4, r), shard.first, 2 * r);
    }
}
END_TEST

/* Whether each layer is on one rank, in order, follows from first and count of
 * all ranks before. */
static void
check_layers(int layers, int ranks, int rank)
{
    struct shard shard = shard_of(layers, ranks, rank);
    int wanted = layers / ranks + (rank < layers % ranks);
    int next = 0;

    for (int r = 0; r < rank; r++)
        next += layers / ranks + (r < layers % ranks);
    ck_assert_msg(shard.count == wanted, "%s has %d layer%s, should have %d",
                  place(layers, ranks, rank), shard.count, plural(shard.count),
                  wanted);
    ck_assert_msg(shard.first == next,
                  "%s begins with layer %d; the ranks before it end with "
                  "layer %d",
                  place(layers, ranks, rank), shard.first, next - 1);
}

START_TEST(the_rest_goes_to_the_first_ranks)
{
    at_every_shape(check_layers);
}
END_TEST

static void
check_head(int layers, int ranks, int rank)
{
    struct shard shard = shard_of(layers, ranks, rank);
    bool last = rank == ranks - 1;

    ck_assert_msg(shard.head == last, "%s %s the head",
                  place(layers, ranks, rank),
                  last ? "must have" : "must not have");
}

START_TEST(the_last_rank_has_the_head)
{
    at_every_shape(check_head);
}
END_TEST

static void
check_params(int layers, int ranks, int rank)
{
    struct shard shard = shard_of(layers, ranks, rank);
    struct mlp mlp = model(layers);
    size_t wanted = mlp_parameters(&mlp, shard.first, shard.count);

    ck_assert_msg(shard.count > 0 && shard.first >= 0 &&
                      shard.first + shard.count <= layers,
                  "%s has layers that are not there; see the first claims",
                  place(layers, ranks, rank));
    ck_assert_msg(shard.params == wanted,
                  "%s, layers %d to %d: counts %zu weights and biases; there "
                  "are %zu",
                  place(layers, ranks, rank), shard.first,
                  shard.first + shard.count - 1, shard.params, wanted);
}

START_TEST(the_weights_are_counted)
{
    at_every_shape(check_params);
}
END_TEST

const struct claim claims[] = {
    {"8 layers on 4 ranks: two each, in order", 2,
     &what_divides_is_dealt_out_evenly},
    {"what does not divide goes to the first ranks", 3,
     &the_rest_goes_to_the_first_ranks},
    {"the head is on the last rank, and only there", 2,
     &the_last_rank_has_the_head},
    {"weights and biases are counted", 3, &the_weights_are_counted},
    {NULL, 0, NULL},
};
