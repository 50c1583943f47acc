/* plan_request.c -- takes options to a checked plan with its costs, and to a
 * model and its data. */
#include "config.h"

#include "cli/plan_request.h"

#include "base/machine.h"
#include "base/memory.h"
#include "base/text.h"
#include "train/profile.h"
#include "cli/tick.h"
#include "plan/csv.h"
#include "plan/forward_only.h"
#include "search/schedule.h"
#include "train/training_bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int
complain(enum status status, const struct cause *cause)
{
    fprintf(stderr, "pipelab: %s\n", cause->text);
    return (int)status;
}

enum status
setup_room(const struct options *options, struct machine_need need,
           const char *what, const char *remedy, struct cause *cause)
{
    if (machine_has(need, what, remedy, cause))
        return STATUS_DONE;
    return options->load || options->resume ? STATUS_INVALID : STATUS_USAGE;
}

static enum status
plan_room(const struct options *options, const struct plan *plan, size_t bytes,
          struct cause *cause)
{
    char what[128];

    snprintf(what, sizeof what, "%.60s of %d stages and %d microbatches",
             plan->name, plan->stages, plan->mbs);
    return setup_room(options, (struct machine_need){.bytes = bytes}, what,
                      "use fewer stages or microbatches", cause);
}

enum status
setup_trace_room(const struct options *options, const struct plan *plan,
                 struct cause *cause)
{
    return plan_room(options, plan, plan_actions(plan) * sizeof(struct span),
                     cause);
}

static size_t
cells_bytes(const struct plan *plan)
{
    return memory_times((size_t)plan->stages * (size_t)plan->mbs,
                        SETUP_CELL_BYTES);
}

/* The shape is the file's; options may say the same. */
static bool
agrees(const struct options *options, const struct plan *plan,
       struct cause *cause)
{
    const struct {
        const char *name;
        bool given;
        int asked;
        int has;
    } shape[] = {
        {"stages", options->stages_given, options->stages, plan->stages},
        {"ranks", options->ranks_given, options->ranks, plan->ranks},
        {"microbatches", options->mbs_given, options->mbs, plan->mbs},
    };

    for (size_t i = 0; i < sizeof shape / sizeof *shape; i++)
        if (shape[i].given && shape[i].asked != shape[i].has)
            return fail(cause, "--%s is %d, but %s has %d; leave it out",
                        shape[i].name, shape[i].asked, plan->name,
                        shape[i].has);
    return true;
}

static void
print_notes(const char *name, const struct csv_notes *notes)
{
    if (notes->sharding > 0)
        text_remark("%s: ignored %d UNSHARD, RESHARD or REDUCE_GRAD cells; "
                    "nothing is sharded here",
                    name, notes->sharding);
    if (notes->halves > 0)
        text_remark("%s: took %d B cells for I, the half for the input: they "
                    "have a W beside them, or the file has BW",
                    name, notes->halves);
}

static struct plan *
load_plan(const struct options *options, struct cause *cause)
{
    bool piped = strcmp(options->load, "-") == 0;
    const char *name = piped ? "stdin" : options->load;
    FILE *in = piped ? stdin : fopen(name, "r");
    struct csv_notes notes;
    struct plan *plan;

    if (!in) {
        fail(cause, "cannot read %s: %s", name, strerror(errno));
        return NULL;
    }
    plan = csv_read(in, name, &notes, cause);
    if (!piped)
        fclose(in);
    if (plan)
        print_notes(name, &notes);
    return plan;
}

struct mlp
setup_mlp(const struct options *options, const struct dataset *data)
{
    return (struct mlp){
        .inputs = data ? data->features : options->hidden,
        .hidden = options->hidden,
        .layers = options->layers,
        .classes = data ? data->classes : 2,
    };
}

enum status
setup_split(int **split, const struct options *options, const struct mlp *mlp,
            int stages, struct cause *cause)
{
    *split = memory_new((size_t)stages, sizeof **split);
    if (options->split
            ? mlp_split_parse(mlp, stages, options->split, *split, cause)
            : mlp_split(mlp, stages, *split, cause))
        return STATUS_DONE;
    free(*split);
    *split = NULL;
    return STATUS_USAGE;
}

enum status
setup_layers(struct setup *setup, const struct options *options,
             const struct mlp *mlp, struct cause *cause)
{
    return setup->split ? STATUS_DONE
                        : setup_split(&setup->split, options, mlp,
                                      setup->cost.stages, cause);
}

enum status
setup_fits(const struct options *options, int mbs, struct cause *cause)
{
    if (options->batch >= mbs)
        return STATUS_DONE;
    fail(cause,
         "--batch %d cannot be cut into %d microbatches; use --microbatches "
         "%d or fewer, or --batch %d or more",
         options->batch, mbs, options->batch, mbs);
    return STATUS_USAGE;
}

void
setup_grow(struct options *options, int stages, int mbs)
{
    if (!options->layers_given && options->layers < stages)
        options->layers = stages;
    if (!options->batch_given && options->batch < mbs)
        options->batch = mbs;
}

enum status
setup_memory(struct memory_summary **memory, struct setup *setup,
             const struct options *options, struct cause *cause)
{
    const struct plan *plan = setup->plan;
    struct mlp mlp = setup_mlp(options, NULL);
    enum status status = setup_fits(options, plan->mbs, cause);

    if (status == STATUS_DONE)
        status = setup_layers(setup, options, &mlp, cause);
    if (status == STATUS_DONE)
        *memory = rank_memory(plan, &mlp, setup->split, options->batch,
                              options->optimizer.kind);
    return status;
}

enum status
setup_batch(const struct options *options, const struct dataset *data,
            struct cause *cause)
{
    if (options->batch <= data->count)
        return STATUS_DONE;
    fail(cause, "--batch %d is more than the %d examples of %s; use fewer",
         options->batch, data->count, options->data);
    return STATUS_USAGE;
}

/* --cost measured: times the stages of the model. */
static enum status
measure_costs(struct setup *setup, const struct options *options,
              const struct mlp *mlp, const struct plan *shape,
              struct cause *cause)
{
    static const int one_each[SLOT_KINDS] = {1, 1, 1, 1};
    enum status status = setup_fits(options, shape->mbs, cause);
    struct machine_need need;

    if (status == STATUS_DONE)
        status = setup_layers(setup, options, mlp, cause);
    if (status != STATUS_DONE)
        return status;
    /* As many stages at once as there are cores: at most the whole model. */
    need = (struct machine_need){
        .bytes = memory_plus(
            dataset_random_bytes(options->batch, mlp->inputs),
            training_stage_bytes(
                mlp, 0, mlp->layers,
                batch_share(options->batch, shape->mbs, 0).rows,
                &options->optimizer, one_each))};
    status = setup_room(options, need, "measuring the costs of the stages",
                        "lower --hidden, --layers or --batch", cause);
    if (status == STATUS_DONE)
        profile_measure(&setup->cost, shape, mlp, setup->split,
                        &options->optimizer, options->batch);
    return status;
}

/* The durations of a list, on every stage. */
static enum status
read_costs(struct setup *setup, const struct options *options,
           const struct mlp *mlp, struct cause *cause)
{
    struct cost *cost = &setup->cost;

    if (options->cost && !cost_parse(cost, options->cost, cause))
        return STATUS_USAGE;
    setup->forward = cost->ticks[0][ACTION_FORWARD];
    return options->tick_layers || tick_counts_layers(options, cost->stages)
               ? tick_count_layers(setup, options, mlp, cause)
               : STATUS_DONE;
}

/* The costs of the stages of a plan, which may still be empty. */
static enum status
take_costs(struct setup *setup, const struct options *options,
           const struct dataset *data, const struct plan *shape,
           struct cause *cause)
{
    struct cost *cost = &setup->cost;
    struct options model = *options;
    struct mlp mlp;
    enum status status;

    if (!data)
        setup_grow(&model, shape->stages, shape->mbs);
    mlp = setup_mlp(&model, data);
    setup->measured =
        options->cost && strcmp(options->cost, "measured") == 0;
    if (setup->measured && options->known_cost) {
        memcpy(cost->ticks, options->known_cost->ticks,
               (size_t)cost->stages * sizeof *cost->ticks);
        cost->latency = options->known_cost->latency;
        return STATUS_DONE;
    }
    status = setup->measured
                 ? measure_costs(setup, &model, &mlp, shape, cause)
                 : read_costs(setup, &model, &mlp, cause);
    if (status != STATUS_DONE)
        return status;
    if (options->stage_cost &&
        !cost_parse_stages(cost, options->stage_cost, cause))
        return STATUS_USAGE;
    if (options->latency_given)
        cost->latency = options->latency;
    return STATUS_DONE;
}

/* The shape and the placement that a schedule asks for, without a list. */
static struct plan *
empty_plan(const struct options *options, struct cause *cause)
{
    const struct policy *schedule = schedule_find(options->schedule, cause);

    if (!schedule || !policy_suits(schedule, options->ranks, options->stages,
                                   options->mbs, cause))
        return NULL;
    return placement_plan(schedule->placement, schedule->name, options->ranks,
                          options->stages, options->mbs);
}

/* What a search found, and what it is worth. */
static void
print_search(const struct setup *setup, const char *name)
{
    const struct search_result *result = &setup->search;
    int64_t less = result->beaten_makespan - result->makespan;

    fprintf(stderr, "pipelab: %s: makespan %lld, ", name,
            (long long)result->makespan);
    if (!result->beaten)
        fprintf(stderr, "where no other schedule fits");
    else if (less == 0)
        fprintf(stderr, "as %s, the best other that fits", result->beaten);
    else
        fprintf(stderr, "%lld ticks (%.1f%%) less than %s, the best other "
                        "that fits",
                (long long)less,
                100.0 * (double)less / (double)result->beaten_makespan,
                result->beaten);
    fprintf(stderr, "; lower bound %lld\n", (long long)result->bound);
}

static struct plan *
plan_by_name(struct setup *setup, const struct options *options,
              struct cause *cause)
{
    struct search_task task = {
        .ranks = options->ranks,
        .stages = options->stages,
        .mbs = options->mbs,
        .cost = &setup->cost,
        .max_activations = options->max_activations,
    };
    struct plan *plan =
        schedule_plan_for(options->schedule, &task, &setup->search, cause);

    if (plan && setup->search.makespan > 0 && !options->quiet)
        print_search(setup, options->schedule);
    return plan;
}

static void
print_remarks(const struct setup *setup, const struct options *options)
{
    int peak = setup->program->largest_peak;

    if (options->quiet)
        return;
    if (setup->program->unordered_stage >= 0)
        text_remark("%s adds the weight gradients of stage %d in another "
                    "order than its microbatches': weights equal the "
                    "reference within rounding only",
                    setup->plan->name, setup->program->unordered_stage);
    if (options->max_activations > 0 && peak > options->max_activations)
        text_remark("%s keeps %d activations on a rank, more than "
                    "--max-activations %d",
                    setup->plan->name, peak, options->max_activations);
}

/* Where nothing is learnt, only the forwards of a plan are wanted. */
static void
keep_what_is_run(struct setup *setup, const struct options *options)
{
    struct plan *whole = setup->plan;

    if (!options->forward_only)
        return;
    setup->plan = forward_only(whole);
    plan_free(whole);
}

/* Checks and lowers the plan. */
static enum status
check_setup(struct setup *setup, struct cause *cause)
{
    setup->program = program_make(setup->plan, cause);
    return setup->program ? STATUS_DONE : STATUS_INVALID;
}

/* A file is checked before anything is measured for it. */
static enum status
setup_loaded(struct setup *setup, const struct options *options,
             const struct dataset *data, struct cause *cause)
{
    enum status status;

    setup->plan = load_plan(options, cause);
    if (!setup->plan)
        return STATUS_INVALID;
    keep_what_is_run(setup, options);
    cost_init(&setup->cost, setup->plan->stages);
    status = plan_room(options, setup->plan, cells_bytes(setup->plan), cause);
    if (status == STATUS_DONE)
        status = check_setup(setup, cause);
    if (status != STATUS_DONE)
        return status;
    if (!agrees(options, setup->plan, cause))
        return STATUS_USAGE;
    return take_costs(setup, options, data, setup->plan, cause);
}

/* Costs first: a schedule may be made for them. */
static enum status
setup_scheduled(struct setup *setup, const struct options *options,
                const struct dataset *data, struct cause *cause)
{
    struct plan *shape = empty_plan(options, cause);
    enum status status;

    if (!shape)
        return STATUS_USAGE;
    cost_init(&setup->cost, shape->stages);
    status = plan_room(options, shape,
                       memory_times(schedule_find(shape->name, cause)->make
                                        ? 1
                                        : SETUP_SEARCH_PLANS,
                                    cells_bytes(shape)),
                       cause);
    if (status == STATUS_DONE)
        status = take_costs(setup, options, data, shape, cause);
    plan_free(shape);
    if (status != STATUS_DONE)
        return status;
    setup->plan = plan_by_name(setup, options, cause);
    if (!setup->plan)
        return STATUS_USAGE;
    keep_what_is_run(setup, options);
    return check_setup(setup, cause);
}

enum status
setup_plan(struct setup *setup, const struct options *options,
           const struct dataset *data, struct cause *cause)
{
    enum status status;

    *setup = (struct setup){.plan = NULL};
    status = (options->load ? setup_loaded : setup_scheduled)(setup, options,
                                                              data, cause);
    if (status != STATUS_DONE) {
        setup_fini(setup);
        return status;
    }
    print_remarks(setup, options);
    return STATUS_DONE;
}

void
setup_fini(struct setup *setup)
{
    program_free(setup->program);
    cost_fini(&setup->cost);
    free(setup->split);
    plan_free(setup->plan);
    *setup = (struct setup){.plan = NULL};
}

enum status
setup_data(struct dataset *train, struct dataset *test,
           const struct options *options, struct cause *cause)
{
    static const char fashion[] = "/usr/share/datasets/fashion-mnist";
    bool named = strcmp(options->data, "fashion-mnist") == 0;

    *test = (struct dataset){0};
    if (strcmp(options->data, "random") == 0) {
        enum status status = setup_room(
            options,
            (struct machine_need){.bytes = dataset_random_bytes(
                                      options->batch, options->hidden)},
            "the random batch", "lower --batch or --hidden", cause);

        if (status != STATUS_DONE)
            return status;
        /* The course's one fixed batch: as wide as the layers, two classes. */
        dataset_random(train, options->batch, options->hidden, 2,
                       options->seed);
        return STATUS_DONE;
    }
    if (strcmp(options->data, "digits") == 0) {
        dataset_digits(train, false, DIGITS_TRAIN, options->seed);
        dataset_digits(test, true, DIGITS_TEST, options->seed);
        return STATUS_DONE;
    }
    if (!dataset_idx_dir(train, named ? fashion : options->data, false,
                         cause)) {
        if (named && train->count == 0)
            strncat(cause->text, " (package dataset-fashion-mnist)",
                    sizeof cause->text - strlen(cause->text) - 1);
        return STATUS_INVALID;
    }
    if (!dataset_idx_dir(test, named ? fashion : options->data, true, cause)) {
        dataset_fini(train);
        return STATUS_INVALID;
    }
    if (test->count > 0 && test->features != train->features) {
        fail(cause,
             "%s: training images have %d pixels, test images %d; use files "
             "of one set",
             options->data, train->features, test->features);
        dataset_fini(train);
        dataset_fini(test);
        return STATUS_INVALID;
    }
    if (train->classes < test->classes)
        train->classes = test->classes;
    test->classes = train->classes;
    return STATUS_DONE;
}

void
setup_json(struct json *json, const struct setup *setup)
{
    const struct search_result *search = &setup->search;

    json_text(json, "schedule", setup->plan->name);
    json_int(json, "ranks", setup->plan->ranks);
    json_int(json, "stages", setup->plan->stages);
    json_int(json, "microbatches", setup->plan->mbs);
    if (search->makespan == 0)
        return;
    json_int(json, "lower_bound", search->bound);
    if (search->beaten) {
        json_text(json, "best_other", search->beaten);
        json_int(json, "best_other_makespan", search->beaten_makespan);
    }
}
