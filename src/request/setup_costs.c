/* setup_costs.c -- reads the costs of a plan's stages, or has them measured. */
#include "config.h"

#include "request/setup.h"

#include "request/tick.h"

#include <string.h>

static enum status
measure_costs(struct setup *setup, const struct plan_request *request,
              const struct mlp *mlp, const struct plan *shape,
              struct cause *cause)
{
    if (request->means->measure)
        return request->means->measure(setup, request, mlp, shape, cause);
    fail(cause, "--cost measured: nothing is measured here; give the times, "
                "as in F=1,B=2");
    return STATUS_USAGE;
}

/* The durations of a list, on every stage. */
static enum status
read_costs(struct setup *setup, const struct plan_request *request,
           const struct mlp *mlp, struct cause *cause)
{
    const char *list = request->options->cost;
    struct cost *cost = &setup->cost;

    if (list && !cost_parse(cost, list, cause)) {
        fail_of(cause, "--cost");
        return STATUS_USAGE;
    }
    setup->forward = (double)cost->ticks[0][ACTION_FORWARD] / cost->per_unit;
    return request->tick_layers || tick_counts_layers(request, cost->stages)
               ? tick_count_layers(setup, request, mlp, cause)
               : STATUS_DONE;
}

enum status
setup_costs(struct setup *setup, const struct plan_request *request,
            const struct dataset *data, const struct plan *shape,
            struct cause *cause)
{
    const struct options *options = request->options;
    const struct cost *known = request->known_cost;
    struct cost *cost = &setup->cost;
    struct plan_request grown = *request;
    struct mlp mlp;
    enum status status;

    if (!data)
        setup_grow(&grown, shape->stages, shape->mbs);
    mlp = recipe_mlp(&grown.recipe, data);
    setup->measured = options_measure_costs(options);
    status = setup_model(setup, request, shape, cause);
    if (status != STATUS_DONE)
        return status;
    if (setup->measured && known) {
        cost_fini(cost);
        cost_copy(cost, known);
        return setup_machine(setup, request, shape, cause);
    }
    if (options->split && strcmp(options->split, "measured") == 0)
        status = setup_measured_split(setup, &grown, &mlp, shape, cause);
    if (!setup_has_layers(setup) && status == STATUS_DONE)
        status = setup->measured
                     ? measure_costs(setup, &grown, &mlp, shape, cause)
                     : read_costs(setup, &grown, &mlp, cause);
    if (status != STATUS_DONE)
        return status;
    if (options->stage_cost &&
        !cost_parse_stages(cost, options->stage_cost, cause)) {
        fail_of(cause, "--stage-cost");
        return STATUS_USAGE;
    }
    if (options->latency &&
        !cost_parse_latency(cost, options->latency, cause)) {
        fail_of(cause, "--latency");
        return STATUS_USAGE;
    }
    return setup_machine(setup, request, shape, cause);
}
