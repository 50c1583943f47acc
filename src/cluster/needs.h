/* needs.h -- what the stages of a plan need of a machine: time and bytes, from
 * a model's layers and a cluster. */
#ifndef PIPELAB_CLUSTER_NEEDS_H
#define PIPELAB_CLUSTER_NEEDS_H

#include "cluster/cluster.h"
#include "cluster/model.h"
#include "plan/cost.h"
#include "plan/footprint.h"
#include "plan/plan.h"

#include <stdbool.h>

/* Sets the durations of each stage to the sums of its layers, B being I + W,
 * in the model's unit, of which the clock counts thousandths. split[stages]. */
bool
needs_times(struct cost *cost, const struct model *model, const int split[],
            struct cause *cause);

/* Sets the links of the first `ranks` ranks and the all-reduces. model and
 * split may be NULL: then the cost says the unit, and the cluster may have no
 * bandwidth, for no message has a size. */
bool
needs_links(struct cost *cost, const struct cluster *cluster, int ranks,
            const struct model *model, const int split[], struct cause *cause);

/* Sets links of the cost's latency between all ranks, which take so many bytes
 * in a unit of time. */
bool
needs_bandwidth(struct cost *cost, double bytes, int ranks,
                const struct model *model, const int split[],
                struct cause *cause);

/* Sets what UNSHARD and REDUCE_GRAD of a plan take. The gradients of a stage
 * that it reduces itself are not reduced beside computing as well. Call after
 * needs_links(). */
bool
needs_sharding(struct cost *cost, const struct cluster *cluster,
               const struct plan *plan, const struct model *model,
               const int split[], struct cause *cause);

/* False, with the cause, if two ranks of a plan have to exchange messages and
 * the cluster has no link for them. */
bool
needs_linked(const struct plan *plan, const struct cluster *cluster,
             struct cause *cause);

/* Bytes of a microbatch on each stage; the caller frees them. recompute[stages]
 * or NULL: such a stage keeps its input alone. */
struct footprint *
needs_footprints(const struct model *model, const int split[], int stages,
                 const bool recompute[]);

/* What each stage takes through a whole step. cluster may be NULL: 12 bytes of
 * optimizer a parameter, as mixed-precision Adam has beside 2 + 2. The caller
 * frees it. */
struct stage_bytes *
needs_kept(const struct model *model, const int split[], int stages,
           const struct cluster *cluster);

/* What each rank holds of both: see footprint_memory(). The caller frees it. */
struct memory_summary *
needs_memory(const struct plan *plan, const struct model *model,
             const int split[], const struct cluster *cluster,
             const bool recompute[], int capacity);

#endif
