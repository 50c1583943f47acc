/* cases.h -- test cases of the room that have a file of their own. */
#ifndef PIPELAB_TESTS_BASE_CASES_H
#define PIPELAB_TESTS_BASE_CASES_H

#include "suite.h"

TCase *
columns_case(void);

TCase *
list_case(void);

TCase *
near_case(void);

TCase *
text_case(void);

#endif
