#include "config.h"

#include "runtime/channel.h"

#include "runtime/cores.h"
#include "runtime/crew.h"
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
    bool closed[2]; /* what each side was told at the end */
};

static void
pair_init(struct pair *pair, int capacity, bool patient)
{
    memset(pair, 0, sizeof *pair);
    board_init(&pair->board, 3);
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
    crew_run(2, both, send_or_receive, &pair);
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

/* Ranks 0 and 1 wait on a channel each; rank 2 closes both. */
struct closing {
    struct pair full;  /* rank 0 sends */
    struct pair empty; /* rank 1 receives */
    bool answer[2];
};

static void
wait_or_close(void *context, int rank)
{
    struct closing *c = context;
    float floats[ROWS * COLS];
    struct tensor t = message(0, floats);
    struct transfer transfer;

    if (rank == 0)
        c->answer[0] =
            channel_send(&c->full.channel, 0, t, 0, 0, &transfer);
    if (rank == 1)
        c->answer[1] =
            channel_recv(&c->empty.channel, 0, t, 0, 0, &transfer);
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
    crew_run(3, all, wait_or_close, &c);
    ck_assert(!c.answer[0] && !c.answer[1]);
    pair_fini(&c.full);
    pair_fini(&c.empty);
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

START_TEST(a_channel_prints_what_it_holds)
{
    float floats[ROWS * COLS];
    struct transfer transfer;
    struct pair pair;
    char text[256] = "";
    FILE *out = fmemopen(text, sizeof text, "w");

    pair_init(&pair, 3, true);
    for (int n = 4; n < 6; n++)
        channel_send(&pair.channel, n, message(n, floats), 0, 0, &transfer);
    channel_print(out, &pair.channel);
    fclose(out);
    ck_assert_str_eq(text, "link rank 0 -> rank 1: 2 of 3 slots used, "
                           "microbatch 4, microbatch 5\n");
    pair_fini(&pair);
}
END_TEST

START_TEST(there_is_a_core_to_bind_to)
{
    int cores[CORES_MAX];
    int count = cores_allowed(cores);

    ck_assert_int_ge(count, 1);
    for (int i = 1; i < count; i++)
        ck_assert_int_gt(cores[i], cores[i - 1]);
#ifdef HAVE_SETAFFINITY
    ck_assert(cores_bind(cores[count - 1]));
    ck_assert_int_eq(cores_allowed(cores), 1);
#endif
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
    tcase_add_test(tcase, a_message_carries_its_virtual_time);
    tcase_add_test(tcase, a_channel_prints_what_it_holds);
    tcase_add_test(tcase, there_is_a_core_to_bind_to);
    return tcase;
}
