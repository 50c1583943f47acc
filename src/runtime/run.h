/* run.h -- really runs a lowered plan: one thread a rank, each bound to a
 * core, each interpreting its own list.
 *
 *   run_new --> run_steps --> [rank-0] --channel--> [rank-1] --> ...
 *                   |             \________________/
 *                 joins             board, turnstile
 *
 * Ranks do not meet between steps: the links alone hold them together. The
 * first error wins; it closes all channels, every thread returns and is
 * joined. */
#ifndef PIPELAB_RUNTIME_RUN_H
#define PIPELAB_RUNTIME_RUN_H

#include "base/error.h"
#include "base/progress.h"
#include "runtime/board.h"
#include "runtime/channel.h"
#include "runtime/cores.h"
#include "runtime/seats.h"
#include "runtime/stage_ops.h"
#include "runtime/turnstile.h"
#include "plan/cost.h"
#include "plan/plan.h"
#include "trace/trace.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct run_options {
    const struct plan *plan; /* lowered and checked; borrowed, as all here */
    const struct cost *cost; /* of virtual time */
    int capacity;            /* of every link, >= 0 */
    const struct stage_ops *ops;
    const struct run_stage *stages; /* one a stage */
    bool bind;                      /* ranks to cores */
    const struct turn *turns;       /* lockstep: see turnstile.h; or NULL */
    size_t turn_count;
    bool turns_complete;
    const atomic_int *stop;         /* not 0: end after the present step; or
                                     * NULL */
    const struct action *break_at;  /* one of the plan's: SIGTRAP whenever it
                                     * begins; or NULL */
};

enum run_status { RUN_DONE, RUN_DEADLOCK, RUN_FAILED };

/* Everything about a rank; gdb's way in. Written by its thread only. */
struct rank {
    struct run *run;
    int number;
    int core;                   /* bound to, at first, or -1 */
    struct seats *seats;        /* if ranks share cores, or NULL */
    pthread_t thread;
    int step;
    size_t position;            /* of the action it is at */
    const struct action *action;
    int64_t clock;              /* virtual time within the step */
    int64_t parts[SPAN_PARTS];  /* wall ns, over all steps; see run_parts() */
    struct progress computed;   /* over all steps */
    int64_t sampled_ns;         /* of computations looked at closely: wall... */
    int64_t on_core_ns;         /* ...and on the core */
    int64_t loop_ns;            /* in its loop, over all steps: parts and what
                                 * the loop itself takes */
    bool failed;                /* an op, in this step */
    struct cause cause;         /* an op's complaint */
};

struct run {
    struct run_options options;
    struct rank *ranks;
    struct channel *channels; /* plan_links(); capacity -1 where there is none */
    struct board board;
    struct turnstile turnstile;
    int first_step;
    int steps;                /* since run_start(); fewer if it was stopped or
                               * failed */
    int cores;                /* that the process may use */
    bool shared;              /* by ranks, with the next two */
    struct seats seats;
    int64_t **levels;         /* of the actions: see level.h */
    bool bound;               /* every rank is on its core */
    int64_t start_ns;         /* clock_wall_ns() at run_start() */
    int64_t wall_ns;          /* from run_start() to run_join(), so far */
    struct trace virtual;     /* of the last step, in ticks */
    struct trace wall;        /* of the last step, in ns since its start */
    int64_t wall_start_ns;    /* clock_wall_ns() at that start */
    pthread_mutex_t lock;     /* guards everything below */
    enum run_status status;
    struct cause cause;
    int begun;                /* the latest step that any rank has begun */
    bool stopping;            /* which is then the last of all */
};

/* All memory that running takes, but threads, is had here. */
struct run *
run_new(const struct run_options *options);

/* Accepts NULL. */
void
run_free(struct run *run);

/* Runs steps first_step .. first_step+steps-1 and joins all ranks; if stopped,
 * all end with the same earlier step, and run->steps says how many were run.
 * After anything but RUN_DONE the run is over. After RUN_FAILED run->cause says
 * why, and run->steps counts the steps before the one that failed: their losses
 * are there, their last update may be missing on some stages. After
 * RUN_DEADLOCK run->board.position says where each rank stood. */
enum run_status
run_steps(struct run *run, int first_step, int steps);

/* Its two halves: starts the ranks, and joins them. A run in lockstep may be
 * held: then nobody moves but by run_let(). */
void
run_start(struct run *run, int first_step, int steps, bool held);
enum run_status
run_join(struct run *run);

/* Lets so many turns of a held run be taken and waits until they have been;
 * until the next call all ranks stand still and everything about them, the
 * channels and the stages may be read. Returns how many were taken: fewer if
 * the run has ended, and is to be joined. */
size_t
run_let(struct run *run, size_t turns);

/* Where a rank's wall time went, over all steps. Asking the system for a
 * thread's time takes as long as a small product does, so one computation in
 * SAMPLE_EVERY is asked about, and off-core time is judged by those. */
enum { SAMPLE_EVERY = 8 };
void
run_parts(const struct run *run, int rank, int64_t parts[SPAN_PARTS]);

/* Keeps the first error and stops all ranks; any thread may call it. */
void
run_fail(struct run *run, enum run_status status, const struct cause *cause);

/* Whether a rank is to do a step that it stands before. */
bool
run_step_wanted(struct run *run, int step);

/* Every rank's place, clock and action, and every link, for gdb. */
void
run_print(FILE *out, const struct run *run);

#endif
