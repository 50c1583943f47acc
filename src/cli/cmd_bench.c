/* cmd_bench.c -- measures what this machine gives: the matrix products of a
 * step alone, the monolith, each schedule, and the links.
 *
 * One repetition takes every subject through the same number of steps, one
 * after the other, so that what disturbs the machine disturbs all of them;
 * each ratio is formed within a repetition. */
#include "config.h"

#include "base/clock.h"
#include "base/machine.h"
#include "base/memory.h"
#include "cli/bench_floor.h"
#include "cli/bench_links.h"
#include "cli/bench_scale.h"
#include "cli/commands.h"
#include "cli/profile.h"
#include "cli/setup.h"
#include "cli/trainer.h"
#include "runtime/cores.h"
#include "runtime/crew.h"
#include "schedule/lower.h"
#include "schedule/policy.h"
#include "sim/sim.h"
#include "tensor/gemm.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
    MEASURE_NS = 200 * 1000 * 1000, /* the least that one measurement takes */
    MOST_STEPS = 200
};

static const char remedy[] = "lower --hidden, --layers or --batch";

/* A schedule on a number of ranks; without a plan, the monolith. */
struct subject {
    const char *schedule;
    int ranks;
    struct plan *lowered;
    struct cost cost;
    int *split;
    struct trainer *trainer;
    double critical;  /* longest path through a step, as a share of its
                       * work */
    int64_t *predicted_ns; /* repeat: a step by measured costs; NULL if ranks
                            * share cores */
    int64_t *ns;     /* repeat: a step */
};

struct shape {
    const struct options *options;
    struct mlp mlp;
    int batch;
    int mbs;
    int steps; /* in one measurement */
    int cores;
    int core[CORES_MAX];        /* their numbers */
    struct dataset data;
    struct bench_floor *floors; /* cores: each its own tensors */
    int64_t *core_ns;           /* cores: what a step took on each, last */
    int64_t *alone_ns;          /* repeat: a step, the other cores idle */
    int64_t *floor_ns;          /* repeat: a step, all cores at it */
    struct subject *subjects;
    int count;
};

/* Costs in proportion to the products of each stage, whatever the unit: what
 * the longest path through a plan is as a share of all its work. */
static void
cost_by_products(struct cost *cost, const struct mlp *mlp, const int split[])
{
    const double unit = 1e6 / ((double)mlp->inputs + mlp->hidden) /
                        ((double)mlp->hidden + mlp->classes);
    int first = 0;

    for (int s = 0; s < cost->stages; s++) {
        int last = first + split[s] - 1;
        double products = 0.0;
        double unwanted = 0.0; /* the gradient of the data */

        last += last == mlp->layers - 1;
        for (int i = first; i <= last; i++)
            products += (double)mlp_layer_inputs(mlp, i) *
                        mlp_layer_outputs(mlp, i);
        if (first == 0)
            unwanted = (double)mlp->inputs * mlp->hidden;
        cost->ticks[s][ACTION_FORWARD] = (int64_t)(products * unit);
        cost->ticks[s][ACTION_FULL_BACKWARD] =
            (int64_t)((2.0 * products - unwanted) * unit);
        cost->ticks[s][ACTION_BACKWARD_INPUT] =
            (int64_t)((products - unwanted) * unit);
        cost->ticks[s][ACTION_BACKWARD_WEIGHT] = (int64_t)(products * unit);
        first += split[s];
    }
}

static struct trainer_options
trainer_options_of(const struct shape *shape, const struct subject *subject,
                   int capacity)
{
    return (struct trainer_options){
        .mlp = shape->mlp,
        .optimizer = shape->options->optimizer,
        .seed = shape->options->seed,
        .batch = shape->batch,
        .mbs = shape->mbs,
        .steps = (shape->options->repeat + 1) * shape->steps,
        .data = &shape->data,
        .split = subject->split,
        .plan = subject->lowered,
        .cost = &subject->cost,
        .capacity = capacity,
        .bind = true,
    };
}

/* NULL with the cause if there is not the memory for it. */
static struct trainer *
new_trainer(const struct shape *shape, const struct subject *subject,
            int capacity, struct cause *cause)
{
    struct trainer_options options =
        trainer_options_of(shape, subject, capacity);
    char what[96];

    snprintf(what, sizeof what, "%s on %d ranks", subject->schedule,
             subject->ranks);
    if (!machine_has(trainer_bytes(&options), what, remedy, cause))
        return NULL;
    return trainer_new(&options);
}

/* The step that the stages' costs, measured now, add up to. It means something
 * only where each rank has a core. */
static int64_t
predict(const struct shape *shape, const struct subject *subject)
{
    struct cost cost;
    struct sim sim;
    int64_t ns;

    cost_init(&cost, subject->lowered->stages);
    profile_measure(&cost, subject->lowered, &shape->mlp, subject->split,
                    &shape->options->optimizer, shape->batch);
    sim_run(&sim, subject->lowered, &cost, CAPACITY_AUTO, NULL);
    ns = sim.metrics.makespan;
    sim_fini(&sim);
    cost_fini(&cost);
    return ns;
}

static int
stages_on(const char *schedule, int ranks)
{
    struct cause cause;

    return policy_find(schedule, &cause)->placement == PLACEMENT_V ? 2 * ranks
                                                                    : ranks;
}

/* False if the schedule or the model does not suit so many ranks. The trainer
 * points into the subject, which stays where it is made. */
static bool
make_subject(struct shape *shape, const char *schedule, int ranks,
             struct cause *cause)
{
    struct subject *subject = &shape->subjects[shape->count];
    size_t repeat = (size_t)shape->options->repeat;
    int stages = stages_on(schedule, ranks);
    struct plan *plan;
    struct sim sim;
    int64_t busy = 0;

    if (stages > shape->mlp.layers)
        return fail(cause,
                    "%s on %d ranks has %d stages, and each needs a layer; "
                    "use --layers %d or more",
                    schedule, ranks, stages, stages);
    plan = policy_plan(schedule, ranks, stages, shape->mbs, cause);
    if (!plan)
        return false;
    *subject = (struct subject){.schedule = schedule, .ranks = ranks};
    subject->split = memory_new((size_t)stages, sizeof *subject->split);
    if (!mlp_split(&shape->mlp, stages, subject->split, cause)) {
        free(subject->split);
        plan_free(plan);
        return false;
    }
    shape->count++;
    subject->lowered = lower(plan);
    plan_free(plan);
    cost_init(&subject->cost, stages);
    cost_by_products(&subject->cost, &shape->mlp, subject->split);
    sim_run(&sim, subject->lowered, &subject->cost, CAPACITY_AUTO, NULL);
    for (int r = 0; r < ranks; r++)
        busy += sim.metrics.rank[r].busy;
    subject->critical = (double)sim.metrics.makespan / (double)busy;
    subject->trainer = new_trainer(shape, subject, sim.capacity, cause);
    sim_fini(&sim);
    subject->ns = memory_new(repeat, sizeof *subject->ns);
    if (ranks <= shape->cores)
        subject->predicted_ns =
            memory_new(repeat, sizeof *subject->predicted_ns);
    return subject->trainer != NULL;
}

static bool
make_monolith(struct shape *shape, struct cause *cause)
{
    struct subject *monolith = &shape->subjects[shape->count++];

    *monolith = (struct subject){
        .schedule = "none",
        .ranks = 1,
        .critical = 1.0,
        .ns = memory_new((size_t)shape->options->repeat,
                         sizeof *monolith->ns),
    };
    monolith->trainer = new_trainer(shape, monolith, 0, cause);
    return monolith->trainer != NULL;
}

static void
time_core(void *context, int i)
{
    struct shape *shape = context;
    int64_t start = clock_wall_ns();

    for (int s = 0; s < shape->steps; s++)
        bench_floor_step(&shape->floors[i]);
    shape->core_ns[i] = (clock_wall_ns() - start) / shape->steps;
}

/* The mean over so many cores, each at the products of a whole step. */
static int64_t
time_floor(struct shape *shape, int cores)
{
    int64_t sum = 0;

    crew_run(cores, shape->core, time_core, shape);
    for (int i = 0; i < cores; i++)
        sum += shape->core_ns[i];
    return sum / cores;
}

static void
choose_steps(struct shape *shape)
{
    int64_t ns;

    shape->steps = 1;
    time_floor(shape, shape->cores);
    ns = time_floor(shape, shape->cores);
    shape->steps = (int)(MEASURE_NS / (ns + 1)) + 1;
    if (shape->steps > MOST_STEPS)
        shape->steps = MOST_STEPS;
}

/* What is measured beside the monolith. */
struct field {
    const int *ranks; /* counts of them */
    int rank_counts;
    const char *const *schedules;
    int schedule_count;
};

static struct field
field_of(const struct options *options)
{
    static const int usual_ranks[] = {2, 4, 8};
    static const char *const usual[] = {"naive", "gpipe", "1f1b", "zb1p"};

    return (struct field){
        .ranks = options->ranks ? &options->ranks : usual_ranks,
        .rank_counts = options->ranks ? 1 : 3,
        .schedules = options->schedule_given ? &options->schedule : usual,
        .schedule_count = options->schedule_given ? 1 : 4,
    };
}

/* Those that were asked for, or all that the model has layers for. */
static bool
is_measured(const struct shape *shape, const struct field *field, int c, int i)
{
    return shape->options->ranks ||
           stages_on(field->schedules[i], field->ranks[c]) <=
               shape->mlp.layers;
}

static int
subjects_of(const struct shape *shape)
{
    struct field field = field_of(shape->options);
    int count = 1;

    for (int c = 0; c < field.rank_counts; c++)
        for (int i = 0; i < field.schedule_count; i++)
            count += is_measured(shape, &field, c, i);
    return count;
}

static bool
make_subjects(struct shape *shape, struct cause *cause)
{
    struct field field = field_of(shape->options);

    shape->subjects = memory_new((size_t)subjects_of(shape),
                                 sizeof *shape->subjects);
    if (!make_monolith(shape, cause))
        return false;
    for (int c = 0; c < field.rank_counts; c++)
        for (int i = 0; i < field.schedule_count; i++)
            if (is_measured(shape, &field, c, i) &&
                !make_subject(shape, field.schedules[i], field.ranks[c],
                              cause))
                return false;
    return true;
}

/* Data, floors, and for each subject a model of one microbatch at least. */
static bool
shape_room(const struct shape *shape, struct cause *cause)
{
    const struct mlp *mlp = &shape->mlp;
    size_t floors =
        memory_times((size_t)shape->cores,
                     bench_floor_bytes(mlp, shape->batch, shape->mbs));
    size_t models = memory_times(
        (size_t)subjects_of(shape),
        slice_bytes(mlp, 0, mlp->layers,
                    batch_share(shape->batch, shape->mbs, 0).rows, 1, 0,
                    &shape->options->optimizer));

    return machine_has(
        memory_plus(dataset_random_bytes(shape->batch, mlp->inputs),
                    memory_plus(floors, models)),
        "the bench", remedy, cause);
}

/* Whatever it returns, shape_fini() releases all that is there. */
static bool
shape_init(struct shape *shape, const struct options *options,
           struct cause *cause)
{
    size_t repeat = (size_t)options->repeat;

    *shape = (struct shape){
        .options = options,
        .mlp = {.inputs = options->hidden,
                .hidden = options->hidden,
                .layers = options->layers,
                .classes = 2},
        .batch = options->batch,
        .mbs = options->mbs,
        .alone_ns = memory_new(repeat, sizeof *shape->alone_ns),
        .floor_ns = memory_new(repeat, sizeof *shape->floor_ns),
    };
    shape->cores = cores_allowed(shape->core);
    if (!shape_room(shape, cause))
        return false;
    shape->floors =
        memory_new((size_t)shape->cores, sizeof *shape->floors);
    shape->core_ns =
        memory_new((size_t)shape->cores, sizeof *shape->core_ns);
    dataset_random(&shape->data, options->batch, options->hidden, 2,
                   options->seed);
    for (int i = 0; i < shape->cores; i++)
        bench_floor_init(&shape->floors[i], &shape->mlp, options->batch,
                         options->mbs);
    choose_steps(shape);
    return make_subjects(shape, cause);
}

static void
shape_fini(struct shape *shape)
{
    for (int i = 0; i < shape->count; i++) {
        struct subject *subject = &shape->subjects[i];

        trainer_free(subject->trainer);
        if (subject->lowered)
            cost_fini(&subject->cost);
        plan_free(subject->lowered);
        free(subject->split);
        free(subject->ns);
        free(subject->predicted_ns);
    }
    free(shape->subjects);
    free(shape->alone_ns);
    free(shape->floor_ns);
    free(shape->core_ns);
    for (int i = 0; shape->floors && i < shape->cores; i++)
        bench_floor_fini(&shape->floors[i]);
    free(shape->floors);
    dataset_fini(&shape->data);
}

static int64_t
time_subject(struct shape *shape, struct subject *subject)
{
    int64_t before = subject->trainer->wall_ns;

    trainer_steps(subject->trainer, shape->steps);
    return (subject->trainer->wall_ns - before) / shape->steps;
}

static void
measure(struct shape *shape)
{
    for (int i = 0; i < shape->count; i++)
        time_subject(shape, &shape->subjects[i]);
    for (int n = 0; n < shape->options->repeat; n++) {
        shape->alone_ns[n] = time_floor(shape, 1);
        shape->floor_ns[n] = time_floor(shape, shape->cores);
        for (int i = 0; i < shape->count; i++) {
            struct subject *subject = &shape->subjects[i];

            if (subject->predicted_ns)
                subject->predicted_ns[n] = predict(shape, subject);
            subject->ns[n] = time_subject(shape, subject);
        }
    }
}

/* What a subject's products take: on one core alone, or on cores that are all
 * at it and slow each other down. */
static const int64_t *
floor_of(const struct shape *shape, const struct subject *subject)
{
    return subject->lowered ? shape->floor_ns : shape->alone_ns;
}

/* Nobody finishes a step sooner than the products do when they are spread
 * over all cores, or than the longest path through the plan. */
static double
bound_share(const struct shape *shape, const struct subject *subject)
{
    double spread =
        1.0 / (subject->ranks < shape->cores ? subject->ranks : shape->cores);

    return subject->critical > spread ? subject->critical : spread;
}

static int
compare_reals(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The median over repetitions of part / whole. */
static double
median_ratio(const int64_t part[], const int64_t whole[], int repeat)
{
    double *ratios = memory_new((size_t)repeat, sizeof *ratios);
    double median;

    for (int n = 0; n < repeat; n++)
        ratios[n] = (double)part[n] / (double)whole[n];
    qsort(ratios, (size_t)repeat, sizeof *ratios, compare_reals);
    median = ratios[repeat / 2];
    free(ratios);
    return median;
}

static double
efficiency(const struct shape *shape, const struct subject *subject)
{
    return median_ratio(floor_of(shape, subject), subject->ns,
                        shape->options->repeat) *
           bound_share(shape, subject);
}

/* Leaves ns as it is: ratios pair it with others'. */
static double
median_ms(const int64_t ns[], int count)
{
    int64_t *sorted = memory_new((size_t)count, sizeof *sorted);
    int64_t median;

    memcpy(sorted, ns, (size_t)count * sizeof *sorted);
    median = bench_quantile(sorted, count, 0.5);
    free(sorted);
    return (double)median / 1e6;
}

static void
print_shape(const struct shape *shape)
{
    int repeat = shape->options->repeat;

    printf("\n%d layers of %d, batch %d in %d microbatches; %d cores, medians "
           "of %d x %d steps\n",
           shape->mlp.layers, shape->mlp.hidden, shape->batch, shape->mbs,
           shape->cores, repeat, shape->steps);
    printf("%-28s %10s %10s %12s %10s %9s\n", "", "ms a step", "bound",
           "efficiency", "predicted", "of it");
    printf("%-28s %10.3f\n", "the products, on one core",
           median_ms(shape->alone_ns, repeat));
    printf("%-28s %10.3f\n", "the same on every core",
           median_ms(shape->floor_ns, repeat));
    for (int i = 0; i < shape->count; i++) {
        const struct subject *subject = &shape->subjects[i];
        char name[64] = "monolith";

        if (subject->lowered)
            snprintf(name, sizeof name, "%s, %d ranks", subject->schedule,
                     subject->ranks);
        printf("%-28s %10.3f %10.3f %12.2f", name,
               median_ms(subject->ns, repeat),
               median_ms(floor_of(shape, subject), repeat) *
                   bound_share(shape, subject),
               efficiency(shape, subject));
        if (subject->predicted_ns)
            printf(" %10.3f %9.2f", median_ms(subject->predicted_ns, repeat),
                   median_ratio(subject->predicted_ns, subject->ns, repeat));
        putchar('\n');
    }
}

static void
json_shape(struct json *json, const struct shape *shape)
{
    int repeat = shape->options->repeat;

    json_open(json, NULL, '{');
    json_int(json, "layers", shape->mlp.layers);
    json_int(json, "hidden", shape->mlp.hidden);
    json_int(json, "batch", shape->batch);
    json_int(json, "microbatches", shape->mbs);
    json_int(json, "cores", shape->cores);
    json_number(json, "alone_ms", median_ms(shape->alone_ns, repeat));
    json_number(json, "floor_ms", median_ms(shape->floor_ns, repeat));
    json_open(json, "steps", '[');
    for (int i = 0; i < shape->count; i++) {
        const struct subject *subject = &shape->subjects[i];

        json_open(json, NULL, '{');
        json_text(json, "schedule", subject->schedule);
        json_int(json, "ranks", subject->ranks);
        json_number(json, "step_ms", median_ms(subject->ns, repeat));
        json_number(json, "critical_path", subject->critical);
        json_number(json, "bound_ms",
                    median_ms(floor_of(shape, subject), repeat) *
                        bound_share(shape, subject));
        json_number(json, "efficiency", efficiency(shape, subject));
        if (subject->predicted_ns) {
            json_number(json, "predicted_ms",
                        median_ms(subject->predicted_ns, repeat));
            json_number(json, "predicted_ratio",
                        median_ratio(subject->predicted_ns, subject->ns,
                                     repeat));
        }
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
}

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

static void
bench_links(const struct options *options, struct json *json)
{
    int repeat = options->repeat;

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

/* What the rank loop itself takes: of the time that the ranks were in it, what
 * none of their spans' parts accounts for; microseconds an action. */
static double
loop_us(const struct subject *subject)
{
    const struct run *run = subject->trainer->run;
    double ns = 0.0;
    double actions = (double)plan_actions(subject->lowered) *
                     subject->trainer->step;

    for (int r = 0; r < subject->lowered->ranks; r++) {
        ns += (double)run->ranks[r].loop_ns;
        for (int p = 0; p < SPAN_PARTS; p++)
            ns -= (double)run->ranks[r].parts[p];
    }
    return ns * 1e-3 / actions;
}

/* One line of the growth table: 1F1B on so many ranks beside the monolith. */
static enum status
bench_point(const struct options *options, struct json *json)
{
    struct shape shape;
    struct cause cause;
    bool suits = shape_init(&shape, options, &cause);

    if (suits) {
        const struct subject *subject = &shape.subjects[1];
        double monolith;
        double step;

        measure(&shape);
        monolith = median_ms(shape.subjects[0].ns, options->repeat);
        step = median_ms(subject->ns, options->repeat);
        if (json) {
            json_open(json, NULL, '{');
            json_int(json, "ranks", options->ranks);
            json_int(json, "microbatches", options->mbs);
            json_int(json, "hidden", options->hidden);
            json_int(json, "layers", options->layers);
            json_int(json, "batch", options->batch);
            json_number(json, "monolith_ms", monolith);
            json_number(json, "step_ms", step);
            json_number(json, "loop_us_per_action", loop_us(subject));
            json_close(json, '}');
        } else {
            printf("%6d %13d %8d %7d %7d %14.3f %12.3f %15.2f\n",
                   options->ranks, options->mbs, options->hidden,
                   options->layers, options->batch, monolith, step,
                   loop_us(subject));
        }
    }
    shape_fini(&shape);
    return suits ? STATUS_DONE : (enum status)complain(STATUS_USAGE, &cause);
}

/* How cost grows: ranks, microbatches and width, one at a time, doubling. */
static enum status
bench_growth(const struct options *options, struct json *json)
{
    static const struct {
        int most;
        size_t field;
    } sweeps[] = {{64, offsetof(struct options, ranks)},
                  {512, offsetof(struct options, mbs)},
                  {2048, offsetof(struct options, hidden)}};
    static const int least[] = {1, 1, 32};
    enum status status = STATUS_DONE;

    if (json)
        json_open(json, "growth", '[');
    else
        printf("%6s %13s %8s %7s %7s %14s %12s %15s\n", "ranks",
               "microbatches", "width", "layers", "batch", "monolith, ms",
               "1f1b, ms", "us an action");
    for (int i = 0; i < 3; i++)
        for (int value = least[i];
             value <= sweeps[i].most && status == STATUS_DONE; value *= 2) {
            struct options one = *options;

            /* Around one shape that all of the sweeps can hold. */
            one.ranks = 2;
            one.mbs = 8;
            one.hidden = 64;
            one.layers = i == 0 ? 64 : 8;
            one.batch = i == 1 ? 512 : 64;
            one.schedule = "1f1b";
            one.schedule_given = true;
            one.repeat = 3;
            *(int *)((char *)&one + sweeps[i].field) = value;
            status = bench_point(&one, json);
        }
    if (json)
        json_close(json, ']');
    return status;
}

static void
bench_plans(struct json *json)
{
    struct bench_scale sizes[] = {{.ranks = 64, .mbs = 512},
                                  {.ranks = 256, .mbs = 2048},
                                  {.ranks = 1024, .mbs = 8192}};

    if (json)
        json_open(json, "plans", '[');
    else
        printf("\n%-28s %10s %10s %10s %10s   (million actions a second)\n",
               "1f1b in virtual time", "actions", "plan", "check",
               "simulate");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct bench_scale *size = &sizes[i];
        char name[64];

        bench_scale_run(size);
        snprintf(name, sizeof name, "%d ranks, %d microbatches", size->ranks,
                 size->mbs);
        if (!json) {
            double thousands = (double)size->actions * 1e3;

            printf("%-28s %10lld %10.1f %10.1f %10.1f\n", name,
                   (long long)size->actions,
                   thousands / (double)size->plan_ns,
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

static enum status
bench_shape(const struct options *options, struct json *json)
{
    struct shape shape;
    struct cause cause;
    bool suits = shape_init(&shape, options, &cause);

    if (suits) {
        measure(&shape);
        if (json)
            json_shape(json, &shape);
        else
            print_shape(&shape);
    }
    shape_fini(&shape);
    return suits ? STATUS_DONE : (enum status)complain(STATUS_USAGE, &cause);
}

static bool
is_shape_given(const struct options *options)
{
    return options->layers_given || options->hidden_given ||
           options->batch_given;
}

static enum status
bench_machine(const struct options *options, struct json *json)
{
    /* Beside the course's shape, two whose products fill the cores. */
    static const struct {
        int layers;
        int hidden;
    } wide[] = {{16, 512}, {8, 1024}};
    enum status status;

    if (json)
        json_open(json, "shapes", '[');
    status = bench_shape(options, json);
    for (int i = 0;
         i < 2 && status == STATUS_DONE && !is_shape_given(options); i++) {
        struct options one = *options;

        one.layers = wide[i].layers;
        one.hidden = wide[i].hidden;
        one.batch = 256;
        status = bench_shape(&one, json);
    }
    if (json)
        json_close(json, ']');
    if (status == STATUS_DONE)
        bench_links(options, json);
    /* Fifty million actions: not beside a shape that was asked for. */
    if (status == STATUS_DONE && !is_shape_given(options))
        bench_plans(json);
    return status;
}

int
cmd_bench(const struct options *options)
{
    struct json writer = {.out = stdout};
    struct json *json = options->format == FORMAT_JSON ? &writer : NULL;
    struct cause cause;
    enum status status;

    if (options->schedule_given && !policy_find(options->schedule, &cause))
        return complain(STATUS_USAGE, &cause);
    if (options->batch < options->mbs) {
        fail(&cause,
             "--batch %d cannot be cut into %d microbatches; use "
             "--microbatches %d or fewer",
             options->batch, options->mbs, options->batch);
        return complain(STATUS_USAGE, &cause);
    }
    gemm_one_thread();
    if (json)
        json_open(json, NULL, '{');
    if (options->scale)
        status = bench_growth(options, json);
    else
        status = bench_machine(options, json);
    if (json) {
        json_close(json, '}');
        putchar('\n');
    }
    return (int)status;
}
