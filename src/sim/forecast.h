/* forecast.h -- what a program will do, in virtual time alone.
 *
 * What the runtime does on threads, without them: the virtual trace of a run
 * equals the forecast span by span. */
#ifndef PIPELAB_SIM_FORECAST_H
#define PIPELAB_SIM_FORECAST_H

#include "plan/cost.h"
#include "plan/program.h"
#include "plan/turn.h"
#include "trace/metrics.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stddef.h>

/* As many slots as the plan would ever use with unbounded links under these
 * costs, at least 2. */
enum { CAPACITY_AUTO = -1 };

struct forecast {
    const struct program *program; /* borrowed */
    int capacity;                  /* of each link; auto resolved */
    bool complete;                 /* false: deadlock */
    size_t *position;              /* ranks: where each stopped */
    struct metrics metrics;
    struct trace trace;            /* every span; no lanes unless asked for */
};

/* Whether a forecast keeps its spans, 72 bytes each; metrics need none. */
enum forecast_detail { FORECAST_FIGURES, FORECAST_SPANS };

/* Release with forecast_fini(), which accepts a forecast that is all zero. */
void
forecast_make(struct forecast *forecast, const struct program *program,
              const struct cost *cost, int capacity,
              enum forecast_detail detail);
void
forecast_fini(struct forecast *forecast);

/* How long the plan takes when its ranks share so many cores, as the runtime's
 * do (runtime/seats.h): a core that falls free goes to the rank that is ready
 * and has the highest level (plan/level.h), for one computation. Transfers
 * need no core, and passing a core on takes no time. The capacity is at least 1
 * and one at which the plan gets through.
 *
 * With a core for each rank that is the forecast's makespan; with fewer no
 * more than the makespan and the work spread over the cores together: Graham,
 * "Bounds on multiprocessing timing anomalies", SIAM Journal on Applied
 * Mathematics 17 (1969). */
int64_t
forecast_on_cores(const struct program *program, const struct cost *cost,
                  int capacity, int cores);

/* The actions of a forecast with spans in virtual-time order, none before what
 * it depends on; of actions at the same time the lowest rank's first. The
 * caller frees the turns; *count receives their number. If the forecast ends in
 * a deadlock, so do the turns. */
struct turn *
forecast_turns(const struct forecast *forecast, size_t *count);

#endif
