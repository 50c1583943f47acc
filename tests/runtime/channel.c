#include "config.h"

#include "runtime/channel.h"

#include "base/rng.h"
#include "runtime/cores.h"
#include "runtime/pinned_threads.h"
#include "toy.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>

enum { MESSAGES = 2000, ROWS = 3, COLS = 4 };

struct pair {
    struct board board;
    struct channel channel;
    atomic_long sent;
    long too_far; /* messages sent beyond the capacity */
    long wrong;
};

static void
pair_init(struct pair *pair, int capacity, bool patient)
{
    memset(pair, 0, sizeof *pair);
    board_init(&pair->board, 3, 3);
    channel_init(&pair->channel, capacity, ROWS * COLS, 0, 1, &pair->board);
    pair->channel.patient = patient;
}

static void
pair_fini(struct pair *pair)
{
    channel_fini(&pair->channel);
    board_fini(&pair->board);
}

static struct tensor
message(int n, float floats[ROWS * COLS])
{
    struct tensor t = {1 + n % ROWS, COLS, floats};

    for (size_t i = 0; i < tensor_count(t); i++)
        floats[i] = (float)(n + (int)i);
    return t;
}

static void
send_or_receive(void *context, int side)
{
    struct pair *pair = context;
    float floats[ROWS * COLS];
    float expected[ROWS * COLS];
    struct transfer transfer;

    for (int n = 0; n < MESSAGES; n++) {
        struct tensor want = message(n, expected);
        struct tensor got = {want.rows, COLS, floats};

        if (side == 0) {
            if (!channel_send(&pair->channel, n, want, 0, 0, &transfer))
                pair->wrong++;
            atomic_fetch_add(&pair->sent, 1);
            continue;
        }
        /* Of n received, the sender has completed n + capacity at most; or
         * one more, with the receiver here, at a rendezvous. */
        if (atomic_load(&pair->sent) > n + pair->channel.capacity)
            pair->too_far++;
        if (!channel_recv(&pair->channel, n, got, 0, 0, &transfer) ||
            memcmp(floats, expected, tensor_count(want) * sizeof(float)) != 0)
            pair->wrong++;
    }
}

/* _i: capacity, patient or not. */
START_TEST(messages_arrive_whole_in_order_and_within_the_capacity)
{
    int cores[CORES_MAX];
    int count = cores_allowed(cores);
    int both[] = {cores[0], cores[count > 1]};
    struct pair pair;

    pair_init(&pair, _i / 2, _i % 2);
    pinned_threads_run(2, both, send_or_receive, &pair);
    ck_assert_int_eq(pair.wrong, 0);
    ck_assert_int_eq(pair.too_far, 0);
    ck_assert(!board_deadlocked(&pair.board));
    pair_fini(&pair);
}
END_TEST

static bool
asleep(struct channel *channel, const bool *who)
{
    bool is;

    pthread_mutex_lock(&channel->lock);
    is = *who;
    pthread_mutex_unlock(&channel->lock);
    return is;
}

/* Ranks 0 and 1 wait on a channel each. */
struct closing {
    struct pair full;  /* rank 0 sends */
    struct pair empty; /* rank 1 receives */
    bool answer[2];
};

/* Rank 2 closes both channels once the others sleep. */
static void
wait_or_close(void *context, int rank)
{
    struct closing *c = context;
    float floats[ROWS * COLS];
    struct tensor t = message(0, floats);
    struct transfer transfer;

    if (rank == 0)
        c->answer[0] = channel_send(&c->full.channel, 0, t, 0, 0, &transfer);
    if (rank == 1)
        c->answer[1] = channel_recv(&c->empty.channel, 0, t, 0, 0, &transfer);
    if (rank < 2)
        return;
    while (!asleep(&c->full.channel, &c->full.channel.sender_asleep) ||
           !asleep(&c->empty.channel, &c->empty.channel.receiver_asleep))
        sched_yield();
    channel_close(&c->full.channel);
    channel_close(&c->empty.channel);
}

START_TEST(closing_wakes_whoever_waits_and_says_no)
{
    int cores[CORES_MAX];
    struct closing c;
    int all[3];

    cores_allowed(cores);
    for (int i = 0; i < 3; i++)
        all[i] = cores[0];
    pair_init(&c.full, 0, true);
    pair_init(&c.empty, 1, true);
    c.answer[0] = c.answer[1] = true;
    pinned_threads_run(3, all, wait_or_close, &c);
    ck_assert(!c.answer[0] && !c.answer[1]);
    pair_fini(&c.full);
    pair_fini(&c.empty);
}
END_TEST

START_TEST(a_closed_channel_says_no_even_with_room_and_messages)
{
    float floats[ROWS * COLS];
    struct tensor t = message(0, floats);
    struct transfer transfer;
    struct pair pair;

    pair_init(&pair, 2, true);
    ck_assert(channel_send(&pair.channel, 0, t, 0, 0, &transfer));
    channel_close(&pair.channel);
    ck_assert(!channel_send(&pair.channel, 1, t, 0, 0, &transfer));
    ck_assert(!channel_recv(&pair.channel, 0, t, 0, 0, &transfer));
    ck_assert(!board_deadlocked(&pair.board));
    pair_fini(&pair);
}
END_TEST

START_TEST(a_channel_has_room_for_its_capacity_and_no_more)
{
    float floats[ROWS * COLS];
    struct transfer transfer;

    for (int capacity = 0; capacity <= 4; capacity++) {
        struct pair pair;

        pair_init(&pair, capacity, true);
        for (int n = 0; n < 10; n++) {
            while (channel_has_room(&pair.channel)) {
                int next = (int)pair.channel.sent;

                ck_assert(channel_send(&pair.channel, next,
                                       message(next, floats), 0, 0,
                                       &transfer));
            }
            ck_assert_int_eq(pair.channel.sent, capacity ? n + capacity : 0);
            if (capacity)
                ck_assert(channel_recv(&pair.channel, n, message(n, floats), 0,
                                       0, &transfer));
        }
        pair_fini(&pair);
    }
}
END_TEST

/* The last two live ranks each wait for the other's message: the second one is
 * told so, and closes, which tells the first. */
static void
wait_in_a_circle(void *context, int rank)
{
    struct closing *c = context;
    struct channel *channel = rank ? &c->full.channel : &c->empty.channel;
    float floats[ROWS * COLS];
    struct transfer transfer;

    c->answer[rank] = channel_recv(channel, 0, message(0, floats), 0,
                                   (size_t)(10 + rank), &transfer);
    if (board_deadlocked(channel->board)) {
        channel_close(&c->full.channel);
        channel_close(&c->empty.channel);
    }
}

START_TEST(two_that_wait_for_each_other_are_found)
{
    int cores[CORES_MAX];
    int count = cores_allowed(cores);
    int both[] = {cores[0], cores[count > 1]};

    for (int repeat = 0; repeat < 50; repeat++) {
        struct closing c;
        struct board board;

        board_init(&board, 2, 2);
        pair_init(&c.full, repeat % 3, repeat % 2);
        pair_init(&c.empty, repeat % 3, repeat % 2);
        c.full.channel.board = c.empty.channel.board = &board;
        c.empty.channel.sender = 1;
        c.empty.channel.receiver = 0;
        c.answer[0] = c.answer[1] = true;
        pinned_threads_run(2, both, wait_in_a_circle, &c);
        ck_assert(!c.answer[0] && !c.answer[1]);
        ck_assert(board_deadlocked(&board));
        ck_assert_uint_eq(board.position[0], 10);
        ck_assert_uint_eq(board.position[1], 11);
        pair_fini(&c.full);
        pair_fini(&c.empty);
        board_fini(&board);
    }
}
END_TEST

START_TEST(a_message_carries_its_virtual_time)
{
    float floats[ROWS * COLS];
    struct tensor t = message(0, floats);
    struct transfer transfer;
    struct pair pair;

    pair_init(&pair, 1, true);
    pair.channel.latency = 7;
    ck_assert(channel_send(&pair.channel, 0, t, 10, 0, &transfer));
    ck_assert_int_eq(transfer.done, 10);
    ck_assert(channel_recv(&pair.channel, 0, t, 3, 0, &transfer));
    ck_assert_int_eq(transfer.done, 17);
    /* The slot was free again at 17, which is when a SEND at 12 completes. */
    ck_assert(channel_send(&pair.channel, 1, t, 12, 0, &transfer));
    ck_assert_int_eq(transfer.done, 17);
    ck_assert(channel_recv(&pair.channel, 1, t, 30, 0, &transfer));
    ck_assert_int_eq(transfer.done, 30);
    pair_fini(&pair);
}
END_TEST

/* What design.md says of a ring: SEND n is over when RECV n-K is. */
struct ring {
    int64_t sent[MESSAGES];
    int64_t received[MESSAGES];
};

static int64_t
later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void
expect_ring(struct channel *channel, struct rng *rng, struct ring *ring)
{
    int64_t clock[2] = {0, 0};
    float floats[ROWS * COLS];
    int count[2] = {0, 0};

    while (count[1] < 60) {
        bool receiving = channel->sent > channel->received &&
                         (!channel_has_room(channel) || rng_below(rng, 2));
        int n = count[receiving]++;
        struct tensor t = message(n, floats);
        struct transfer transfer;
        int64_t want;

        clock[receiving] += rng_below(rng, 9);
        if (receiving) {
            ck_assert(channel_recv(channel, n, t, clock[1], 0, &transfer));
            want = later(clock[1], ring->sent[n] + channel->latency);
            ring->received[n] = want;
        } else {
            ck_assert(channel_send(channel, n, t, clock[0], 0, &transfer));
            want = clock[0];
            if (n >= channel->capacity)
                want = later(want, ring->received[n - channel->capacity]);
            ring->sent[n] = want;
        }
        ck_assert_msg(transfer.done == want, "%s %d at %lld, not %lld",
                      receiving ? "RECV" : "SEND", n, (long long)transfer.done,
                      (long long)want);
        clock[receiving] = want;
    }
}

START_TEST(virtual_times_are_those_of_a_ring)
{
    static struct ring ring;
    struct rng rng;

    rng_init(&rng, 1, RNG_TEST, 0);
    for (int capacity = 1; capacity <= 4; capacity++)
        for (int latency = 0; latency <= 6; latency += 3) {
            struct pair pair;

            pair_init(&pair, capacity, true);
            pair.channel.latency = latency;
            expect_ring(&pair.channel, &rng, &ring);
            pair_fini(&pair);
        }
}
END_TEST

/* Both sides of a rendezvous, at clocks known to both. */
struct rendezvous {
    struct pair pair;
    int64_t done[2][60];
};

static int64_t
clock_of(int side, int n)
{
    return side ? 10 * n + n * 7 % 13 : 10 * n + n * 5 % 11;
}

static void
meet(void *context, int side)
{
    struct rendezvous *meeting = context;
    float floats[ROWS * COLS];

    for (int n = 0; n < 60; n++) {
        struct transfer transfer;

        (side ? channel_recv : channel_send)(&meeting->pair.channel, n,
                                             message(n, floats),
                                             clock_of(side, n), 0, &transfer);
        meeting->done[side][n] = transfer.done;
    }
}

START_TEST(a_rendezvous_is_when_the_later_one_comes)
{
    int cores[CORES_MAX];
    int count = cores_allowed(cores);
    int both[] = {cores[0], cores[count > 1]};
    struct rendezvous meeting;

    pair_init(&meeting.pair, 0, true);
    meeting.pair.channel.latency = 4;
    pinned_threads_run(2, both, meet, &meeting);
    for (int n = 0; n < 60; n++) {
        int64_t when = later(clock_of(0, n), clock_of(1, n));

        ck_assert_int_eq(meeting.done[0][n], when);
        ck_assert_int_eq(meeting.done[1][n], when + 4);
    }
    pair_fini(&meeting.pair);
}
END_TEST

static void
expect_print(const struct channel *channel, const char *expected)
{
    char text[256] = "";
    FILE *out = fmemopen(text, sizeof text, "w");

    channel_print(out, channel);
    fclose(out);
    ck_assert_str_eq(text, expected);
}

START_TEST(a_channel_prints_what_it_holds)
{
    float floats[ROWS * COLS];
    struct transfer transfer;
    struct pair pair;

    pair_init(&pair, 3, true);
    expect_print(&pair.channel, "link rank 0 -> rank 1: 0 of 3 slots used\n");
    for (int n = 4; n < 7; n++)
        channel_send(&pair.channel, n, message(n, floats), 0, 0, &transfer);
    channel_recv(&pair.channel, 4, message(4, floats), 0, 0, &transfer);
    expect_print(&pair.channel, "link rank 0 -> rank 1: 2 of 3 slots used, "
                                "microbatch 5, microbatch 6\n");
    ck_assert_int_eq(channel_message(&pair.channel, 1)->mb, 5);
    ck_assert_int_eq(channel_message(&pair.channel, 2)->mb, 6);
    pair.channel.sender_asleep = true;
    expect_print(&pair.channel, "link rank 0 -> rank 1: 2 of 3 slots used, "
                                "microbatch 5, microbatch 6, "
                                "sender waits\n");
    pair.channel.sender_asleep = false;
    channel_close(&pair.channel);
    expect_print(&pair.channel, "link rank 0 -> rank 1: 2 of 3 slots used, "
                                "microbatch 5, microbatch 6, closed\n");
    pair_fini(&pair);
    pair_init(&pair, 0, true);
    pair.channel.receiver_asleep = true;
    expect_print(&pair.channel, "link rank 0 -> rank 1: 0 of 0 slots used, "
                                "receiver waits\n");
    pair_fini(&pair);
}
END_TEST

TCase *
channel_case(void)
{
    TCase *tcase = tcase_create("channel");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(
        tcase, messages_arrive_whole_in_order_and_within_the_capacity, 0, 8);
    tcase_add_test(tcase, closing_wakes_whoever_waits_and_says_no);
    tcase_add_test(tcase,
                   a_closed_channel_says_no_even_with_room_and_messages);
    tcase_add_test(tcase, a_channel_has_room_for_its_capacity_and_no_more);
    tcase_add_test(tcase, two_that_wait_for_each_other_are_found);
    tcase_add_test(tcase, a_message_carries_its_virtual_time);
    tcase_add_test(tcase, virtual_times_are_those_of_a_ring);
    tcase_add_test(tcase, a_rendezvous_is_when_the_later_one_comes);
    tcase_add_test(tcase, a_channel_prints_what_it_holds);
    return tcase;
}
