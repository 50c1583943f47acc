/* cases.h -- the room's test cases: those of foo.c here are about foo.c there.
 */
#ifndef PIPELAB_TESTS_PLAN_CASES_H
#define PIPELAB_TESTS_PLAN_CASES_H

#include "checks.h"

TCase *
action_case(void);
TCase *
broken_case(void);
TCase *
check_case(void);
TCase *
cost_case(void);
TCase *
csv_case(void);
TCase *
dialects_case(void);
TCase *
figures_case(void);
TCase *
footprint_case(void);
TCase *
forward_only_case(void);
TCase *
lower_case(void);
TCase *
meet_case(void);
TCase *
posted_case(void);
TCase *
sharding_case(void);
TCase *
slots_case(void);
TCase *
why_case(void);

#endif
