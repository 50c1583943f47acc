/* cases.h -- test cases of the room that have a file of their own. */
#ifndef PIPELAB_TESTS_DATA_CASES_H
#define PIPELAB_TESTS_DATA_CASES_H

#include "suite.h"

TCase *
safetensors_case(void);

#endif
