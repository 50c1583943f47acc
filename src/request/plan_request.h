/* plan_request.h -- what to plan and to train: the command line's options,
 * which a checkpoint, a file or another plan may then change. */
#ifndef PIPELAB_REQUEST_PLAN_REQUEST_H
#define PIPELAB_REQUEST_PLAN_REQUEST_H

#include "plan/cost.h"
#include "request/means.h"
#include "request/options.h"
#include "train/recipe.h"

#include <stdbool.h>

struct plan_request {
    const struct options *options; /* as they were given; borrowed */
    const struct means *means;     /* of the caller; borrowed */
    const char *load;              /* a CSV file, or NULL for schedule */
    const char *csv;               /* its text, or NULL: it is read */
    int64_t most_cells;            /* stages x microbatches; 0: any number */
    const char *schedule;
    int stages;
    int ranks;
    struct recipe recipe; /* its microbatches are also the plan's */
    bool forward_only;
    bool quiet;                    /* no remarks on the plan */
    bool keeps_refused;            /* see setup_plan() */
    bool part;                     /* csv is being filled: it may lack cells of
                                    * the shape that is asked for */
    int tick_layers;               /* layers of F, the unit of ticks; or 0 */
    const struct cost *known_cost; /* measured before, or NULL; borrowed */
    struct model *model;           /* files that were read before, or NULL; */
    struct cluster *cluster;       /* borrowed */
};

struct plan_request
plan_request_of(const struct options *options, const struct means *means);

/* If the stages are not given and the model has fewer layers, makes the stages
 * as many as the layers, or as many as divide among the given ranks. Ranks and
 * schedule follow if they are not given. True if that changed the plan. */
bool
plan_request_fit_stages(struct plan_request *request, int layers);

/* Takes the first `settings` settings of recipe.h's table from a checkpoint,
 * except those that were given. may_differ: a fixed one is taken even if it
 * was given; otherwise false with the cause if it was given and differs. */
bool
plan_request_resume(struct plan_request *request, const struct recipe *kept,
                    int settings, bool may_differ, struct cause *cause);

#endif
