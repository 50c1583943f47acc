/* runs.h -- simulated runs to test with, and what their spans say. */
#ifndef PIPELAB_TESTS_SIM_RUNS_H
#define PIPELAB_TESTS_SIM_RUNS_H

#include "sim/forecast.h"

#include "checks.h"

struct run {
    struct plan *lowered; /* owned */
    struct cost cost;
    struct program program; /* around it */
    struct forecast forecast;
};

/* Runs a plan that becomes the run's. costs and factors are the texts of
 * --cost and --stage-cost, or NULL. */
void
run_init(struct run *run, struct plan *lowered, const char *costs,
         const char *factors, int64_t latency, int capacity);
void
run_fini(struct run *run);

/* Runs the same once more with another capacity. */
void
run_again(struct run *again, const struct run *run, int capacity);

/* "1f1b P=2 S=2 M=3 K=1 L=0", for the messages of assertions. */
const char *
run_text(const struct run *run);

/* "rank 0: 0F0 0-1, 0SEND_F0 1-1\n...": the spans of a trace; the caller
 * frees it. */
char *
spans_text(const struct trace *trace);

bool
spans_equal(const struct trace *a, const struct trace *b);

/* Every cost and latency that the sweeps go through. */
struct setting {
    const char *costs;
    int64_t latency;
};

extern const struct setting settings[];
enum { SETTINGS = 4 };

/* Something that holds of a run. */
typedef void
run_law(const struct run *run);

/* Holds a law against every shape and setting of a schedule, or against many
 * random plans whose stages differ in cost, at capacity auto. */
void
each_schedule(const char *schedule, run_law *law);
void
each_random(run_law *law);

/* Against one auto run at every capacity at which it gets through, up to one
 * more than helps, and at last the run itself. */
void
each_capacity(const struct run *widest, run_law *law);

/* The room's test cases. */
TCase *
attempt_case(void);
TCase *
capacity_case(void);
TCase *
closed_case(void);
TCase *
cores_case(void);
TCase *
held_case(void);
TCase *
levels_case(void);
TCase *
period_case(void);
TCase *
spans_case(void);
TCase *
turns_case(void);

#endif
