/* mpi_bench.c -- measures round trips over MPI and between threads, and steps
 * of replicas. */
#include "config.h"

#include "mpi/mpi_bench.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/plural.h"
#include "base/quantile.h"
#include "cli/processes.h"
#include "mpi/mpi_scaling.h"
#include "mpi/mpi_wire.h"
#include "request/status.h"
#include "runtime/cores.h"
#include "runtime/round_trip.h"

#include <stdlib.h>

struct mpi_case {
    const char *name;
    int ranks;
    size_t bytes;
    int rounds; /* a repetition */
};

static const struct mpi_case mpi_cases[] = {
    {"64 B between two ranks", 2, 64, 1000},
    {"16 KiB between two ranks", 2, 16 << 10, 500},
    {"1 MiB between two ranks", 2, 1 << 20, 20},
    {"64 B around four ranks", 4, 64, 500},
};

enum {
    MPI_CASES = sizeof mpi_cases / sizeof *mpi_cases,
    MOST_MPI_RANKS = 4 /* of any case */
};

struct mpi_times {
    double median_us;
    double p99_us;
};

/* The ranks are spread over the processes of the world, or are threads of this
 * one. */
static struct mpi_times
measure_case(const struct mpi_case *one, int repeat, struct world *world)
{
    int rounds = repeat * one->rounds;
    int64_t *ns = memory_new((size_t)rounds, sizeof *ns);
    int allowed[CORES_MAX];
    int count = cores_allowed(allowed);
    int cores[MOST_MPI_RANKS];
    struct round_trip trip = {
        .ranks = one->ranks,
        .cores = cores,
        .world = world,
        .floats = one->bytes / sizeof(float),
        .patient = true,
        .rounds = rounds,
    };
    struct mpi_times times;

    if (world)
        world->ranks = one->ranks;
    for (int r = 0; r < one->ranks; r++)
        cores[r] = allowed[r % count];
    round_trip_measure(&trip, ns);
    times.median_us = (double)quantile_of(ns, rounds, 0.5) / 1e3;
    times.p99_us = (double)quantile_of(ns, rounds, 0.99) / 1e3;
    free(ns);
    return times;
}

static void
show_case(const struct mpi_case *one, const struct mpi_times *far,
          const struct mpi_times *near, struct json *json)
{
    if (!json) {
        printf("%-26s %9.2f /%8.1f %10.2f /%8.1f %7.2f\n", one->name,
               far->median_us, far->p99_us, near->median_us, near->p99_us,
               far->median_us / near->median_us);
        return;
    }
    json_open(json, NULL, '{');
    json_text(json, "name", one->name);
    json_int(json, "ranks", one->ranks);
    json_int(json, "bytes", (int64_t)one->bytes);
    json_number(json, "median_us", far->median_us);
    json_number(json, "p99_us", far->p99_us);
    json_number(json, "thread_median_us", near->median_us);
    json_number(json, "thread_p99_us", near->p99_us);
    json_close(json, '}');
}

static void
begin_show(struct json *json)
{
    char name[MPI_NAME_MAX];
    int allowed[CORES_MAX];
    int cores = cores_allowed(allowed);

    mpi_library_name(name);
    if (!json) {
        printf("%s: %d process%s; this one may use %d core%s\n\n"
               "%-26s %20s %21s\n%-26s %20s %21s %7s\n",
               name, processes_count(), plural_es(processes_count()), cores,
               plural(cores), "round trip,", "between", "between",
               "median / p99 in us", "processes", "threads", "ratio");
        return;
    }
    json_open(json, NULL, '{');
    json_text(json, "mpi", name);
    json_int(json, "processes", processes_count());
    json_int(json, "cores", cores);
    json_open(json, "links", '[');
}

static int
cmd_mpi_bench(const struct options *options)
{
    struct json writer = {.out = stdout};
    struct json *json = options->format == FORMAT_JSON ? &writer : NULL;
    struct cause cause;
    struct world world;

    if (!processes()) {
        fail(&cause, "there is one process; start two or four, as with "
                     "mpirun -n 4 pipelab-mpi bench");
        return complain(STATUS_USAGE, &cause);
    }
    world = *processes();
    begin_show(json);
    for (int i = 0; i < MPI_CASES; i++) {
        struct mpi_times far =
            measure_case(&mpi_cases[i], options->repeat, &world);
        struct mpi_times near = {0};

        /* The others wait for process 0 and leave the cores to it. */
        if (processes_speak())
            near = measure_case(&mpi_cases[i], options->repeat, NULL);
        show_case(&mpi_cases[i], &far, &near, json);
    }
    if (json) {
        json_close(json, ']');
        json_open(json, "weak_scaling", '[');
    }
    if (!mpi_scaling(options->repeat, json, &cause))
        return complain(STATUS_FAILED, &cause);
    if (json) {
        json_close(json, ']');
        json_close(json, '}');
        putchar('\n');
    }
    return STATUS_DONE;
}

const struct command command_mpi_bench = {
    .name = "bench",
    .summary = "Measure messages between processes and threads, and replicas.",
    .takes = TAKES_REPEAT | TAKES_FORMAT,
    .examples = "  mpirun -n 4 pipelab-mpi bench\n",
    .run = cmd_mpi_bench,
};
