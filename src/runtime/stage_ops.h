/* stage_ops.h -- all that the runtime knows of a model: the functions of a
 * stage. */
#ifndef PIPELAB_RUNTIME_STAGE_OPS_H
#define PIPELAB_RUNTIME_STAGE_OPS_H

#include "base/error.h"
#include "tensor/tensor.h"

#include <stdbool.h>
#include <stddef.h>

/* The tensors that enter or leave a stage: four of a microbatch, and where the
 * stage has two copies the weight gradients. */
enum port {
    PORT_INPUT,        /* the runtime fills it before forward (s > 0) */
    PORT_OUTPUT,       /* the runtime reads it after forward (s < S-1) */
    PORT_GRAD_OUTPUT,  /* the runtime fills it before a backward (s < S-1) */
    PORT_GRAD_INPUT,   /* the runtime reads it after a backward (s > 0) */
    PORT_WEIGHTS,      /* weight gradients of the whole step, of this copy: the
                       * runtime reads them before optimizer_step */
    PORT_OTHER_WEIGHTS /* those of the other copy: the runtime fills it before
                        * optimizer_step, which adds both */
};

/* The rank that owns the stage makes all calls. step counts from the start of
 * the training. All but tensor return false with the cause if the run must
 * stop; the cause is empty where another process knows it. */
struct stage_ops {
    struct tensor (*tensor)(void *stage, enum port port, int mb);
    bool (*forward)(void *stage, int step, int mb, struct cause *cause);
    /* The forward again, just before B or I, where the cost says so. */
    bool (*recompute)(void *stage, int step, int mb, struct cause *cause);
    bool (*backward)(void *stage, int step, int mb, struct cause *cause);
    bool (*backward_input)(void *stage, int step, int mb, struct cause *cause);
    bool (*backward_weight)(void *stage, int step, int mb,
                            struct cause *cause);
    bool (*optimizer_step)(void *stage, int step, struct cause *cause);
    /* In place of an optimizer_step that will not come, as the run has stopped:
     * other replicas of the stage wait for its gradients. May be NULL. */
    void (*give_up)(void *stage);
};

/* One stage as the runtime is given it. */
struct run_stage {
    void *self;          /* handed to every op; borrowed */
    size_t input_floats; /* the most that PORT_INPUT, PORT_GRAD_INPUT hold */
    size_t
        output_floats; /* the most that PORT_OUTPUT, PORT_GRAD_OUTPUT hold */
    size_t
        weight_floats; /* what the last two hold; read where it has copies */
};

#endif
