#include "config.h"

#include "ranks.h"

enum { MOST = 5, ROWS = 3, COLS = 4 };

static void
fill(struct tensor tensor, float value)
{
    for (size_t i = 0; i < tensor_count(tensor); i++)
        tensor.data[i] = value;
}

/* What each rank of a run has received. */
struct seen {
    float forward[MOST];
    float backward[MOST];
};

static float
first_of(struct tensor tensor)
{
    return tensor.data[0];
}

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

/* Every rank calls the transfers of one direction; a rank's value is its number
 * and 10. What is left out of the pattern of the first and the last rank is
 * what must do nothing. */
static void
pass_forward(struct rank *rank, void *context)
{
    struct seen *seen = context;
    struct tensor tensor = tensor_new(ROWS, COLS);

    fill(tensor, -1.0f);
    exercise_recv_forward(rank, tensor);
    seen->forward[rank->number] = first_of(tensor);
    fill(tensor, (float)(10 + rank->number));
    exercise_send_forward(rank, tensor);
    tensor_free(&tensor);
}

static void
pass_backward(struct rank *rank, void *context)
{
    struct seen *seen = context;
    struct tensor tensor = tensor_new(ROWS, COLS);

    fill(tensor, -1.0f);
    exercise_recv_backward(rank, tensor);
    seen->backward[rank->number] = first_of(tensor);
    fill(tensor, (float)(10 + rank->number));
    exercise_send_backward(rank, tensor);
    tensor_free(&tensor);
}

/* Rank 0 and rank 1 only, so that no end is asked to do nothing. */
static void
two_forward(struct rank *rank, void *context)
{
    struct seen *seen = context;
    struct tensor tensor = tensor_new(ROWS, COLS);

    fill(tensor, rank->number == 0 ? 10.0f : -1.0f);
    if (rank->number == 0)
        exercise_send_forward(rank, tensor);
    else
        exercise_recv_forward(rank, tensor);
    seen->forward[rank->number] = first_of(tensor);
    tensor_free(&tensor);
}

static void
two_backward(struct rank *rank, void *context)
{
    struct seen *seen = context;
    struct tensor tensor = tensor_new(ROWS, COLS);

    fill(tensor, rank->number == 1 ? 11.0f : -1.0f);
    if (rank->number == 1)
        exercise_send_backward(rank, tensor);
    else
        exercise_recv_backward(rank, tensor);
    seen->backward[rank->number] = first_of(tensor);
    tensor_free(&tensor);
}

static void
must_have_gone_well(const struct ranks_result *result, const char *what)
{
    ck_assert_msg(!result->wrong[0], "%s: %s", what, result->wrong);
    ck_assert_msg(result->left == 0,
                  "%s: %lld tensors were sent that no rank has received", what,
                  (long long)result->left);
}

START_TEST(activations_go_up)
{
    struct seen seen = {{0}, {0}};
    struct ranks_result result;

    doing("exercise_send_forward() on rank 0, exercise_recv_forward() on "
          "rank 1");
    result = ranks_run(2, 0, two_forward, &seen);
    must_have_gone_well(&result, "from rank 0 to rank 1");
    ck_assert_msg(seen.forward[1] == 10.0f,
                  "rank 1 has not received what rank 0 sent up");
}
END_TEST

START_TEST(gradients_come_down)
{
    struct seen seen = {{0}, {0}};
    struct ranks_result result;

    doing("exercise_send_backward() on rank 1, exercise_recv_backward() on "
          "rank 0");
    result = ranks_run(2, 0, two_backward, &seen);
    must_have_gone_well(&result, "from rank 1 to rank 0");
    ck_assert_msg(seen.backward[0] == 11.0f,
                  "rank 0 has not received what rank 1 sent down");
}
END_TEST

/* The values that each rank must have; an end's tensor is as it was. */
static void
must_have_seen(const float seen[], int ranks, int from, int end,
               const char *what)
{
    for (int r = 0; r < ranks; r++) {
        float wanted = r == end ? -1.0f : (float)(10 + r + from);

        if (r == end)
            ck_assert_msg(seen[r] == wanted,
                          "%s on %d ranks: rank %d, which has no such "
                          "neighbour, has written to its tensor",
                          what, ranks, r);
        ck_assert_msg(seen[r] == wanted,
                      "%s on %d ranks: rank %d has not received what rank %d "
                      "sent",
                      what, ranks, r, r + from);
    }
}

START_TEST(every_rank_runs_the_same_program)
{
    for (int ranks = MOST; ranks >= 1; ranks--) {
        struct seen seen = {{0}, {0}};
        struct ranks_result result;
        char what[40];

        snprintf(what, sizeof what, "up on %d ranks", ranks);
        doing(what);
        result = ranks_run(ranks, 0, pass_forward, &seen);
        must_have_gone_well(&result, what);
        must_have_seen(seen.forward, ranks, -1, 0, "recv_forward");
        snprintf(what, sizeof what, "down on %d ranks", ranks);
        doing(what);
        result = ranks_run(ranks, 0, pass_backward, &seen);
        must_have_gone_well(&result, what);
        must_have_seen(seen.backward, ranks, 1, ranks - 1, "recv_backward");
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
