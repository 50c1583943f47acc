/* lab_ping_pong.c -- two ranks on cores of their own throw a message to and
 * fro: how long a hop takes, how many bytes a second go through, and that what
 * comes back is what was thrown. */
#include "config.h"

#include "course/course.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/quantile.h"
#include "runtime/channel.h"
#include "runtime/cores.h"
#include "runtime/pinned_threads.h"

#include <stdlib.h>

struct game {
    int rounds;
    struct channel there; /* rank 0 to rank 1 */
    struct channel back;
    struct tensor thrown; /* rank 0's memory */
    struct tensor caught; /* likewise */
    struct tensor held;   /* rank 1's */
    int64_t *ns;          /* rounds */
    int intact;           /* rounds whose message came back as it went */
    int64_t hops;         /* messages received in all */
};

/* What round n throws: no two rounds the same. */
static float
lab_ping_pong_mark(int round, size_t i)
{
    return (float)(round * 16 + (int)(i % 16));
}

static bool
is_marked(struct tensor ball, int round)
{
    for (size_t i = 0; i < tensor_count(ball); i++)
        if (ball.data[i] != lab_ping_pong_mark(round, i))
            return false;
    return true;
}

static void
ping(struct game *game)
{
    struct transfer transfer;

    for (int round = 0; round < game->rounds; round++) {
        int64_t start;

        for (size_t i = 0; i < tensor_count(game->thrown); i++)
            game->thrown.data[i] = lab_ping_pong_mark(round, i);
        start = clock_wall_ns();
        channel_send(&game->there, round, game->thrown, 0, 0, &transfer);
        channel_recv(&game->back, round, game->caught, 0, 0, &transfer);
        game->ns[round] = clock_wall_ns() - start;
        game->intact += is_marked(game->caught, round);
    }
}

static void
pong(struct game *game)
{
    struct transfer transfer;

    for (int round = 0; round < game->rounds; round++) {
        channel_recv(&game->there, round, game->held, 0, 0, &transfer);
        channel_send(&game->back, round, game->held, 0, 0, &transfer);
    }
}

static void
play_side(void *context, int rank)
{
    (rank == 0 ? ping : pong)(context);
}

/* Plays rounds with messages of so many floats; the caller frees game->ns. */
static void
play(struct game *game, const int cores[2], int rounds, size_t floats)
{
    struct board board;

    *game = (struct game){
        .rounds = rounds,
        .ns = memory_new((size_t)rounds, sizeof *game->ns),
        .thrown = tensor_new(1, (int)floats),
        .caught = tensor_new(1, (int)floats),
        .held = tensor_new(1, (int)floats),
    };
    board_init(&board, 2, 2);
    channel_init(&game->there, 1, floats, 0, 1, &board);
    channel_init(&game->back, 1, floats, 1, 0, &board);
    pinned_threads_run(2, cores, play_side, game);
    game->hops = game->there.received + game->back.received;
    channel_fini(&game->there);
    channel_fini(&game->back);
    board_fini(&board);
    tensor_free(&game->thrown);
    tensor_free(&game->caught);
    tensor_free(&game->held);
}

/* Rounds by how long they took, a line for each doubling. */
static void
print_histogram(FILE *out, const int64_t ns[], int count)
{
    enum { LINES = 40, BAR = 40 };
    int in[LINES] = {0};
    int most = 1;

    for (int i = 0; i < count; i++) {
        int line = 0;

        while (line < LINES - 1 && ns[i] >= INT64_C(2) << line)
            line++;
        if (++in[line] > most)
            most = in[line];
    }
    for (int line = 0; line < LINES; line++)
        if (in[line] > 0)
            fprintf(out, "from %8.1f us %6d  %.*s\n",
                    (double)(INT64_C(1) << line) * 1e-3, in[line],
                    (in[line] * BAR + most - 1) / most,
                    "****************************************");
}

/* Plays so many rounds with messages of so many bytes, and prints their
 * times. */
static void
play_shown(FILE *out, struct game *game, const int used[2], int rounds,
           size_t bytes)
{
    int64_t median;

    play(game, used, rounds, bytes / sizeof(float));
    median = quantile_of(game->ns, game->rounds, 0.5);
    fprintf(out, "%10zu %8d %14.2f %14.2f %14.1f\n", bytes, game->rounds,
            (double)median * 1e-3,
            (double)quantile_of(game->ns, game->rounds, 0.99) * 1e-3,
            2e3 * (double)bytes / (double)(median + 1));
}

static void
lab_ping_pong_run(struct lab *lab)
{
    static const struct {
        size_t bytes;
        int rounds;
    } sizes[] = {{64, 1000}, {4 << 10, 400}, {64 << 10, 200}, {1 << 20, 40}};
    enum { SIZES = sizeof sizes / sizeof *sizes };
    int cores[CORES_MAX];
    int count = cores_allowed(cores);
    int used[2] = {cores[0], cores[1 % count]};
    struct game small = {.rounds = 0};
    int rounds = 0;
    int intact = 0;
    int64_t hops = 0;
    FILE *out;

    lab_say(
        lab,
        "Rank 0 on core %d sends, rank 1 on core %d sends it back. A round "
        "trip is two hops, each a copy in and a copy out. The times are "
        "this machine's at this moment, whatever else it is doing:",
        used[0], used[1]);
    out = lab_show(lab);
    fprintf(out, "%10s %8s %14s %14s %14s\n", "bytes", "rounds", "median, us",
            "p99, us", "MB a second");
    for (int i = 0; i < SIZES; i++) {
        struct game game;

        play_shown(out, &game, used, sizes[i].rounds, sizes[i].bytes);
        rounds += game.rounds;
        intact += game.intact;
        hops += game.hops;
        if (i == 0)
            small = game;
        else
            free(game.ns);
    }
    lab_say(lab,
            "The rounds of 64 bytes, by how long they took. A rank that "
            "waits looks for a while before it sleeps; what is far to the "
            "bottom was asleep, or had no core:");
    print_histogram(lab_show(lab), small.ns, small.rounds);
    free(small.ns);
    lab_claim(lab, intact == rounds,
              "every message comes back in its round, as it was thrown",
              "%d of %d", intact, rounds);
    lab_claim(lab, hops == 2 * (int64_t)rounds,
              "a round trip is two messages, and none is lost",
              "%lld messages in %d rounds", (long long)hops, rounds);
}

/* The floats of a message that hands on a microbatch, and what that costs by
 * the lab's own measurement. */
static void
lab_ping_pong_sheet(struct sheet *sheet)
{
    int cores[CORES_MAX];
    int count = cores_allowed(cores);
    int used[2] = {cores[0], cores[1 % count]};

    sheet_task(
        sheet,
        "The course's batch of %d rows of %d floats, cut into M "
        "microbatches. How large is the message that hands one on? Run the "
        "lab and estimate from its table: how long does a round trip of "
        "one take, and how long do all M of them? (The filled sheet has "
        "what this machine measured just now; yours differs.) From which M "
        "on does cutting cost more than it hides?",
        COURSE_BATCH, COURSE_HIDDEN);
    sheet_head(sheet, "M");
    sheet_head(sheet, "floats");
    sheet_head(sheet, "bytes");
    sheet_head(sheet, "round trip, us");
    sheet_head(sheet, "M of them, us");
    for (int mbs = 1; mbs <= COURSE_BATCH; mbs *= 2) {
        size_t floats = (size_t)COURSE_BATCH / (size_t)mbs * COURSE_HIDDEN;
        struct game game;
        double us;

        play(&game, used, 200, floats);
        us = (double)quantile_of(game.ns, game.rounds, 0.5) * 1e-3;
        free(game.ns);
        sheet_add(sheet, "%d", mbs);
        sheet_add(sheet, "%zu", floats);
        sheet_add(sheet, "%zu", floats * sizeof(float));
        sheet_add(sheet, "%.2f", us);
        sheet_add(sheet, "%.2f", us * mbs);
    }
}

const struct lab_page lab_ping_pong = {
    .name = "ping-pong",
    .summary = "two ranks, two cores: round trips and bandwidth",
    .run = lab_ping_pong_run,
    .sheet = lab_ping_pong_sheet,
    .shell = {"pipelab bench --layers 4 --hidden 16 --batch 8 --repeat 1"},
    .gdb = {"gdb --args pipelab lab ping-pong", "break pong", "run",
            "info threads", "break channel_send if channel->sender == 1",
            "continue", "print transfer", "print *channel"},
};
