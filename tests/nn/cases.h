/* cases.h -- the test cases of the room, and a model to try them on. */
#ifndef PIPELAB_TESTS_NN_CASES_H
#define PIPELAB_TESTS_NN_CASES_H

#include "nn/slice.h"

#include <check.h>

/* Check's old name for ck_abort_msg() is our fail(). */
#undef fail

/* A batch of standard normal inputs and labels. */
struct batch {
    int rows;
    struct tensor x;
    uint8_t *labels;
};

void
batch_init(struct batch *batch, int rows, int features, int classes);
void
batch_fini(struct batch *batch);

/* All layers in one slice, with Adam unless said otherwise. */
struct slice *
whole_model(const struct mlp *mlp, int rows, int slots, int split_slots);

/* Forward of rows first.. of the batch in a slot; returns their part of the
 * loss of the whole batch. */
double
run_forward(struct slice *slice, int slot, const struct batch *batch, int first,
            int rows);

TCase *
gradient_case(void);
TCase *
optimizer_case(void);
TCase *
slice_case(void);
TCase *
split_case(void);

#endif
