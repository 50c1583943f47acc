#include "config.h"

#include "cli/bench_round_trips.h"

#include "base/clock.h"
#include "base/memory.h"
#include "cli/bench_links.h"
#include "runtime/cores.h"
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
    {"64 B across two cores", 2, 2, 64, 3000},
    {"16 KiB across two cores", 2, 2, 16 << 10, 1500},
    {"1 MiB across two cores", 2, 2, 1 << 20, 50},
    {"64 B on one core", 2, 1, 64, 3000},
    {"64 B around 4 ranks, two cores", 4, 2, 64, 1500},
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
    struct bench_ring ring = {
        .ranks = link->ranks,
        .cores = cores,
        .floats = link->bytes / sizeof(float),
        .patient = patient,
        .rounds = rounds,
    };
    struct link_times times;

    for (int r = 0; r < link->ranks; r++)
        cores[r] = allowed[r % link->spread % count];
    bench_ring_run(&ring, ns);
    times.median_us = (double)bench_quantile(ns, rounds, 0.5) / 1e3;
    times.p99_us = (double)bench_quantile(ns, rounds, 0.99) / 1e3;
    free(ns);
    return times;
}

/* What the four copies of a round trip of 1 MiB take by themselves, in one
 * thread: in and out of a slot, there and back. */
static double
copy_us(void)
{
    enum { FLOATS = 1 << 18, ROUNDS = 200 };
    struct tensor from = tensor_new(1, FLOATS);
    struct tensor to = tensor_new(1, FLOATS);
    int64_t ns[ROUNDS];

    for (int round = 0; round < ROUNDS; round++) {
        int64_t start = clock_wall_ns();

        for (int i = 0; i < 2; i++) {
            tensor_copy(to, from);
            tensor_copy(from, to);
        }
        ns[round] = clock_wall_ns() - start;
    }
    tensor_free(&from);
    tensor_free(&to);
    return (double)bench_quantile(ns, ROUNDS, 0.5) / 1e3;
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
