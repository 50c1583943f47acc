/* cases.h -- the room's test cases. */
#ifndef PIPELAB_TESTS_NN_CASES_H
#define PIPELAB_TESTS_NN_CASES_H

#include "checks.h"

TCase *
chain_case(void);
TCase *
finite_case(void);
TCase *
gradient_case(void);
TCase *
loss_case(void);
TCase *
mlp_case(void);
TCase *
optimizer_case(void);
TCase *
slice_case(void);

#endif
