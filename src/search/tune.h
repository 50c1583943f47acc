/* tune.h -- which shape and schedule trains a batch in the least time on a
 * machine.
 *
 *   ranks x replicas x stages x schedules x recompute
 *       --bounds--> in their order --plan, bytes, period--> best rows, front
 *
 * The batch is shared among the replicas and cut into microbatches of one size:
 * M = batch / (replicas x microbatch). Every shape trains the same batch in a
 * step, so they are compared by the period of steps in a row.
 *
 * A shape is planned and simulated only if its bounds leave it a place: in the
 * best rows, for no period is less than what its busiest rank computes or than
 * the way of a microbatch to the last stage and back; or on the front, for no
 * plan holds less than one microbatch. So the result is that of trying all. */
#ifndef PIPELAB_SEARCH_TUNE_H
#define PIPELAB_SEARCH_TUNE_H

#include "plan/cost.h"
#include "plan/footprint.h"
#include "policy/policy.h"
#include "sim/period.h"

#include <stdbool.h>
#include <stdint.h>

enum { TUNE_BEST = 10, TUNE_CHUNKS = 4 /* the most stages of a rank */ };

struct tune_shape {
    const struct policy *schedule;
    int ranks;
    int stages;
    int mbs;
    int replicas;
    bool recompute; /* every stage runs its forwards again */
};

/* What shapes to try. */
struct tune_task {
    const int *ranks; /* rank_count; borrowed, as all here */
    int rank_count;
    const struct policy *const *schedules; /* schedule_count */
    int schedule_count;
    int devices;    /* ranks x replicas is at most this; replicas divide what
                     * the ranks leave of them */
    int layers;     /* the most stages */
    int batch;      /* examples of a step */
    int microbatch; /* examples of a microbatch */
};

/* What the stages of a shape need of the machine; the search frees it. */
struct tune_needs {
    struct cost cost;
    struct footprint *stages; /* bytes of a microbatch */
    struct stage_bytes *kept; /* bytes through a step */
};

/* The machine, as a search sees it. */
struct tune_machine {
    void *context;
    /* Fills what a shape needs; plan has no actions yet. False, with nothing to
     * release, if the shape cannot be on this machine. */
    bool (*needs)(void *context, const struct tune_shape *shape,
                  const struct plan *plan, struct tune_needs *needs);
    int64_t memory; /* bytes of a rank; 0 for any number */
    /* Called before each shape but the first; false ends the search. */
    bool (*go_on)(void *context, int done, int all);
};

/* Shares of the period: they add up to 1. */
struct tune_limits {
    double work;   /* mean of what ranks compute */
    double uneven; /* what the busiest rank computes more */
    double order;  /* waits for each other on links that take no time */
    double links;  /* what the links' time adds */
    double reduce; /* what the all-reduce adds */
};

struct tune_row {
    struct tune_shape shape;
    int number;           /* of the shape, in the order in which they are
                           * listed */
    struct period period; /* ticks of steps in a row */
    struct time_unit unit;
    double steady_bubble;
    int capacity;
    int64_t bytes; /* of the rank that holds most */
    struct tune_limits limits;
    bool best;  /* among the best */
    bool front; /* no row has a smaller period in as few bytes */
};

struct tune_result {
    struct tune_row *rows; /* the best and the front, by period, then bytes */
    int count;
    int shapes;    /* to try; of these */
    int tried;     /* were simulated */
    int bounded;   /* needed not be, by their bounds */
    int too_large; /* do not fit the memory */
    int elsewhere; /* cannot be on the machine */
    int undivided; /* ranks and replicas that do not divide the batch */
    bool stopped;  /* before all were looked at */
};

/* The same task gives the same result, unless it is stopped. Release with
 * tune_fini(). */
void
tune_make(struct tune_result *result, const struct tune_task *task,
          const struct tune_machine *machine);
void
tune_fini(struct tune_result *result);

#endif
