/* bench_scale.h -- how fast plans are made, checked and simulated. */
#ifndef PIPELAB_BENCH_BENCH_SCALE_H
#define PIPELAB_BENCH_BENCH_SCALE_H

#include <stdint.h>

struct bench_scale {
    int ranks;
    int mbs;
    int64_t actions;  /* computations, transfers and steps of all ranks */
    int64_t plan_ns;  /* to make the 1F1B plan */
    int64_t check_ns; /* to lower and check it */
    int64_t sim_ns;   /* to simulate it */
};

/* Fills in all but the shape: medians of so many runs. */
void
bench_scale_run(struct bench_scale *scale, int repeat);

#endif
