/* cmd_bench.c -- measures what this machine gives: steps of some shapes, alone
 * and beside another process, links, plans in virtual time; or with --scale how
 * a step grows with its shape. */
#include "config.h"

#include "base/error.h"
#include "base/text.h"
#include "bench/bench_neighbour.h"
#include "bench/bench_round_trips.h"
#include "bench/bench_scale.h"
#include "bench/bench_shape.h"
#include "cli/commands.h"
#include "request/status.h"
#include "search/schedule.h"
#include "tensor/gemm.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* Measures one shape and shows what came of it; json is NULL for text. */
typedef void
measure_shape(struct bench_shape *shape, struct json *json);

static enum status
bench_shape(const struct bench_request *request, struct json *json,
            measure_shape *measure)
{
    struct bench_shape shape;
    struct cause cause;
    bool suits = bench_shape_init(&shape, request, &cause);

    if (suits) {
        text_release();
        measure(&shape, json);
    }
    bench_shape_fini(&shape);
    return suits ? STATUS_DONE : (enum status)complain(STATUS_USAGE, &cause);
}

/* The steps of its rows beside their products. */
static void
measure_steps(struct bench_shape *shape, struct json *json)
{
    if (!json)
        bench_shape_print_head(shape);
    bench_shape_measure(shape);
    bench_shape_show(shape, json);
}

/* One line of the growth table: 1F1B on so many ranks beside the monolith. */
static void
measure_point(struct bench_shape *shape, struct json *json)
{
    const struct recipe *recipe = &shape->request.recipe;
    int ranks = shape->request.ranks;
    double monolith;
    double step;
    double loop;

    bench_shape_measure(shape);
    monolith = bench_shape_step_ms(shape, 0);
    step = bench_shape_step_ms(shape, 1);
    loop = bench_subject_loop_us(&shape->rows[1].subject);
    if (!json) {
        printf("%6d %13d %8d %7d %7d %14.3f %12.3f %15.2f\n", ranks,
               recipe->mbs, recipe->hidden, recipe->layers, recipe->batch,
               monolith, step, loop);
        return;
    }
    json_open(json, NULL, '{');
    json_int(json, "ranks", ranks);
    json_int(json, "microbatches", recipe->mbs);
    json_int(json, "hidden", recipe->hidden);
    json_int(json, "layers", recipe->layers);
    json_int(json, "batch", recipe->batch);
    json_number(json, "monolith_ms", monolith);
    json_number(json, "step_ms", step);
    json_number(json, "loop_us_per_action", loop);
    json_close(json, '}');
}

/* How cost grows: ranks, microbatches and width, one at a time, doubling. */
static enum status
bench_growth(const struct options *options, struct json *json)
{
    static const struct {
        int least;
        int most;
        size_t field;
    } sweeps[] = {{1, 64, offsetof(struct bench_request, ranks)},
                  {1, 512, offsetof(struct bench_request, recipe.mbs)},
                  {32, 2048, offsetof(struct bench_request, recipe.hidden)}};
    enum status status = STATUS_DONE;

    if (json)
        json_open(json, "growth", '[');
    else
        printf("%6s %13s %8s %7s %7s %14s %12s %15s\n", "ranks",
               "microbatches", "width", "layers", "batch", "monolith, ms",
               "1f1b, ms", "us an action");
    for (int i = 0; i < 3; i++)
        for (int value = sweeps[i].least;
             value <= sweeps[i].most && status == STATUS_DONE; value *= 2) {
            /* Around one shape that all of the sweeps can hold. */
            struct bench_request one = {
                .recipe = options->recipe,
                .ranks = 2,
                .schedule = "1f1b",
                .repeat = 3,
            };

            one.recipe.layers = i == 0 ? 64 : 8;
            one.recipe.hidden = 64;
            one.recipe.batch = i == 1 ? 512 : 64;
            one.recipe.mbs = 8;
            *(int *)((char *)&one + sweeps[i].field) = value;
            status = bench_shape(&one, json, measure_point);
        }
    if (json)
        json_close(json, ']');
    return status;
}

static void
bench_plans(int repeat, struct json *json)
{
    struct bench_scale sizes[] = {{.ranks = 64, .mbs = 512},
                                  {.ranks = 256, .mbs = 2048},
                                  {.ranks = 1024, .mbs = 8192}};

    if (json)
        json_open(json, "plans", '[');
    else
        printf("\n%-28s %10s %10s %10s %10s   (million actions a second)\n",
               "1f1b in virtual time", "actions", "plan", "check", "simulate");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct bench_scale *size = &sizes[i];
        char name[64];

        bench_scale_run(size, repeat);
        snprintf(name, sizeof name, "%d ranks, %d microbatches", size->ranks,
                 size->mbs);
        if (!json) {
            double thousands = (double)size->actions * 1e3;

            printf("%-28s %10lld %10.1f %10.1f %10.1f\n", name,
                   (long long)size->actions, thousands / (double)size->plan_ns,
                   thousands / (double)size->check_ns,
                   thousands / (double)size->sim_ns);
            continue;
        }
        json_open(json, NULL, '{');
        json_int(json, "ranks", size->ranks);
        json_int(json, "microbatches", size->mbs);
        json_int(json, "actions", size->actions);
        json_number(json, "plan_s", (double)size->plan_ns * 1e-9);
        json_number(json, "check_s", (double)size->check_ns * 1e-9);
        json_number(json, "simulate_s", (double)size->sim_ns * 1e-9);
        json_close(json, '}');
    }
    if (json)
        json_close(json, ']');
}

static bool
is_shape_given(const struct options *options)
{
    return options_given(options, "layers") ||
           options_given(options, "hidden") || options_given(options, "batch");
}

/* The course's shape, or the one that was asked for. */
static struct bench_request
request_of(const struct options *options)
{
    return (struct bench_request){
        .recipe = options->recipe,
        .ranks = options->ranks,
        .schedule =
            options_given(options, "schedule") ? options->schedule : NULL,
        .repeat = options->repeat,
        .predict = true,
    };
}

static enum status
bench_beside(const struct options *options, struct json *json)
{
    struct bench_request request = request_of(options);
    enum status status;

    if (!request.schedule)
        request.schedule = "1f1b";
    if (json)
        json_open(json, "neighbour", '[');
    status = bench_shape(&request, json, bench_neighbour);
    if (json)
        json_close(json, ']');
    return status;
}

static enum status
bench_shapes(const struct options *options, struct json *json)
{
    /* Beside the course's shape, one of a layer a rank, where little but
     * messages and changes of ranks is left, and two whose products fill the
     * cores. */
    static const struct {
        int layers;
        int hidden;
        int batch;
        int ranks; /* 0: the usual ones */
    } others[] = {{64, 64, 32, 64}, {16, 512, 256, 0}, {8, 1024, 256, 0}};
    struct bench_request request = request_of(options);
    enum status status;

    if (json)
        json_open(json, "shapes", '[');
    status = bench_shape(&request, json, measure_steps);
    for (int i = 0; i < 3 && status == STATUS_DONE && !is_shape_given(options);
         i++) {
        request.recipe.layers = others[i].layers;
        request.recipe.hidden = others[i].hidden;
        request.recipe.batch = others[i].batch;
        request.ranks = others[i].ranks ? others[i].ranks : options->ranks;
        status = bench_shape(&request, json, measure_steps);
    }
    if (json)
        json_close(json, ']');
    return status;
}

static enum status
bench_machine(const struct options *options, struct json *json)
{
    enum status status = bench_shapes(options, json);

    if (status == STATUS_DONE)
        status = bench_beside(options, json);
    if (status == STATUS_DONE)
        bench_round_trips(options->repeat, json);
    /* Fifty million actions: not beside a shape that was asked for. */
    if (status == STATUS_DONE && !is_shape_given(options))
        bench_plans(options->repeat, json);
    return status;
}

static enum status
bench_all(const struct options *options, struct json *json)
{
    return (options->scale ? bench_growth : bench_machine)(options, json);
}

/* One object, when it is whole. */
static enum status
bench_to_json(const struct options *options)
{
    char *text;
    size_t size;
    struct json json = {.out = open_memstream(&text, &size)};
    enum status status;

    if (!json.out)
        die("out of memory for the results");
    json_open(&json, NULL, '{');
    status = bench_all(options, &json);
    json_close(&json, '}');
    if (fclose(json.out) != 0)
        die("out of memory for the results");
    if (status == STATUS_DONE)
        puts(text);
    free(text);
    return status;
}

static int
cmd_bench(const struct options *options)
{
    const struct recipe *recipe = &options->recipe;
    struct cause cause;

    if (options_given(options, "schedule") &&
        !schedule_find(options->schedule, &cause))
        return complain(STATUS_USAGE, &cause);
    if (!options->scale && recipe->batch < recipe->mbs) {
        fail(&cause,
             "--batch %d cannot be cut into %d microbatches; use "
             "--microbatches %d or fewer",
             recipe->batch, recipe->mbs, recipe->batch);
        return complain(STATUS_USAGE, &cause);
    }
    gemm_one_thread();
    tensor_flush_subnormals();
    if (options->format == FORMAT_JSON)
        return (int)bench_to_json(options);
    /* Each row when it is measured, also into a pipe. */
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    return (int)bench_all(options, NULL);
}

const struct command command_bench = {
    .name = "bench",
    .summary = "Measure links, the GEMM floor and the schedules on this "
               "machine.",
    .takes = TAKES_MODEL | TAKES_BENCH | TAKES_FORMAT,
    .examples = "  pipelab bench\n"
                "  pipelab bench --hidden 512 --layers 16 --batch 256\n",
    .run = cmd_bench,
};
