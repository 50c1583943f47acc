/* forecast.h -- runs a program in virtual time only.
 *
 * It does without threads what the runtime does on threads: the virtual trace
 * of a run equals the forecast's, span by span. */
#ifndef PIPELAB_SIM_FORECAST_H
#define PIPELAB_SIM_FORECAST_H

#include "plan/cost.h"
#include "plan/program.h"
#include "plan/timing.h"
#include "sim/period.h"
#include "trace/metrics.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stddef.h>

/* As many slots as the plan uses with unbounded links under the given costs,
 * at least 2. */
enum { CAPACITY_AUTO = -1 };

struct forecast {
    const struct program *program; /* borrowed */
    int capacity;                  /* of each link; CAPACITY_AUTO resolved */
    bool complete;                 /* false: deadlock */
    size_t *position;              /* ranks: where each stopped */
    struct metrics metrics;        /* of one step that begins in silence */
    struct period period;          /* FORECAST_PERIOD: of steps in a row */
    double steady_bubble;          /* 1 - busy / (ranks x period): the idle
                                    * share of steps in a row */
    struct trace trace;            /* FORECAST_SPANS: every span of a step */
    struct turn *turns; /* FORECAST_TURNS: the order of the actions, by
                         * virtual time, then by rank, and always after the
                         * actions that they depend on. A deadlock ends it */
    size_t turn_count;
};

/* What a forecast has beside its figures. */
enum forecast_detail {
    FORECAST_FIGURES = 0,
    FORECAST_SPANS = 1,  /* 72 bytes for each */
    FORECAST_PERIOD = 2, /* takes as long as several forecasts */
    FORECAST_TURNS = 4 | FORECAST_SPANS /* for which it needs them */
};

/* Release with forecast_fini(), which accepts a forecast that is all zero. */
void
forecast_make(struct forecast *forecast, const struct program *program,
              const struct cost *cost, int capacity, unsigned detail);
void
forecast_fini(struct forecast *forecast);

/* The same of this many steps in a row: figures and spans are of all of them.
 * Once steps follow one another, capacity bounds the links: CAPACITY_AUTO is
 * then that of one step. */
void
forecast_steps(struct forecast *forecast, const struct program *program,
               const struct cost *cost, int capacity, int steps,
               unsigned detail);

/* For a run that is to take this virtual time, with the costs that the forecast
 * was made for; in lockstep if the forecast has turns. It borrows from both. */
struct timing
forecast_timing(const struct forecast *forecast, const struct cost *cost);

/* The time that the plan takes when its ranks share this number of cores, as
 * in the runtime (runtime/core_share.h): a free core goes, for one
 * computation, to the ready rank with the highest level (plan/level.h).
 * Transfers need no core, and passing a core on takes no time. The plan runs
 * without deadlock at this capacity, which is at least 1.
 *
 * With a core for each rank this is the forecast's makespan. With fewer it is
 * at most makespan + sum of all work / cores: Graham, "Bounds on
 * multiprocessing timing anomalies", SIAM Journal on Applied Mathematics 17
 * (1969). */
int64_t
forecast_on_cores(const struct program *program, const struct cost *cost,
                  int capacity, int cores);

#endif
