/* setup.c -- takes a request to a checked plan with its costs, and to a model
 * and its data. */
#include "config.h"

#include "request/setup.h"

#include "request/searching.h"

#include "base/memory.h"
#include "base/plural.h"
#include "plan/forward_only.h"
#include "report/summary.h"
#include "search/schedule.h"
#include "train/rank_memory.h"
#include "trace/trace.h"

#include <stdlib.h>

enum status
setup_room(const struct plan_request *request, struct machine_need need,
           const char *what, const char *remedy, struct cause *cause)
{
    const struct means *means = request->means;

    if (!means->has || means->has(need, what, remedy, cause))
        return STATUS_DONE;
    return request->load || request->options->resume ? STATUS_INVALID
                                                     : STATUS_USAGE;
}

bool
setup_cells_fit(const struct plan_request *request, const struct plan *plan,
                struct cause *cause)
{
    return request->most_cells == 0 ||
           (int64_t)plan->stages * plan->mbs <= request->most_cells ||
           fail(cause,
                "%.60s has %d stage%s and %d microbatch%s, more than %lld "
                "cells; use fewer of either",
                plan->name, plan->stages, plural(plan->stages), plan->mbs,
                plural_es(plan->mbs), (long long)request->most_cells);
}

static enum status
plan_room(const struct plan_request *request, const struct plan *plan,
          size_t bytes, struct cause *cause)
{
    char what[128];

    snprintf(what, sizeof what, "%.60s of %d stage%s and %d microbatch%s",
             plan->name, plan->stages, plural(plan->stages), plan->mbs,
             plural_es(plan->mbs));
    if (!setup_cells_fit(request, plan, cause))
        return STATUS_USAGE;
    return setup_room(request, (struct machine_need){.bytes = bytes}, what,
                      "use fewer stages or microbatches", cause);
}

enum status
setup_trace_room(const struct plan_request *request, const struct plan *plan,
                 int steps, struct cause *cause)
{
    return plan_room(
        request, plan,
        memory_times(plan_actions(plan) * sizeof(struct span), (size_t)steps),
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
agrees(const struct plan_request *request, const struct plan *plan,
       struct cause *cause)
{
    const struct {
        const char *name;
        int asked;
        int has;
    } shape[] = {
        {"stages", request->stages, plan->stages},
        {"ranks", request->ranks, plan->ranks},
        {"microbatches", request->recipe.mbs, plan->mbs},
    };

    for (size_t i = 0; i < sizeof shape / sizeof *shape; i++)
        if (options_given(request->options, shape[i].name) &&
            shape[i].asked != shape[i].has)
            return fail(cause, "--%s is %d, but %s has %d; leave it out",
                        shape[i].name, shape[i].asked, plan->name,
                        shape[i].has);
    return true;
}

enum status
setup_split(int **split, const struct options *options, const struct mlp *mlp,
            int stages, struct cause *cause)
{
    *split = memory_new((size_t)stages, sizeof **split);
    if (options->split
            ? mlp_split_parse(mlp, stages, options->split, *split, cause) ||
                  fail_of(cause, "--split")
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
setup_fits(const struct recipe *recipe, int mbs, struct cause *cause)
{
    if (recipe->batch >= mbs)
        return STATUS_DONE;
    fail(cause,
         "--batch %d cannot be cut into %d microbatches; use --microbatches "
         "%d or fewer, or --batch %d or more",
         recipe->batch, mbs, recipe->batch, mbs);
    return STATUS_USAGE;
}

void
setup_grow(struct plan_request *request, int stages, int mbs)
{
    const struct options *options = request->options;
    struct recipe *recipe = &request->recipe;

    if (!options_given(options, "layers") && recipe->layers < stages)
        recipe->layers = stages;
    if (!options_given(options, "batch") && recipe->batch < mbs)
        recipe->batch = mbs;
}

enum status
setup_memory(struct memory_summary **memory, struct setup *setup,
             const struct plan_request *request, int capacity,
             struct cause *cause)
{
    const struct plan *plan = setup->plan;
    const struct recipe *recipe = &request->recipe;
    struct mlp mlp = recipe_mlp(recipe, NULL);
    enum status status;

    if (setup->model) {
        *memory = setup_model_memory(setup, capacity);
        return STATUS_DONE;
    }
    status = setup_fits(recipe, plan->mbs, cause);
    if (status == STATUS_DONE)
        status = setup_layers(setup, request->options, &mlp, cause);
    if (status == STATUS_DONE)
        *memory = rank_memory(plan, &mlp, setup->split, recipe->batch,
                              recipe->optimizer.kind, setup->cost.recompute);
    return status;
}

int
setup_group(const struct options *options, const struct policy *schedule)
{
    return schedule->groups ? options->group : 0;
}

/* The shape and the placement that a schedule asks for, without a list. */
static struct plan *
empty_plan(const struct plan_request *request, struct cause *cause)
{
    const struct policy *schedule = schedule_find(request->schedule, cause);

    if (!schedule ||
        !policy_suits_group(schedule, request->ranks, request->stages,
                            request->recipe.mbs,
                            setup_group(request->options, schedule), cause))
        return NULL;
    return placement_plan(schedule->placement, schedule->name, request->ranks,
                          request->stages, request->recipe.mbs);
}

bool
setup_keeps_for_weights(const struct setup *setup,
                        const struct options *options)
{
    return !options_given(options, "weight-activations") ||
           setup->search.time.makespan > 0 ||
           plan_has(setup->plan, ACTION_BACKWARD_WEIGHT);
}

static void
remark_plan(const struct setup *setup, const struct plan_request *request)
{
    double peak = setup->program->largest_peak;
    char text[FOOTPRINT_TEXT];
    int most = request->options->max_activations;

    if (request->quiet)
        return;
    if (setup->program->unordered_stage >= 0)
        means_remark(request->means,
                     "%s adds the weight gradients of stage %d in another "
                     "order than its microbatches': weights equal the "
                     "reference within rounding only",
                     setup->plan->name, setup->program->unordered_stage);
    if (setup->plan->copies == 2)
        means_remark(request->means,
                     "%s has two copies of each stage, whose gradients are "
                     "added before STEP: weights equal the reference within "
                     "rounding only",
                     setup->plan->name);
    if (!setup_keeps_for_weights(setup, request->options))
        means_remark(request->means,
                     "no effect: --weight-activations; %s has no W",
                     setup->plan->name);
    if (most > 0 && peak > most)
        means_remark(request->means,
                     "%s keeps %s activations on a rank, more than "
                     "--max-activations %d",
                     setup->plan->name, footprint_text(peak, text), most);
}

/* Where nothing is learnt, only the forwards of a plan are wanted. */
static void
keep_what_is_run(struct setup *setup, const struct plan_request *request)
{
    struct plan *whole = setup->plan;

    if (!request->forward_only)
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

/* The costs to draw a refused plan with: those that were given, for nothing is
 * measured for it. */
static void
take_given_costs(struct setup *setup, const struct plan_request *request)
{
    struct cause ignored;

    if (!options_measure_costs(request->options))
        setup_costs(setup, request, NULL, setup->plan, &ignored);
}

/* A file is checked before anything is measured for it. */
static enum status
setup_loaded(struct setup *setup, const struct plan_request *request,
             const struct dataset *data, struct cause *cause)
{
    enum status status;

    setup->plan = setup_load(request, cause);
    if (!setup->plan)
        return STATUS_INVALID;
    setup->plan->freed_by_input =
        footprint_freed_by_input(request->options->weight_share);
    keep_what_is_run(setup, request);
    cost_init(&setup->cost, setup->plan->stages);
    status = plan_room(request, setup->plan, cells_bytes(setup->plan), cause);
    if (status == STATUS_DONE)
        status = check_setup(setup, cause);
    if (status != STATUS_DONE) {
        if (request->keeps_refused)
            take_given_costs(setup, request);
        return status;
    }
    if (!agrees(request, setup->plan, cause))
        return STATUS_USAGE;
    return setup_costs(setup, request, data, setup->plan, cause);
}

/* Costs first: a schedule may be made for them. */
static enum status
setup_scheduled(struct setup *setup, const struct plan_request *request,
                const struct dataset *data, struct cause *cause)
{
    struct plan *shape = empty_plan(request, cause);
    enum status status;

    if (!shape)
        return STATUS_USAGE;
    cost_init(&setup->cost, shape->stages);
    status = plan_room(request, shape,
                       memory_times(schedule_find(shape->name, cause)->make
                                        ? 1
                                        : SETUP_SEARCH_PLANS,
                                    cells_bytes(shape)),
                       cause);
    if (status == STATUS_DONE)
        status = setup_costs(setup, request, data, shape, cause);
    plan_free(shape);
    if (status != STATUS_DONE)
        return status;
    setup->plan = searching_plan(setup, request, cause);
    if (!setup->plan)
        return STATUS_USAGE;
    keep_what_is_run(setup, request);
    return check_setup(setup, cause);
}

enum status
setup_plan(struct setup *setup, const struct plan_request *request,
           const struct dataset *data, struct cause *cause)
{
    enum status status;

    *setup = (struct setup){.plan = NULL};
    status = (request->load ? setup_loaded : setup_scheduled)(setup, request,
                                                              data, cause);
    if (status != STATUS_DONE) {
        if (!request->keeps_refused || !setup->plan || setup->program)
            setup_fini(setup);
        return status;
    }
    if (setup->cluster && !needs_linked(setup->plan, setup->cluster, cause)) {
        setup_fini(setup);
        return STATUS_INVALID;
    }
    remark_plan(setup, request);
    return STATUS_DONE;
}

void
setup_fini(struct setup *setup)
{
    program_free(setup->program);
    cost_fini(&setup->cost);
    free(setup->split);
    free(setup->footprints);
    if (setup->model == setup->sizes)
        setup->model = NULL;
    model_free(setup->sizes);
    if (!setup->borrows) {
        model_free(setup->model);
        cluster_free(setup->cluster);
    }
    plan_free(setup->plan);
    *setup = (struct setup){.plan = NULL};
}

void
setup_json(struct json *json, const struct setup *setup)
{
    json_text(json, "schedule", setup->plan->name);
    json_int(json, "ranks", setup->plan->ranks);
    json_int(json, "stages", setup->plan->stages);
    json_int(json, "microbatches", setup->plan->mbs);
    if (setup->plan->freed_by_input > 0)
        json_number(json, "weight_activations",
                    1.0 -
                        (double)setup->plan->freed_by_input / ACTIVATION_ONE);
    searching_json(json, setup);
}
