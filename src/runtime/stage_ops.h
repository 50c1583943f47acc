/* stage_ops.h -- all that the runtime knows of a model. */
#ifndef PIPELAB_RUNTIME_STAGE_OPS_H
#define PIPELAB_RUNTIME_STAGE_OPS_H

#include "base/error.h"
#include "tensor/tensor.h"

#include <stdbool.h>
#include <stddef.h>

/* The four tensors of a microbatch that cross a stage's border. */
enum port {
    PORT_INPUT,      /* filled by the runtime before forward (s > 0) */
    PORT_OUTPUT,     /* read by it after forward (s < S-1) */
    PORT_GRAD_OUTPUT, /* filled before a backward (s < S-1) */
    PORT_GRAD_INPUT  /* read after it (s > 0) */
};

/* Each call comes from the rank that owns the stage. step counts from the
 * start of training. The computing ones return false with the cause if the run
 * must stop. */
struct stage_ops {
    struct tensor (*tensor)(void *stage, enum port port, int mb);
    bool (*forward)(void *stage, int step, int mb, struct cause *cause);
    bool (*backward)(void *stage, int step, int mb, struct cause *cause);
    bool (*backward_input)(void *stage, int step, int mb,
                           struct cause *cause);
    bool (*backward_weight)(void *stage, int step, int mb,
                            struct cause *cause);
    bool (*optimizer_step)(void *stage, int step, struct cause *cause);
};

/* One stage as the runtime is given it. */
struct run_stage {
    void *self;           /* handed to every op; borrowed */
    size_t input_floats;  /* the most that PORT_INPUT, PORT_GRAD_INPUT hold */
    size_t output_floats; /* the most that the other two hold */
};

#endif
