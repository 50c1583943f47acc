/* bench_round_trips.c -- measures links: round trips between cores, and
 * copies alone. */
#include "config.h"

#include "bench/bench_round_trips.h"

#include "base/clock.h"
#include "base/memory.h"
#include "runtime/round_trip.h"
#include "base/quantile.h"
#include "runtime/cores.h"
#include "runtime/pinned_threads.h"
#include "tensor/tensor.h"

#include <stdlib.h>

struct link_case {
    const char *name;
    int ranks;
    int spread; /* cores that the ranks go over */
    size_t bytes;
    int rounds; /* a repetition */
};

static const struct link_case link_cases[] = {
    {"64 B across two cores", 2, 2, 64, 1000},
    {"16 KiB across two cores", 2, 2, 16 << 10, 500},
    {"1 MiB across two cores", 2, 2, 1 << 20, 20},
    {"64 B on one core", 2, 1, 64, 1000},
    {"64 B around 4 ranks, two cores", 4, 2, 64, 500},
};

enum {
    LINK_CASES = sizeof link_cases / sizeof *link_cases,
    RING_RANKS = 4 /* the most of any case */
};

struct link_times {
    double median_us;
    double p99_us;
};

static struct link_times
measure_link(const struct link_case *link, int repeat, bool patient)
{
    int rounds = repeat * link->rounds;
    int allowed[CORES_MAX];
    int count = cores_allowed(allowed);
    int cores[RING_RANKS];
    int64_t *ns = memory_new((size_t)rounds, sizeof *ns);
    struct round_trip trip = {
        .ranks = link->ranks,
        .cores = cores,
        .floats = link->bytes / sizeof(float),
        .patient = patient,
        .rounds = rounds,
    };
    struct link_times times;

    for (int r = 0; r < link->ranks; r++)
        cores[r] = allowed[r % link->spread % count];
    round_trip_measure(&trip, ns);
    times.median_us = (double)quantile_of(ns, rounds, 0.5) / 1e3;
    times.p99_us = (double)quantile_of(ns, rounds, 0.99) / 1e3;
    free(ns);
    return times;
}

/* ---- copying alone ---- */

enum { COPY_FLOATS = 1 << 18 /* 1 MiB */, COPY_ROUNDS = 200 };

struct copying {
    int cores[2];
    struct tensor held[2];  /* by the one side, by the other */
    struct tensor slots[2]; /* there, and back */
    int64_t ns[COPY_ROUNDS];
};

/* Into the slot or out of it; what moving to the core took does not count. */
static int64_t
copy_on(int core, struct tensor to, struct tensor from)
{
    int64_t start;

    (void)cores_bind(core);
    start = clock_wall_ns();
    tensor_copy(to, from);
    return clock_wall_ns() - start;
}

static void
copy_rounds(void *context, int member)
{
    struct copying *copying = context;
    const int *cores = copying->cores;
    const struct tensor *held = copying->held;
    const struct tensor *slots = copying->slots;

    (void)member;
    for (int round = 0; round < COPY_ROUNDS; round++)
        copying->ns[round] = copy_on(cores[0], slots[0], held[0]) +
                             copy_on(cores[1], held[1], slots[0]) +
                             copy_on(cores[1], slots[1], held[1]) +
                             copy_on(cores[0], held[0], slots[1]);
}

/* What the four copies of a round trip of 1 MiB take by themselves, in one
 * thread that goes from core to core with them: each core reads what the other
 * wrote last. */
static double
copy_us(void)
{
    int allowed[CORES_MAX];
    int count = cores_allowed(allowed);
    struct copying copying = {.cores = {allowed[0], allowed[1 % count]}};

    for (int i = 0; i < 2; i++) {
        copying.held[i] = tensor_new(1, COPY_FLOATS);
        copying.slots[i] = tensor_new(1, COPY_FLOATS);
    }
    pinned_threads_run(1, copying.cores, copy_rounds, &copying);
    for (int i = 0; i < 2; i++) {
        tensor_free(&copying.held[i]);
        tensor_free(&copying.slots[i]);
    }
    return (double)quantile_of(copying.ns, COPY_ROUNDS, 0.5) / 1e3;
}

void
bench_round_trips(int repeat, struct json *json)
{
    if (json) {
        json_number(json, "copy_4_mib_us", copy_us());
        json_open(json, "links", '[');
    } else
        printf("\n%-32s %18s   %18s\nround trip, median / p99 in us %20s   "
               "%18s\n",
               "", "", "condition", "as ranks wait", "variable alone");
    for (int i = 0; i < LINK_CASES; i++) {
        struct link_times patient = measure_link(&link_cases[i], repeat, true);
        struct link_times alone = measure_link(&link_cases[i], repeat, false);

        if (!json) {
            printf("%-32s %9.2f /%7.1f   %9.2f /%7.1f\n", link_cases[i].name,
                   patient.median_us, patient.p99_us, alone.median_us,
                   alone.p99_us);
            continue;
        }
        json_open(json, NULL, '{');
        json_text(json, "name", link_cases[i].name);
        json_int(json, "ranks", link_cases[i].ranks);
        json_int(json, "bytes", (int64_t)link_cases[i].bytes);
        json_number(json, "median_us", patient.median_us);
        json_number(json, "p99_us", patient.p99_us);
        json_number(json, "condvar_median_us", alone.median_us);
        json_number(json, "condvar_p99_us", alone.p99_us);
        json_close(json, '}');
    }
    if (json)
        json_close(json, ']');
    else
        printf("%-32s %9.2f\n", "copying 1 MiB four times", copy_us());
}
