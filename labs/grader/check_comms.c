#include "config.h"

#include "ranks.h"

#include "base/plural.h"

#include <stdio.h>

enum { MOST = 5, ROWS = 3, COLS = 4 };

START_TEST(a_rank_knows_its_neighbours)
{
    for (int ranks = 1; ranks <= MOST; ranks++)
        for (int r = 0; r < ranks; r++) {
            struct rank rank = {.number = r, .ranks = ranks};
            int prev = exercise_prev(&rank);
            int next = exercise_next(&rank);

            ck_assert_msg(prev == (r > 0 ? r - 1 : NO_RANK),
                          "exercise_prev() of rank %d of %d gives %d%s", r,
                          ranks, prev, prev == NO_RANK ? ", NO_RANK" : "");
            ck_assert_msg(next == (r + 1 < ranks ? r + 1 : NO_RANK),
                          "exercise_next() of rank %d of %d gives %d%s", r,
                          ranks, next, next == NO_RANK ? ", NO_RANK" : "");
        }
}
END_TEST

/* One of the two directions. */
struct way {
    const char *name;
    void (*send)(struct rank *rank, struct tensor tensor);
    void (*recv)(struct rank *rank, struct tensor tensor);
    int from; /* the sender's number less the receiver's */
};

static const struct way up = {"forward", exercise_send_forward,
                              exercise_recv_forward, -1};
static const struct way down = {"backward", exercise_send_backward,
                                exercise_recv_backward, 1};

/* Every rank receives, then sends its number and 10. */
struct trip {
    const struct way *way;
    bool ends_too; /* the first one receives, the last one sends, too: which
                    * must do nothing */
    float received[MOST];
};

static void
fill(struct tensor tensor, float value)
{
    for (size_t i = 0; i < tensor_count(tensor); i++)
        tensor.data[i] = value;
}

static bool
has_neighbour(const struct rank *rank, int step)
{
    return rank->number + step >= 0 && rank->number + step < rank->ranks;
}

static void
take_and_give(struct rank *rank, void *context)
{
    struct trip *trip = context;
    const struct way *way = trip->way;
    struct tensor tensor = tensor_new(ROWS, COLS);

    fill(tensor, -1.0f);
    if (trip->ends_too || has_neighbour(rank, way->from))
        way->recv(rank, tensor);
    trip->received[rank->number] = tensor.data[ROWS * COLS - 1];
    fill(tensor, (float)(10 + rank->number));
    if (trip->ends_too || has_neighbour(rank, -way->from))
        way->send(rank, tensor);
    tensor_free(&tensor);
}

/* What each rank must have received; at the end, nothing. */
static void
must_have_received(const struct trip *trip, int ranks)
{
    const struct way *way = trip->way;

    for (int r = 0; r < ranks; r++) {
        struct rank rank = {.number = r, .ranks = ranks};
        bool received = has_neighbour(&rank, way->from);

        ck_assert_msg(received || trip->received[r] == -1.0f,
                      "%s, %d rank%s: rank %d has none to receive from, and "
                      "its tensor has changed",
                      way->name, ranks, plural(ranks), r);
        ck_assert_msg(!received ||
                          trip->received[r] == (float)(10 + r + way->from),
                      "%s, %d rank%s: rank %d has not received what rank %d "
                      "sent",
                      way->name, ranks, plural(ranks), r, r + way->from);
    }
}

static void
must_pass_on(const struct way *way, int ranks, bool ends_too)
{
    struct trip trip = {.way = way, .ends_too = ends_too};
    struct ranks_result result;
    char what[40];

    snprintf(what, sizeof what, "%s, %d rank%s", way->name, ranks,
             ranks == 1 ? "" : "s");
    doing(what);
    result = ranks_run(ranks, 0, take_and_give, &trip);
    ck_assert_msg(!result.wrong[0], "%s: %s", what, result.wrong);
    must_have_received(&trip, ranks);
}

START_TEST(activations_go_up)
{
    must_pass_on(&up, 2, false);
}
END_TEST

START_TEST(gradients_come_down)
{
    must_pass_on(&down, 2, false);
}
END_TEST

START_TEST(every_rank_runs_the_same_program)
{
    for (int ranks = MOST; ranks >= 1; ranks--) {
        must_pass_on(&up, ranks, true);
        must_pass_on(&down, ranks, true);
    }
}
END_TEST

const struct claim claims[] = {
    {"each rank knows its neighbours", 2, &a_rank_knows_its_neighbours},
    {"activations go up", 2, &activations_go_up},
    {"gradients come down", 2, &gradients_come_down},
    {"every rank runs the same program, the ends too", 4,
     &every_rank_runs_the_same_program},
    {NULL, 0, NULL},
};
