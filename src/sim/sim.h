/* sim.h -- runs a lowered plan in virtual time only.
 *
 * What the runtime does on threads, without them: a run's virtual trace equals
 * sim's span by span. */
#ifndef PIPELAB_SIM_SIM_H
#define PIPELAB_SIM_SIM_H

#include "plan/cost.h"
#include "plan/plan.h"
#include "plan/turn.h"
#include "trace/metrics.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stddef.h>

/* As many slots as the plan would ever use with unbounded links under these
 * costs, at least 2. */
enum { CAPACITY_AUTO = -1 };

struct sim {
    int capacity;     /* of each link; auto resolved */
    bool complete;    /* false: deadlock */
    size_t *position; /* ranks: where each stopped */
    struct metrics metrics;
};

/* Runs the plan. trace, unless NULL, is empty and receives every span (72
 * bytes each); the metrics need none. Release with sim_fini(). */
void
sim_run(struct sim *sim, const struct plan *lowered, const struct cost *cost,
        int capacity, struct trace *trace);
void
sim_fini(struct sim *sim);

/* How long the plan takes when its ranks share so many cores, as the runtime's
 * do (runtime/seats.h): a core that falls free goes to the rank that is ready
 * and has the highest level (plan/level.h), for one computation. Transfers
 * need no core, and passing a core on takes no time. The capacity is at least 1
 * and one at which the plan gets through.
 *
 * With a core for each rank that is the makespan of sim_run(); with fewer no
 * more than the makespan and the work spread over the cores together: Graham,
 * "Bounds on multiprocessing timing anomalies", SIAM Journal on Applied
 * Mathematics 17 (1969). */
int64_t
sim_on_cores(const struct plan *lowered, const struct cost *cost, int capacity,
             int cores);

/* The actions of a simulated trace in virtual-time order, none before what it
 * depends on; of actions at the same time the lowest rank's first. The caller
 * frees the turns; *count receives their number. If the trace ends in a
 * deadlock, so do the turns. */
struct turn *
sim_turns(const struct plan *lowered, const struct trace *trace, int capacity,
          size_t *count);

#endif
