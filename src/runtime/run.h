/* run.h -- really runs a lowered plan: one thread a rank, each bound to a
 * core, each interpreting its own list.
 *
 *   run_new --> run_steps --> [rank-0] --channel--> [rank-1] --> ...
 *                   |             \________________/
 *                 joins             board, lockstep
 *
 * Ranks do not meet between steps, but for a barrier before their first STEP,
 * if the cost has one: the links alone hold them together, in real and in
 * virtual time, which starts at 0 with run_start() and runs on from step to
 * step (see plan/walker.h). The first error wins; it closes all channels,
 * every thread returns and is joined. */
#ifndef PIPELAB_RUNTIME_RUN_H
#define PIPELAB_RUNTIME_RUN_H

#include "base/error.h"
#include "base/progress.h"
#include "runtime/board.h"
#include "runtime/channel.h"
#include "runtime/cores.h"
#include "runtime/core_share.h"
#include "runtime/stage_ops.h"
#include "runtime/kept.h"
#include "runtime/lockstep.h"
#include "runtime/meeting.h"
#include "plan/plan.h"
#include "plan/timing.h"
#include "trace/trace.h"
#include "plan/place.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* All pointers are borrowed. */
struct run_options {
    const struct plan *plan; /* lowered and checked */
    struct timing timing;    /* with turns for lockstep */
    const struct stage_ops *ops;
    const struct run_stage *stages; /* one a place: see plan.h */
    const struct world *world;      /* processes that share the ranks: each
                                     * runs those that are home there, and has
                                     * their stages alone; or NULL */
    const struct world *all;        /* with the processes of other replicas; or
                                    * NULL: there are none */
    bool bind;                     /* binds ranks to cores; not with a world */
    const atomic_int *stop;        /* when not 0, the run ends after the
                                     * present step; or NULL */
    const struct action *break_at; /* an action of the plan: SIGTRAP whenever
                                     * it begins; or NULL */
};

/* RUN_LEFT: another process ended its part, and knows why. */
enum run_status { RUN_DONE, RUN_DEADLOCK, RUN_FAILED, RUN_LEFT };

/* All about a rank, also for gdb. Written by its thread only. */
struct rank {
    struct run *run;
    int number;
    int core;                      /* that it is bound to at first, or -1 */
    struct core_share *core_share; /* NULL unless ranks share cores */
    pthread_t thread;
    int step;
    size_t position; /* of the action it is at */
    const struct action *action;
    int64_t clock;             /* virtual time since run_start() */
    int64_t parts[SPAN_PARTS]; /* wall ns, over all steps; see run_parts() */
    struct progress computed;  /* over all steps */
    int64_t sampled_ns;        /* wall time of the sampled computations, see
                                 * SAMPLE_EVERY */
    int64_t on_core_ns;        /* their time on a core */
    int64_t loop_ns;           /* wall time of its loop, over all steps: the
                                 * parts and the loop itself */
    bool failed;               /* an op has failed in this step */
    struct cause cause;        /* why */
};

struct run {
    struct run_options options;
    struct rank *ranks;
    struct channel
        *channels; /* plan_links(); capacity -1 where there is none */
    struct board board;
    struct lockstep lockstep;
    struct meeting meeting; /* where ranks meet if the cost has a barrier */
    int first_step;
    int steps;   /* since run_start(); fewer if it was stopped or
                               * failed */
    int home;    /* ranks of this process */
    int cores;   /* that the process may use */
    bool shared; /* ranks share cores */
    struct core_share core_share; /* if shared */
    int64_t **levels;             /* of the actions, if shared: see level.h */
    bool bound;                   /* every rank is on its core */
    int64_t start_ns;             /* clock_wall_ns() at run_start() */
    int64_t wall_ns;              /* from run_start() to run_join(), so far */
    struct trace virtual;         /* of the last step, in ticks */
    struct kept kept;             /* the latest steps in wall time */
    pthread_mutex_t lock;         /* guards everything below */
    enum run_status status;
    struct cause cause;
    int begun;     /* the latest step that any rank has begun */
    bool stopping; /* that step is the last one */
};

/* Allocates all memory of the run but that of the threads. With a world, every
 * process makes its run, runs the same steps and frees it, at the same time. */
struct run *
run_new(const struct run_options *options);

/* Accepts NULL. Leaves, and waits until the other processes have left, too. */
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

/* With a world all processes end with the same result and the same steps; then
 * process 0 has the spans and times of all ranks, and the others their own.
 *
 * The two halves of run_steps(): starts the ranks, and joins them. A run in
 * lockstep may be held: then ranks move only by run_let(). */
void
run_start(struct run *run, int first_step, int steps, bool held);
enum run_status
run_join(struct run *run);

/* Allows a held run this number of turns and waits until they are taken. Until
 * the next call all ranks stand still: ranks, channels and stages may be read.
 * Returns how many were taken: fewer if the run has ended, and must be
 * joined. */
size_t
run_let(struct run *run, size_t turns);

/* The last step in wall time, also while its ranks stand still. */
const struct kept_step *
run_last(const struct run *run);

/* The parts of a rank's wall time, over all steps. Reading a thread's
 * processor time takes as long as a small matrix product, so it is read for
 * one computation in SAMPLE_EVERY; off-core time is estimated from these. */
enum { SAMPLE_EVERY = 8 };
void
run_parts(const struct run *run, int rank, int64_t parts[SPAN_PARTS]);

/* Keeps the first error and stops all ranks; any thread may call it. */
void
run_fail(struct run *run, enum run_status status, const struct cause *cause);

/* Whether a rank shall begin this step. */
bool
run_step_wanted(struct run *run, int step);

/* Every rank's place, clock and action, and every link, for gdb. */
void
run_print(FILE *out, const struct run *run);

#endif
