/* lab_primitives.c -- the link between two ranks: send, recv, and the ring of
 * slots between them.
 *
 *   sender --send--> [ 0 | 1 | .. | capacity-1 ] --recv--> receiver
 *
 * A message is a tensor and a tag; the tag is its microbatch's number. */
#include "config.h"

#include "course/course.h"

#include "runtime/channel.h"
#include "runtime/cores.h"
#include "runtime/pinned_threads.h"

/* ---- one thread, to look into the ring ---- */

enum { SLOTS = 2, FLOATS = 4 };

static void
lab_primitives_fill(struct tensor tensor, float value)
{
    for (size_t i = 0; i < tensor_count(tensor); i++)
        tensor.data[i] = value;
}

static bool
is_filled(struct tensor tensor, float value)
{
    for (size_t i = 0; i < tensor_count(tensor); i++)
        if (tensor.data[i] != value)
            return false;
    return true;
}

/* A ring, and what the rank at either end has in its own memory. */
struct ring {
    struct board board;
    struct channel channel;
    struct tensor ours;
    struct tensor theirs;
    bool room[SLOTS + 1]; /* before each send, and after the last */
    bool intact;          /* what came out is what went in */
};

static void
ring_init(struct ring *ring)
{
    board_init(&ring->board, 2, 2);
    channel_init(&ring->channel, SLOTS, FLOATS, 0, 1, &ring->board);
    ring->ours = tensor_new(1, FLOATS);
    ring->theirs = tensor_new(1, FLOATS);
    ring->intact = true;
}

static void
ring_fini(struct ring *ring)
{
    tensor_free(&ring->theirs);
    tensor_free(&ring->ours);
    channel_fini(&ring->channel);
    board_fini(&ring->board);
}

static void
fill_ring(FILE *out, struct ring *ring)
{
    struct transfer transfer;

    channel_print(out, &ring->channel);
    for (int m = 0; m < SLOTS; m++) {
        ring->room[m] = channel_has_room(&ring->channel);
        lab_primitives_fill(ring->ours, (float)(10 + m));
        channel_send(&ring->channel, m, ring->ours, 0, 0, &transfer);
        /* The message is a copy: this does not change it. */
        lab_primitives_fill(ring->ours, -1.0f);
        fprintf(out, "send %d: ", m);
        channel_print(out, &ring->channel);
    }
    ring->room[SLOTS] = channel_has_room(&ring->channel);
}

static void
drain_ring(FILE *out, struct ring *ring)
{
    struct transfer transfer;

    for (int m = 0; m < SLOTS; m++) {
        channel_recv(&ring->channel, m, ring->theirs, 0, 0, &transfer);
        ring->intact &= is_filled(ring->theirs, (float)(10 + m));
        fprintf(out, "recv %d: ", m);
        channel_print(out, &ring->channel);
    }
}

/* The sender has run its list to the end; who would answer now? */
static void
ask_in_vain(struct lab *lab, struct ring *ring)
{
    struct transfer transfer;
    bool answered;

    board_leave(&ring->board, 0, 0);
    answered =
        channel_recv(&ring->channel, SLOTS, ring->theirs, 0, 0, &transfer);
    lab_claim(lab, !answered && board_deadlocked(&ring->board),
              "a recv that no send can answer returns at once, and empty, "
              "instead of hanging",
              "the sender is done; recv returned %s, deadlock %s",
              answered ? "true" : "false",
              board_deadlocked(&ring->board) ? "found" : "not found");
}

static void
look_into_the_ring(struct lab *lab)
{
    FILE *out = lab_show(lab);
    struct ring ring;

    ring_init(&ring);
    fill_ring(out, &ring);
    drain_ring(out, &ring);
    lab_claim(lab, ring.room[0] && ring.room[1] && !ring.room[2],
              "a send finds room until every slot is taken",
              "room before the first send: %s, before the second: %s, after "
              "it: %s",
              ring.room[0] ? "yes" : "no", ring.room[1] ? "yes" : "no",
              ring.room[2] ? "yes" : "no");
    lab_claim(lab, ring.intact,
              "messages are copies: what the sender does to its tensor after "
              "the send does not reach them",
              "sent 10 and 11, overwrote both, received %s",
              ring.intact ? "10 and 11" : "something else");
    ask_in_vain(lab, &ring);
    ring_fini(&ring);
}

/* ---- two threads, a fast sender and a slow receiver ---- */

enum { MESSAGES = 6, SEND_EVERY = 1, RECV_EVERY = 3 };

struct traffic {
    struct channel channel;
    int64_t sent[MESSAGES];     /* virtual time at which each send was over */
    int64_t received[MESSAGES]; /* and each recv */
    bool in_order;
};

static void
send_all(struct traffic *traffic)
{
    struct tensor tensor = tensor_new(1, FLOATS);
    struct transfer transfer;
    int64_t clock = 0;

    for (int m = 0; m < MESSAGES; m++) {
        clock += SEND_EVERY; /* it takes a tick to make a message... */
        lab_primitives_fill(tensor, (float)m);
        channel_send(&traffic->channel, m, tensor, clock, 0, &transfer);
        clock = traffic->sent[m] = transfer.done;
    }
    tensor_free(&tensor);
}

static void
receive_all(struct traffic *traffic)
{
    struct tensor tensor = tensor_new(1, FLOATS);
    struct transfer transfer;
    int64_t clock = 0;

    traffic->in_order = true;
    for (int m = 0; m < MESSAGES; m++) {
        channel_recv(&traffic->channel, m, tensor, clock, 0, &transfer);
        traffic->in_order &= is_filled(tensor, (float)m);
        traffic->received[m] = transfer.done;
        clock = transfer.done + RECV_EVERY; /* ...and three to use it */
    }
    tensor_free(&tensor);
}

static void
take_part(void *context, int rank)
{
    (rank == 0 ? send_all : receive_all)(context);
}

static void
run_traffic(struct traffic *traffic, int capacity)
{
    int cores[CORES_MAX];
    int count = cores_allowed(cores);
    int used[2] = {cores[0], cores[1 % count]};
    struct board board;

    board_init(&board, 2, 2);
    channel_init(&traffic->channel, capacity, FLOATS, 0, 1, &board);
    pinned_threads_run(2, used, take_part, traffic);
    channel_fini(&traffic->channel);
    board_fini(&board);
}

static void
print_times(FILE *out, int capacity, const struct traffic *traffic)
{
    fprintf(out, "%8d   ", capacity);
    for (int m = 0; m < MESSAGES; m++)
        fprintf(out, " %3lld", (long long)traffic->sent[m]);
    fputs("   ", out);
    for (int m = 0; m < MESSAGES; m++)
        fprintf(out, " %3lld", (long long)traffic->received[m]);
    fputc('\n', out);
}

/* Whether send n was over when the sender had made its message and recv
 * n - capacity had emptied the slot. */
static bool
sent_when_there_was_room(const struct traffic *traffic, int capacity)
{
    int64_t before = 0;

    for (int n = 0; n < MESSAGES; n++) {
        int64_t ready = before + SEND_EVERY;
        int64_t room = n < capacity ? 0 : traffic->received[n - capacity];

        if (traffic->sent[n] != (ready > room ? ready : room))
            return false;
        before = traffic->sent[n];
    }
    return true;
}

static void
press_on(struct lab *lab)
{
    static const int capacities[] = {0, 1, 2, MESSAGES};
    struct traffic traffic;
    FILE *out = lab_show(lab);
    int held = 0;
    int met = 0;
    int in_order = 0;

    fprintf(out, "capacity    sends over at             recvs over at\n");
    for (int i = 0; i < 4; i++) {
        run_traffic(&traffic, capacities[i]);
        print_times(out, capacities[i], &traffic);
        in_order += traffic.in_order;
        if (capacities[i] > 0)
            held += sent_when_there_was_room(&traffic, capacities[i]);
        else
            for (int m = 0; m < MESSAGES; m++)
                met += traffic.sent[m] == traffic.received[m];
    }
    lab_claim(lab, in_order == 4,
              "whatever the capacity, tags come in the order sent",
              "%d messages each in %d of 4 runs", MESSAGES, in_order);
    lab_claim(lab, met == MESSAGES,
              "with no slot both sides meet: a send is over when its recv is",
              "%d of %d", met, MESSAGES);
    lab_claim(lab, held == 3,
              "with K slots, send n waits for recv n-K and for nothing else",
              "true of every send at %d of 3 capacities", held);
    lab_claim(lab, traffic.sent[MESSAGES - 1] == MESSAGES * SEND_EVERY,
              "with a slot a message the sender never waits",
              "its %d messages were away at tick %lld", MESSAGES,
              (long long)traffic.sent[MESSAGES - 1]);
}

static void
lab_primitives_run(struct lab *lab)
{
    lab_say(lab,
            "A link is a ring of slots. A send copies a tensor into the next "
            "slot, a recv copies it out; each names the microbatch as its "
            "tag, and since links are first in, first out, the tags say which "
            "message is meant. A ring of %d:",
            SLOTS);
    look_into_the_ring(lab);
    lab_say(lab,
            "Now two threads. The sender makes a message in %d tick, the "
            "receiver needs %d for each. Messages carry virtual time, so the "
            "table is the same whatever the machine does:",
            SEND_EVERY, RECV_EVERY);
    press_on(lab);
}

static void
lab_primitives_sheet(struct sheet *sheet)
{
    struct traffic traffic;

    sheet_task(
        sheet,
        "A sender makes a message in %d tick and sends it; a receiver "
        "needs %d ticks for each. The link between them has K slots. At "
        "which tick is each send over, at which each recv? With K = 0 both "
        "meet; with K slots, send n waits for recv n-K and for nothing "
        "else.",
        SEND_EVERY, RECV_EVERY);
    sheet_head(sheet, "K");
    for (int m = 0; m < MESSAGES; m++)
        sheet_head(sheet, "send %d", m);
    for (int capacity = 0; capacity <= MESSAGES; capacity++) {
        run_traffic(&traffic, capacity);
        sheet_add(sheet, "%d", capacity);
        for (int m = 0; m < MESSAGES; m++)
            sheet_add(sheet, "%lld", (long long)traffic.sent[m]);
    }
    sheet_add(sheet, "recv");
    for (int m = 0; m < MESSAGES; m++)
        sheet_add(sheet, "%lld", (long long)traffic.received[m]);
}

const struct lab_page lab_primitives = {
    .name = "primitives",
    .summary = "the link: send, recv, ring, capacity, tags",
    .run = lab_primitives_run,
    .sheet = lab_primitives_sheet,
    .shell = {"pipelab schedule --lower --stages 2 --microbatches 2",
              "pipelab simulate --latency 2 --capacity 1",
              "pipelab simulate --latency 2 --capacity 3"},
    .gdb = {"gdb --args pipelab lab primitives",
            "break channel_recv if channel->sender == 0", "run",
            "print *channel", "finish", "info threads"},
};
