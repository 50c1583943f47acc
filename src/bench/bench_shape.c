/* bench_shape.c -- measures steps of one shape under several schedules,
 * beside their products. */
#include "config.h"

#include "bench/bench_shape.h"

#include "base/clock.h"
#include "base/machine.h"
#include "base/memory.h"
#include "base/plural.h"
#include "base/quantile.h"
#include "train/training_bytes.h"
#include "runtime/pinned_threads.h"
#include "tensor/gemm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A measurement starts and ends with pipelines that fill and drain: there must
 * be steps enough between. */
enum {
    MEASURE_NS = 250 * 1000 * 1000, /* of a row, by its products */
    LEAST_STEPS = 6,
    MOST_STEPS = 200
};

/* ---- the rows ---- */

/* What is measured beside the monolith. */
struct field {
    const int *ranks; /* counts of them */
    int rank_counts;
    const char *const *schedules;
    int schedule_count;
};

static struct field
field_of(const struct bench_request *request)
{
    static const int usual_ranks[] = {2, 4, 8, 16};
    static const char *const usual[] = {"naive", "gpipe", "1f1b", "zb1p"};

    return (struct field){
        .ranks = request->ranks ? &request->ranks : usual_ranks,
        .rank_counts = request->ranks ? 1 : 4,
        .schedules = request->schedule ? &request->schedule : usual,
        .schedule_count = request->schedule ? 1 : 4,
    };
}

/* Those that were asked for, or all that the model has layers for. */
static bool
is_measured(const struct bench_shape *shape, const struct field *field, int c,
            int i)
{
    return shape->request.ranks ||
           bench_subject_stages(field->schedules[i], field->ranks[c]) <=
               shape->mlp.layers;
}

static int
row_count(const struct bench_shape *shape)
{
    struct field field = field_of(&shape->request);
    int count = 1;

    for (int c = 0; c < field.rank_counts; c++)
        for (int i = 0; i < field.schedule_count; i++)
            count += is_measured(shape, &field, c, i);
    return count;
}

static bool
make_row(struct bench_shape *shape, const char *schedule, int ranks,
         struct cause *cause)
{
    const struct bench_request *request = &shape->request;
    struct bench_row *row = &shape->rows[shape->count++];
    size_t repeat = (size_t)request->repeat;
    struct trainer_options training = {
        .task = {.recipe = request->recipe, .mlp = shape->mlp},
        .data = &shape->data,
        .run = {.bind = true},
    };

    /* More than are measured: alone and beside a neighbour. */
    training.task.recipe.steps = (2 * request->repeat + 1) * shape->steps;
    row->sgemm_ns = memory_new(repeat, sizeof *row->sgemm_ns);
    row->packed_ns = memory_new(repeat, sizeof *row->packed_ns);
    row->ns = memory_new(repeat, sizeof *row->ns);
    row->predicted_ns = memory_new(repeat, sizeof *row->predicted_ns);
    return bench_subject_init(&row->subject, schedule, ranks, &training,
                              cause);
}

static bool
make_rows(struct bench_shape *shape, struct cause *cause)
{
    struct field field = field_of(&shape->request);

    shape->rows = memory_new((size_t)row_count(shape), sizeof *shape->rows);
    if (!make_row(shape, "none", 1, cause))
        return false;
    for (int c = 0; c < field.rank_counts; c++)
        for (int i = 0; i < field.schedule_count; i++)
            if (is_measured(shape, &field, c, i) &&
                !make_row(shape, field.schedules[i], field.ranks[c], cause))
                return false;
    return true;
}

/* ---- the products alone ---- */

static void
time_core(void *context, int i)
{
    struct bench_shape *shape = context;
    int64_t start = clock_wall_ns();

    for (int s = 0; s < shape->steps; s++)
        bench_floor_step(&shape->floors[i], shape->products);
    shape->core_ns[i] = (clock_wall_ns() - start) / shape->steps;
}

/* Cores that a step spreads over: its ranks', but no more than its plan can
 * keep busy, which is one for naive. */
static int
spread_of(const struct bench_shape *shape, const struct bench_subject *subject)
{
    int spread = (int)ceil(1.0 / subject->critical);

    if (spread > subject->ranks)
        spread = subject->ranks;
    return spread < shape->cores ? spread : shape->cores;
}

/* The mean over so many cores, each at the products of a whole step. */
static int64_t
time_floor(struct bench_shape *shape, enum bench_products products, int cores)
{
    int64_t sum = 0;

    shape->products = products;
    pinned_threads_run(cores, shape->core, time_core, shape);
    for (int i = 0; i < cores; i++)
        sum += shape->core_ns[i];
    return sum / cores;
}

static void
choose_steps(struct bench_shape *shape)
{
    int64_t ns;

    shape->steps = 1;
    time_floor(shape, PRODUCTS_PACKED, shape->cores);
    ns = time_floor(shape, PRODUCTS_PACKED, shape->cores) / shape->cores;
    shape->steps = (int)(MEASURE_NS / (ns + 1));
    if (shape->steps < LEAST_STEPS)
        shape->steps = LEAST_STEPS;
    if (shape->steps > MOST_STEPS)
        shape->steps = MOST_STEPS;
}

/* ---- all of it ---- */

/* Data, floors, and for each training a model of one microbatch at least. */
static bool
shape_has_room(const struct bench_shape *shape, struct cause *cause)
{
    const struct recipe *recipe = &shape->request.recipe;
    const struct mlp *mlp = &shape->mlp;
    size_t model = training_stage_bytes(
        mlp, 0, mlp->layers, batch_share(recipe->batch, recipe->mbs, 0).rows,
        &recipe->optimizer, NULL, false);
    size_t models =
        memory_times((size_t)(shape->cores + row_count(shape)), model);

    return machine_has(
        (struct machine_need){
            .bytes = memory_plus(
                dataset_random_bytes(recipe->batch, mlp->inputs), models)},
        "the bench", bench_subject_remedy, cause);
}

bool
bench_shape_init(struct bench_shape *shape,
                 const struct bench_request *request, struct cause *cause)
{
    const struct recipe *recipe = &request->recipe;

    *shape = (struct bench_shape){
        .request = *request,
        .mlp = recipe_mlp(recipe, NULL),
    };
    shape->cores = cores_allowed(shape->core);
    if (!shape_has_room(shape, cause))
        return false;
    shape->floors = memory_new((size_t)shape->cores, sizeof *shape->floors);
    shape->core_ns = memory_new((size_t)shape->cores, sizeof *shape->core_ns);
    dataset_random(&shape->data, recipe->batch, recipe->hidden, 2,
                   recipe->seed);
    for (int i = 0; i < shape->cores; i++)
        bench_floor_init(&shape->floors[i], &shape->mlp, recipe->batch,
                         recipe->mbs);
    gemm_need_space(shape->cores);
    choose_steps(shape);
    return make_rows(shape, cause);
}

void
bench_shape_fini(struct bench_shape *shape)
{
    for (int i = 0; i < shape->count; i++) {
        bench_subject_fini(&shape->rows[i].subject);
        free(shape->rows[i].sgemm_ns);
        free(shape->rows[i].packed_ns);
        free(shape->rows[i].ns);
        free(shape->rows[i].predicted_ns);
    }
    free(shape->rows);
    free(shape->core_ns);
    for (int i = 0; shape->floors && i < shape->cores; i++)
        bench_floor_fini(&shape->floors[i]);
    free(shape->floors);
    dataset_fini(&shape->data);
}

/* ---- measuring ---- */

static bool
is_predicted(const struct bench_shape *shape, const struct bench_row *row)
{
    return row->subject.program && shape->request.predict;
}

void
bench_shape_measure(struct bench_shape *shape)
{
    for (int i = 0; i < shape->count; i++)
        bench_subject_time(&shape->rows[i].subject, shape->steps);
    for (int n = 0; n < shape->request.repeat; n++) {
        for (int i = 0; i < shape->count; i++) {
            struct bench_row *row = &shape->rows[i];
            int spread = spread_of(shape, &row->subject);

            if (is_predicted(shape, row))
                row->predicted_ns[n] =
                    bench_subject_predict(&row->subject, shape->cores);
            row->sgemm_ns[n] = time_floor(shape, PRODUCTS_SGEMM, spread);
            row->packed_ns[n] = time_floor(shape, PRODUCTS_PACKED, spread);
            row->ns[n] = bench_subject_time(&row->subject, shape->steps);
        }
    }
}

/* ---- what is made of it ---- */

/* What a step takes at least, as a share of them: see bench_shape.h. */
static double
bound_share(const struct bench_shape *shape, const struct bench_row *row)
{
    const struct bench_subject *subject = &row->subject;
    double spread = 1.0 / spread_of(shape, subject);

    return subject->critical > spread ? subject->critical : spread;
}

/* The median over repetitions of part / whole. */
static double
median_ratio(const int64_t part[], const int64_t whole[], int repeat)
{
    int64_t *millionths = memory_new((size_t)repeat, sizeof *millionths);
    int64_t median;

    for (int n = 0; n < repeat; n++)
        millionths[n] = 1000000 * part[n] / (whole[n] + 1);
    median = quantile_of(millionths, repeat, 0.5);
    free(millionths);
    return (double)median / 1e6;
}

/* Leaves ns as it is: ratios pair it with others'. */
static double
median_ms(const int64_t ns[], int count)
{
    int64_t *sorted = memory_new((size_t)count, sizeof *sorted);
    int64_t median;

    memcpy(sorted, ns, (size_t)count * sizeof *sorted);
    median = quantile_of(sorted, count, 0.5);
    free(sorted);
    return (double)median / 1e6;
}

/* The bound by these products as a share of the step. */
static double
efficiency(const struct bench_shape *shape, const struct bench_row *row,
           const int64_t products_ns[])
{
    return median_ratio(products_ns, row->ns, shape->request.repeat) *
           bound_share(shape, row);
}

static double
bound_ms(const struct bench_shape *shape, const struct bench_row *row,
         const int64_t products_ns[])
{
    return median_ms(products_ns, shape->request.repeat) *
           bound_share(shape, row);
}

void
bench_shape_print_head(const struct bench_shape *shape)
{
    const struct recipe *recipe = &shape->request.recipe;

    printf(
        "\n%d layer%s of %d, batch %d in %d microbatch%s; %d core%s, medians "
        "of %d x %d step%s\n",
        recipe->layers, plural(recipe->layers), recipe->hidden, recipe->batch,
        recipe->mbs, plural_es(recipe->mbs), shape->cores,
        plural(shape->cores), shape->request.repeat, shape->steps,
        plural(shape->steps));
    printf("%-20s %10s %10s %6s %10s %6s %11s %6s\n", "", "ms a step", "sgemm",
           "of it", "packed", "of it", "predicted", "of it");
}

static void
shape_print_text(const struct bench_shape *shape)
{
    int repeat = shape->request.repeat;

    for (int i = 0; i < shape->count; i++) {
        const struct bench_row *row = &shape->rows[i];
        char name[BENCH_NAME_MAX];

        bench_subject_name(&row->subject, name);
        printf("%-20s %10.3f %10.3f %6.2f %10.3f %6.2f", name,
               median_ms(row->ns, repeat), bound_ms(shape, row, row->sgemm_ns),
               efficiency(shape, row, row->sgemm_ns),
               bound_ms(shape, row, row->packed_ns),
               efficiency(shape, row, row->packed_ns));
        if (is_predicted(shape, row))
            printf(" %11.3f %6.2f", median_ms(row->predicted_ns, repeat),
                   median_ratio(row->predicted_ns, row->ns, repeat));
        putchar('\n');
    }
}

static void
print_products(const struct bench_shape *shape, const struct bench_row *row,
               const char *name, const int64_t ns[], struct json *json)
{
    json_open(json, name, '{');
    json_number(json, "products_ms", median_ms(ns, shape->request.repeat));
    json_number(json, "bound_ms", bound_ms(shape, row, ns));
    json_number(json, "efficiency", efficiency(shape, row, ns));
    json_close(json, '}');
}

static void
shape_print_json(const struct bench_shape *shape, struct json *json)
{
    const struct recipe *recipe = &shape->request.recipe;
    int repeat = shape->request.repeat;

    json_open(json, NULL, '{');
    json_int(json, "layers", recipe->layers);
    json_int(json, "hidden", recipe->hidden);
    json_int(json, "batch", recipe->batch);
    json_int(json, "microbatches", recipe->mbs);
    json_int(json, "cores", shape->cores);
    json_open(json, "steps", '[');
    for (int i = 0; i < shape->count; i++) {
        const struct bench_row *row = &shape->rows[i];

        json_open(json, NULL, '{');
        json_text(json, "schedule", row->subject.schedule);
        json_int(json, "ranks", row->subject.ranks);
        json_number(json, "step_ms", median_ms(row->ns, repeat));
        json_number(json, "critical_path", row->subject.critical);
        print_products(shape, row, "sgemm", row->sgemm_ns, json);
        print_products(shape, row, "packed", row->packed_ns, json);
        if (is_predicted(shape, row)) {
            json_number(json, "predicted_ms",
                        median_ms(row->predicted_ns, repeat));
            json_number(json, "predicted_ratio",
                        median_ratio(row->predicted_ns, row->ns, repeat));
        }
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
}

void
bench_shape_show(const struct bench_shape *shape, struct json *json)
{
    if (json)
        shape_print_json(shape, json);
    else
        shape_print_text(shape);
}

double
bench_shape_step_ms(const struct bench_shape *shape, int i)
{
    return median_ms(shape->rows[i].ns, shape->request.repeat);
}
