/* cases.h -- the room's test cases. */
#ifndef PIPELAB_TESTS_POLICY_CASES_H
#define PIPELAB_TESTS_POLICY_CASES_H

#include "checks.h"

TCase *
copies_case(void);
TCase *
groups_case(void);
TCase *
orders_case(void);
TCase *
policy_case(void);
TCase *
ways_case(void);

#endif
