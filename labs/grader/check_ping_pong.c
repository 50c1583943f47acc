#include "config.h"

#include "ranks.h"

#include "base/plural.h"

#include <stdio.h>

enum { FLOATS = 6, MANY = 50 };

struct game {
    int rounds;
    int cols;
    float ball[2][FLOATS]; /* each rank's, after the game */
};

static float
first_ball(int i)
{
    return (float)(5 + 3 * i);
}

static void
play_game(struct rank *rank, void *context)
{
    struct game *game = context;
    struct tensor ball = tensor_new(FLOATS / game->cols, game->cols);

    for (int i = 0; i < FLOATS; i++)
        ball.data[i] = rank->number == 0 ? first_ball(i) : -100.0f;
    exercise_ping_pong(rank, ball, game->rounds);
    for (int i = 0; i < FLOATS; i++)
        game->ball[rank->number][i] = ball.data[i];
    tensor_free(&ball);
}

/* After so many rounds the ball is back, each number raised by them. The link
 * has no slots. */
static void
must_play(int rounds, int cols)
{
    struct game game = {.rounds = rounds, .cols = cols};
    struct ranks_result result;
    char what[40];

    snprintf(what, sizeof what, "%d round%s", rounds, rounds == 1 ? "" : "s");
    doing(what);
    result = ranks_run(2, 0, play_game, &game);
    ck_assert_msg(!result.wrong[0], "%s: %s", what, result.wrong);
    ck_assert_msg(result.sent == 2 * rounds,
                  "%s: the ball was sent %lld time%s; a round is once there "
                  "and once back",
                  what, (long long)result.sent,
                  plural((long long)result.sent));
    for (int i = 0; i < FLOATS; i++) {
        double wanted = (double)first_ball(i) + rounds;

        ck_assert_msg((double)game.ball[0][i] == wanted,
                      "%s: number %d of rank 0's ball was %g and is %g; it "
                      "should be %g",
                      what, i, (double)first_ball(i), (double)game.ball[0][i],
                      wanted);
    }
}

START_TEST(the_ball_comes_back)
{
    must_play(1, 2);
}
END_TEST

START_TEST(it_is_thrown_again)
{
    must_play(2, 2);
}
END_TEST

START_TEST(as_often_as_asked)
{
    must_play(MANY, 1);
    must_play(3, FLOATS);
    must_play(0, 1);
}
END_TEST

const struct claim claims[] = {
    {"one round: the ball comes back, one more on each number", 4,
     &the_ball_comes_back},
    {"two rounds", 3, &it_is_thrown_again},
    {"as many rounds as asked for, also none", 3, &as_often_as_asked},
    {NULL, 0, NULL},
};
