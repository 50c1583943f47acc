/* setup.h -- takes a request to a checked plan with costs and memory.
 *
 * Each function returns the exit status, with the cause on failure. */
#ifndef PIPELAB_REQUEST_SETUP_H
#define PIPELAB_REQUEST_SETUP_H

#include "base/json.h"
#include "base/machine.h"
#include "request/plan_request.h"
#include "cluster/needs.h"
#include "request/status.h"
#include "data/dataset.h"
#include "nn/mlp.h"
#include "plan/cost.h"
#include "plan/footprint.h"
#include "report/memory_chart.h"
#include "plan/plan.h"
#include "policy/policy.h"
#include "plan/program.h"
#include "search/search.h"

/* Whether the machine has that much more memory for `what`; see
 * machine_has(). */
enum status
setup_room(const struct plan_request *request, struct machine_need need,
           const char *what, const char *remedy, struct cause *cause);

/* Whether a plan has at most request->most_cells. */
bool
setup_cells_fit(const struct plan_request *request, const struct plan *plan,
                struct cause *cause);

/* Whether the machine has the memory for a trace of so many steps of a plan. */
enum status
setup_trace_room(const struct plan_request *request, const struct plan *plan,
                 int steps, struct cause *cause);

/* Estimated bytes of a plan for each stage and microbatch: a forward, up to two
 * backwards and four transfers, in the plan and lowered, and the tables of the
 * check. A search keeps more plans than one. */
enum { SETUP_CELL_BYTES = 12 * sizeof(struct action), SETUP_SEARCH_PLANS = 3 };

/* A plan that has been checked, with its costs. */
struct setup {
    struct plan *plan; /* of the policy or the file, not lowered by us */
    struct program *program;
    struct cost cost;
    struct search_result search; /* makespan 0: nothing was searched for */
    bool measured;               /* costs are nanoseconds of this machine */
    double forward;              /* units of F before any factor */
    int tick_layers;             /* layers of F; 0: all of a stage. See
                                 * tick.h */
    int *split;                  /* layers of each stage, or NULL if no command
                                 * or cost has asked for them */
    struct model *model;         /* of --model or --bytes, or NULL */
    struct model *sizes;         /* that of --bytes, which has no times, or
                                  * NULL */
    struct footprint *footprints; /* of the model's stages; from
                                   * setup_memory() on */
    struct cluster *cluster;      /* of --cluster, or NULL */
    bool borrows;                 /* these two are the request's */
};

/* Reads or measures the costs, makes or loads the plan, checks and lowers it,
 * each only if the machine has enough memory. data: the training data, or
 * NULL. Makes remarks. On success release with setup_fini();
 * otherwise setup->plan is NULL. But with keeps_refused, a plan that the check
 * refuses is in setup->plan, without a program and with the costs that were
 * given; then release it, too. */
enum status
setup_plan(struct setup *setup, const struct plan_request *request,
           const struct dataset *data, struct cause *cause);
void
setup_fini(struct setup *setup);

/* The plan of the file that the request loads, with remarks on how its cells
 * were taken; the caller frees it. NULL with the cause if it is no plan. */
struct plan *
setup_load(const struct plan_request *request, struct cause *cause);

/* Fills setup->cost for the stages of a plan, which may still be empty, as the
 * options ask: reads or measures them. */
enum status
setup_costs(struct setup *setup, const struct plan_request *request,
            const struct dataset *data, const struct plan *shape,
            struct cause *cause);

/* Whether the costs are the times of a model's layers. */
static inline bool
setup_has_layers(const struct setup *setup)
{
    return setup->model && !setup->sizes;
}

/* --group for a schedule that runs in groups, 0 for others. */
int
setup_group(const struct options *options, const struct policy *schedule);

/* Reads the files of --model and --cluster, of which either may be left out:
 * then *model or *cluster stays as it is, NULL. The caller frees both, on
 * failure too. */
enum status
setup_files(struct model **model, struct cluster **cluster,
            const struct plan_request *request, struct cause *cause);

/* The files of the request, which are read unless they were; with a model, its
 * layers are the split and its times the costs of the stages of a plan, which
 * may still be empty. The model of --bytes has a layer for each stage and no
 * times. */
enum status
setup_model(struct setup *setup, const struct plan_request *request,
            const struct plan *shape, struct cause *cause);

/* The layers of the model that each stage has, into setup->split: --split, or
 * those of least period for a plan, which may still be empty. */
enum status
setup_cut(struct setup *setup, const struct plan_request *request,
          const struct plan *shape, struct cause *cause);

/* Adds to the costs what else the machine asks for: links, recomputed stages,
 * unequal microbatches and ranks, a barrier. */
enum status
setup_machine(struct setup *setup, const struct plan_request *request,
              const struct plan *shape, struct cause *cause);

/* The layers of each stage, --split or even by parameters; the caller frees
 * *split. */
enum status
setup_split(int **split, const struct options *options, const struct mlp *mlp,
            int stages, struct cause *cause);

/* For --split measured: times the layers of the mlp on this machine and cuts
 * them so that the period of the plan, which may still be empty, is least, into
 * setup->split. Makes a remark of it. */
enum status
setup_measured_split(struct setup *setup, const struct plan_request *request,
                     const struct mlp *mlp, const struct plan *shape,
                     struct cause *cause);

/* The same into setup->split, unless it is there already. */
enum status
setup_layers(struct setup *setup, const struct options *options,
             const struct mlp *mlp, struct cause *cause);

/* Whether the batch has at least mbs examples. */
enum status
setup_fits(const struct recipe *recipe, int mbs, struct cause *cause);

/* If they are not given, raises the layers to the stages, and the batch to the
 * microbatches. */
void
setup_grow(struct plan_request *request, int stages, int mbs);

/* The bytes that each rank holds of the model of --model, its links with this
 * many slots; or of the recipe's, of which setup->split receives the layers.
 * The caller frees *memory. Fails if the model or the batch cannot be cut for
 * this plan. */
enum status
setup_memory(struct memory_summary **memory, struct setup *setup,
             const struct plan_request *request, int capacity,
             struct cause *cause);

/* The same of the model of --model, with the times of the peaks. */
struct memory_summary *
setup_model_memory(struct setup *setup, int capacity);

/* What a picture shows of memory in bytes, or NULL without --model. It borrows
 * from setup and memory, which setup_memory() has filled. */
const struct memory_chart *
setup_chart(struct memory_chart *chart, const struct setup *setup,
            const struct memory_summary memory[],
            const struct options *options);

/* The bytes that a rank of --model's plan may hold, --max-memory or the
 * cluster's; 0 for any number. */
int64_t
setup_max_memory(const struct setup *setup, const struct options *options);

/* Whether what --weight-activations says, if it is given, counts for the
 * plan. */
bool
setup_keeps_for_weights(const struct setup *setup,
                        const struct options *options);

/* schedule, ranks, stages, microbatches, as members of the open object; of a
 * schedule whose I frees something weight_activations, of a
 * schedule that was searched for also lower_bound, best_other,
 * best_other_makespan. */
void
setup_json(struct json *json, const struct setup *setup);

#endif
