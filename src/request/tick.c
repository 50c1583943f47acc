/* tick.c -- counts the layers of stages into virtual time, or says that it is
 * not done. */
#include "config.h"

#include "request/tick.h"

#include "base/memory.h"
#include "base/plural.h"
#include "base/text.h"

#include <stdlib.h>

bool
tick_counts_layers(const struct plan_request *request, int stages)
{
    const struct options *options = request->options;
    int layers = request->recipe.layers;
    /* A checkpoint says how many layers it has, not whether they were asked
     * for. */
    bool asked = options_given(options, "layers") ||
                 (options->resume && layers != RECIPE_LAYERS);

    return options->split || (asked && layers % stages != 0);
}

int
tick_common_layers(int common, const int split[], int stages)
{
    for (int s = 0; s < stages; s++) {
        int other = split[s];

        while (other != 0) {
            int rest = common % other;

            common = other;
            other = rest;
        }
    }
    return common;
}

enum status
tick_count_layers(struct setup *setup, const struct plan_request *request,
                  const struct mlp *mlp, struct cause *cause)
{
    int stages = setup->cost.stages;
    enum status status = setup_layers(setup, request->options, mlp, cause);
    double *factors;

    if (status != STATUS_DONE)
        return status;
    factors = memory_new((size_t)stages, sizeof *factors);
    setup->tick_layers = request->tick_layers
                             ? request->tick_layers
                             : tick_common_layers(0, setup->split, stages);
    for (int s = 0; s < stages; s++)
        factors[s] = (double)(setup->split[s] / setup->tick_layers);
    if (!cost_scale(&setup->cost, factors, cause)) {
        fail_of(cause, "--cost, times the layers of each stage");
        status = STATUS_USAGE;
    }
    free(factors);
    return status;
}

const char *
tick_text(const struct setup *setup, char text[TICK_TEXT])
{
    int layers = setup->tick_layers;
    struct time_unit unit = cost_unit(&setup->cost);
    char work[32] = "a stage";

    if (layers > 0)
        snprintf(work, sizeof work, "%d layer%s", layers, plural(layers));
    if (setup->measured)
        snprintf(text, TICK_TEXT, "1 ns");
    else if (*unit.name)
        snprintf(text, TICK_TEXT, "1 %s", unit.name);
    else if (setup->forward == 1.0)
        snprintf(text, TICK_TEXT, "F of %s", work);
    else if (setup->forward > 0.0)
        snprintf(text, TICK_TEXT, "1/%g of F of %s", setup->forward, work);
    else
        snprintf(text, TICK_TEXT, "one of --cost for %s", work);
    return text;
}

const char *
tick_split_text(const struct setup *setup, char text[TICK_TEXT])
{
    int stages = setup->cost.stages;
    int used = 0;

    for (int s = 0; s < stages && used < TICK_TEXT - 16; s++)
        used += snprintf(text + used, (size_t)(TICK_TEXT - used), "%s%d",
                         s ? "," : "", setup->split[s]);
    if (used >= TICK_TEXT - 16)
        snprintf(text + used, (size_t)(TICK_TEXT - used), ",...");
    return text;
}

void
tick_print(FILE *out, const struct setup *setup)
{
    char tick[TICK_TEXT];
    char split[TICK_TEXT];

    if (setup_has_layers(setup))
        text_line(out, "stages of %s layers of the model; times in %s",
                  tick_split_text(setup, split), setup->model->unit);
    else if (setup->measured)
        fputs("costs as measured on this machine: a tick is 1 ns\n", out);
    else if (setup->tick_layers > 0)
        text_line(out, "stages of %s layers: a tick is %s",
                  tick_split_text(setup, split), tick_text(setup, tick));
}

/* The stages' layers are not all the same. */
static bool
is_uneven(const struct setup *setup)
{
    for (int s = 1; s < setup->cost.stages; s++)
        if (setup->split[s] != setup->split[0])
            return true;
    return false;
}

void
tick_remark(const struct setup *setup, const struct options *options)
{
    char split[TICK_TEXT];

    if (setup->split && !setup->model && is_uneven(setup) &&
        !setup->measured && setup->tick_layers == 0 && !options->stage_cost)
        text_remark("stages of %s layers count as equal in virtual time; with "
                    "--split they count by their layers",
                    tick_split_text(setup, split));
}
