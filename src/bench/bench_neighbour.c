/* bench_neighbour.c -- times each row of a shape alone and beside a
 * neighbour. */
#include "config.h"

#include "bench/bench_neighbour.h"

#include "base/memory.h"
#include "base/plural.h"
#include "base/quantile.h"
#include "bench/neighbour.h"

#include <stdlib.h>

/* Of one row, in nanoseconds a step; repeat of each. */
struct pair {
    int64_t *alone;
    int64_t *beside;
    int64_t *ratio; /* beside / alone, in thousandths */
};

static struct pair
pair_new(int repeat)
{
    return (struct pair){
        memory_new((size_t)repeat, sizeof(int64_t)),
        memory_new((size_t)repeat, sizeof(int64_t)),
        memory_new((size_t)repeat, sizeof(int64_t)),
    };
}

static void
pair_free(struct pair *pair)
{
    free(pair->alone);
    free(pair->beside);
    free(pair->ratio);
}

static void
measure(const struct bench_shape *shape, struct bench_subject *subject,
        struct pair *pair)
{
    struct neighbour neighbour;

    bench_subject_time(subject, shape->steps);
    for (int n = 0; n < shape->request.repeat; n++) {
        pair->alone[n] = bench_subject_time(subject, shape->steps);
        neighbour_start(&neighbour);
        pair->beside[n] = bench_subject_time(subject, shape->steps);
        neighbour_stop(&neighbour);
        pair->ratio[n] = 1000 * pair->beside[n] / (pair->alone[n] + 1);
    }
}

static void
show(const struct bench_subject *subject, int repeat, struct pair *pair,
     struct json *json)
{
    double alone = (double)quantile_of(pair->alone, repeat, 0.5) / 1e6;
    double beside = (double)quantile_of(pair->beside, repeat, 0.5) / 1e6;
    double ratio = (double)quantile_of(pair->ratio, repeat, 0.5) / 1e3;
    char name[BENCH_NAME_MAX];

    if (!json) {
        bench_subject_name(subject, name);
        printf("%-20s %10.3f %10.3f %6.2f\n", name, alone, beside, ratio);
        return;
    }
    json_open(json, NULL, '{');
    json_text(json, "schedule", subject->schedule);
    json_int(json, "ranks", subject->ranks);
    json_number(json, "alone_ms", alone);
    json_number(json, "beside_ms", beside);
    json_number(json, "ratio", ratio);
    json_close(json, '}');
}

void
bench_neighbour(struct bench_shape *shape, struct json *json)
{
    int repeat = shape->request.repeat;

    if (!json)
        printf("\nbeside a process that computes on %d core%s; ms a step\n"
               "%-20s %10s %10s %6s\n",
               shape->cores, plural(shape->cores), "", "alone", "beside",
               "ratio");
    for (int i = 0; i < shape->count; i++) {
        struct bench_subject *subject = &shape->rows[i].subject;
        struct pair pair = pair_new(repeat);

        measure(shape, subject, &pair);
        show(subject, repeat, &pair, json);
        pair_free(&pair);
    }
}
