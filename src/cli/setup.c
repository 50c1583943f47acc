#include "config.h"

#include "cli/setup.h"

#include "base/memory.h"
#include "cli/profile.h"
#include "schedule/csv.h"
#include "schedule/policy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int
complain(enum status status, const struct cause *cause)
{
    fprintf(stderr, "pipelab: %s\n", cause->text);
    return (int)status;
}

/* Reads the file of --load; options about the shape must agree with it. */
static struct plan *
load_plan(const struct options *options, struct cause *cause)
{
    FILE *in = fopen(options->load, "r");
    struct plan *plan;
    int ignored;

    if (!in) {
        fail(cause, "--load %s: %s", options->load, strerror(errno));
        return NULL;
    }
    plan = csv_read(in, options->load, &ignored, cause);
    fclose(in);
    if (plan && ignored > 0)
        fprintf(stderr,
                "pipelab: %s: ignored %d UNSHARD, RESHARD or REDUCE_GRAD "
                "cells; nothing is sharded here\n",
                options->load, ignored);
    if (plan && ((options->stages_given && options->stages != plan->stages) ||
                 (options->mbs_given && options->mbs != plan->mbs))) {
        fail(cause,
             "%s has %d stages and %d microbatches, the options say %d and "
             "%d; leave --stages and --microbatches to the file",
             options->load, plan->stages, plan->mbs, options->stages,
             options->mbs);
        plan_free(plan);
        plan = NULL;
    }
    return plan;
}

static enum status
make_plan(struct setup *setup, const struct options *options,
          struct cause *cause)
{
    enum status bad = options->load ? STATUS_INVALID : STATUS_USAGE;

    setup->plan = options->load
                      ? load_plan(options, cause)
                      : policy_plan(options->schedule, options->ranks,
                                    options->stages, options->mbs, cause);
    if (!setup->plan)
        return bad;
    if (!check_plan(&setup->check, setup->plan, cause)) {
        plan_free(setup->plan);
        return STATUS_INVALID;
    }
    setup->lowered = setup->check.lowered;
    if (setup->check.unordered_stage >= 0 && !options->quiet)
        fprintf(stderr,
                "pipelab: %s adds the weight gradients of stage %d in another "
                "order than its microbatches': weights equal the reference "
                "within rounding only\n",
                setup->plan->name, setup->check.unordered_stage);
    return STATUS_DONE;
}

enum status
setup_plan(struct setup *setup, const struct options *options,
           struct cause *cause)
{
    enum status status = make_plan(setup, options, cause);

    if (status != STATUS_DONE)
        return status;
    cost_init(&setup->cost, setup->plan->stages);
    setup->cost.latency = options->latency;
    setup->measured =
        options->cost && strcmp(options->cost, "measured") == 0;
    if ((options->cost && !setup->measured &&
         !cost_parse(&setup->cost, options->cost, cause)) ||
        (options->stage_cost && !setup->measured &&
         !cost_parse_stages(&setup->cost, options->stage_cost, cause))) {
        setup_fini(setup);
        return STATUS_USAGE;
    }
    return STATUS_DONE;
}

void
setup_fini(struct setup *setup)
{
    check_fini(&setup->check);
    cost_fini(&setup->cost);
    plan_free(setup->plan);
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
setup_fits(const struct options *options, int mbs, struct cause *cause)
{
    if (options->batch >= mbs)
        return STATUS_DONE;
    fail(cause,
         "--batch %d cannot be cut into %d microbatches; use --microbatches "
         "%d or fewer",
         options->batch, mbs, options->batch);
    return STATUS_USAGE;
}

enum status
setup_measure(struct setup *setup, const struct options *options,
              const struct mlp *mlp, const int split[], struct cause *cause)
{
    if (!setup->measured)
        return STATUS_DONE;
    profile_measure(&setup->cost, setup->plan, mlp, split,
                    &options->optimizer, options->batch);
    if (options->latency_given)
        setup->cost.latency = options->latency;
    if (options->stage_cost &&
        !cost_parse_stages(&setup->cost, options->stage_cost, cause))
        return STATUS_USAGE;
    return STATUS_DONE;
}

enum status
setup_data(struct dataset *train, struct dataset *test,
           const struct options *options, struct cause *cause)
{
    static const char fashion[] = "/usr/share/datasets/fashion-mnist";
    bool named = strcmp(options->data, "fashion-mnist") == 0;

    *test = (struct dataset){0};
    if (strcmp(options->data, "random") == 0) {
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
    if (test->features != train->features) {
        fail(cause,
             "%s: training images have %d pixels, test images %d; use files "
             "of one set",
             options->data, train->features, test->features);
        dataset_fini(train);
        dataset_fini(test);
        return STATUS_INVALID;
    }
    return STATUS_DONE;
}

void
setup_json(struct json *json, const struct plan *plan)
{
    json_string(json, "schedule", plan->name);
    json_int(json, "ranks", plan->ranks);
    json_int(json, "stages", plan->stages);
    json_int(json, "microbatches", plan->mbs);
}
