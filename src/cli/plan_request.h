/* plan_request.h -- from options to what the commands work with. Each function says
 * why not on failure and which status to end with. */
#ifndef PIPELAB_CLI_PLAN_REQUEST_H
#define PIPELAB_CLI_PLAN_REQUEST_H

#include "base/machine.h"
#include "cli/options.h"
#include "train/rank_memory.h"
#include "cli/status.h"
#include "data/dataset.h"
#include "nn/mlp.h"
#include "base/json.h"
#include "plan/program.h"
#include "plan/cost.h"
#include "plan/plan.h"
#include "search/schedule.h"

/* A plan that is asked for. It begins as the command line has it; what follows
 * from a checkpoint, a file or another plan is written here. */
struct plan_request {
    const struct options *options; /* as they were given; borrowed */
    const char *load;              /* a CSV file, or NULL for schedule */
    const char *schedule;
    int stages;
    int ranks;
    struct recipe recipe;          /* its microbatches are the plan's, too */
    bool forward_only;
    bool quiet;                    /* no remarks on the plan */
    int tick_layers;               /* F is of so many in all; or 0 */
    const struct cost *known_cost; /* measured before, or NULL; borrowed */
};

struct plan_request
plan_request_of(const struct options *options);

/* Where the command line leaves the stages open and the model has too few layers
 * for them, takes as many as it has; of ranks that were given each owns equally
 * many. Ranks and schedule follow where they are open too. True if that changed
 * the plan. */
bool
plan_request_fit_stages(struct plan_request *request, int layers);

/* Takes what a checkpoint fixes: so many settings of recipe.h's table, from the
 * first on; but those that were given, unless they are fixed and may_differ.
 * False with the cause if one that was given differs and may not. */
bool
plan_request_resume(struct plan_request *request, const struct recipe *kept,
                    int settings, bool may_differ, struct cause *cause);

/* Whether the machine has so much more for `what`; see machine_has(). */
enum status
setup_room(const struct plan_request *request, struct machine_need need,
           const char *what, const char *remedy, struct cause *cause);

/* The same for a trace of a plan. */
enum status
setup_trace_room(const struct plan_request *request, const struct plan *plan,
                 struct cause *cause);

/* Estimated bytes of a plan for each stage and microbatch: a forward, up to two
 * backwards and four transfers, in the plan and lowered, and the tables of the
 * check. A search keeps more plans than one. */
enum { SETUP_CELL_BYTES = 12 * sizeof(struct action), SETUP_SEARCH_PLANS = 3 };

/* A plan that has been checked, with its costs. */
struct setup {
    struct plan *plan;    /* as the policy or the file has it */
    struct program *program;
    struct cost cost;
    struct search_result search; /* makespan 0: nothing was searched for */
    bool measured;              /* costs are nanoseconds of this machine */
    int64_t forward;            /* ticks of F before any factor */
    int tick_layers;            /* that F is of; 0: of a stage. See tick.h */
    int *split;                 /* layers of each stage, or NULL if no command
                                 * or cost has asked for them */
};

/* Reads or measures the costs, makes or loads the plan, checks and lowers it,
 * each only if the machine has the memory that this takes.
 * data is what will be trained on, or NULL. Prints remarks on stderr. On
 * success release with setup_fini(); otherwise setup->plan is NULL. */
enum status
setup_plan(struct setup *setup, const struct plan_request *request,
           const struct dataset *data, struct cause *cause);
void
setup_fini(struct setup *setup);

/* The layers of each stage, --split or even by parameters; the caller frees
 * *split. */
enum status
setup_split(int **split, const struct options *options, const struct mlp *mlp,
            int stages, struct cause *cause);

/* The same into setup->split, unless it is there already. */
enum status
setup_layers(struct setup *setup, const struct options *options,
             const struct mlp *mlp, struct cause *cause);

/* Whether the batch can be cut into so many microbatches. */
enum status
setup_fits(const struct recipe *recipe, int mbs, struct cause *cause);

/* Where the command line leaves it open, gives the model a layer for each stage
 * and an example for each microbatch. */
void
setup_grow(struct plan_request *request, int stages, int mbs);

/* What each rank holds of the model that the recipe describes, whose layers
 * setup->split receives; the caller frees *memory. Fails if the model or the
 * batch cannot be cut so. */
enum status
setup_memory(struct memory_summary **memory, struct setup *setup,
             const struct plan_request *request, struct cause *cause);

/* Whether the data has enough examples for a batch. */
enum status
setup_batch(const struct recipe *recipe, const struct dataset *data,
            struct cause *cause);

/* The data set of --data, if the machine has the memory for it; test is left
 * empty where there is none. */
enum status
setup_data(struct dataset *train, struct dataset *test,
           const struct plan_request *request, struct cause *cause);

/* Prints "pipelab: " and the cause on stderr; returns status. */
int
complain(enum status status, const struct cause *cause);

/* schedule, ranks, stages, microbatches, as members of the open object; of a
 * schedule that was searched for also lower_bound, best_other,
 * best_other_makespan. */
void
setup_json(struct json *json, const struct setup *setup);

#endif
