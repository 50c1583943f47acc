/* toy.h -- a model that only counts, so that what arrives where is known to
 * the last float.
 *
 *   input of stage s    = 1000 step + 10 mb + s
 *   gradient of output  = 1000 step + 10 mb + 100 s
 *
 * Every operation compares what it was handed with that, in tensors whose rows
 * differ by microbatch and columns by stage, and writes down that it ran. */
#ifndef PIPELAB_TESTS_RUNTIME_TOY_H
#define PIPELAB_TESTS_RUNTIME_TOY_H

#include "runtime/run.h"
#include "sim/forecast.h"

#include "checks.h"

#include <stdatomic.h>

struct toy_stage {
    struct toy *toy;
    int number;
    int copy;
    struct tensor *ports[6]; /* mbs each; of the weights' two those of copies 0
                              * and 1 are used */
    bool again;              /* its forward has just run again */
    long wrong;              /* floats that were not as expected, and forwards
                              * that did or did not run again */
    long done;               /* operations */
};

/* An operation that fails, or several: -1 stands for any. */
struct toy_failure {
    int kind; /* enum action_kind; ACTION_KINDS for none */
    int stage;
    int mb;
    int step;
};

struct toy;

/* Called within every operation, by the rank that runs it; false makes the
 * operation fail. */
typedef bool
toy_hook(struct toy *toy, const struct action *action, int step);

struct toy {
    const struct plan *plan; /* lowered; borrowed */
    const bool *recompute;   /* stages, or NULL; borrowed */
    struct toy_stage *stages;
    struct run_stage *run_stages;
    struct toy_failure failure;
    toy_hook *hook;       /* or NULL */
    void *context;        /* the hook's */
    struct action *order; /* operations of all ranks as they began */
    size_t order_room;
    atomic_size_t ordered;
    atomic_int running; /* operations that have begun and not ended */
    atomic_int most_running;
};

extern const struct stage_ops toy_ops;

void
toy_init(struct toy *toy, const struct plan *lowered, int steps);
void
toy_fini(struct toy *toy);

/* Fails unless every operation of so many steps ran on the right floats. */
void
toy_expect_done(const struct toy *toy, int steps, const char *what);

/* Computations and STEPs of one step, the halves of an overlap apart. */
long
toy_operations(const struct plan *plan);

/* A toy with its run. */
struct fixture {
    struct plan *lowered; /* owned */
    struct cost cost;
    struct program program;   /* around it */
    struct forecast forecast; /* with spans; in lockstep with turns */
    struct toy toy;
    struct run *run;
};

struct fixture_options {
    const char *costs;   /* --cost, or NULL */
    const char *factors; /* --stage-cost, or NULL */
    int64_t latency;
    int capacity;
    int steps;      /* in all */
    bool recompute; /* on every stage but each third */
    bool barrier;
    bool bind;
    bool lockstep;
    const struct world *world; /* or NULL */
};

/* Owns the plan from here on. */
void
fixture_init(struct fixture *fixture, struct plan *lowered,
             const struct fixture_options *options);
void
fixture_fini(struct fixture *fixture);

/* "1f1b P=2 S=2 M=3 K=1 L=0": for messages. */
const char *
fixture_text(const struct fixture *fixture);

/* Runs the steps in two calls and expects a whole run whose virtual trace is
 * sim's, span by span. */
void
fixture_expect_run(struct fixture *fixture, int steps);

/* Expects the virtual trace of the last of so many steps in a row to be
 * sim's. */
void
fixture_expect_traces(const struct fixture *fixture, int steps);

/* Expects the deadlock that sim predicts, at the same places. */
void
fixture_expect_deadlock(struct fixture *fixture, int steps);

/* A failure's text: "toy 1B2 fails in step 3". */
char *
toy_complaint(const struct action *action, int step, char text[64]);

/* Plans of every kind that policies do not make: looped, V-shaped, split,
 * overlapped, forward only, all on one rank; NULL ends them. */
extern const char *const drawn_plans[];

TCase *
alloc_case(void);
TCase *
channel_case(void);
TCase *
deadlock_case(void);
TCase *
failure_case(void);
TCase *
far_case(void);
TCase *
lockstep_case(void);
TCase *
meeting_case(void);
TCase *
threads_case(void);
TCase *
virtual_case(void);
TCase *
wall_case(void);

#endif
