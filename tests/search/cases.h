/* cases.h -- the room's test cases. */
#ifndef PIPELAB_TESTS_SEARCH_CASES_H
#define PIPELAB_TESTS_SEARCH_CASES_H

#include "checks.h"

TCase *
greedy_case(void);
TCase *
list_case(void);
TCase *
meet_case(void);
TCase *
memory_case(void);
TCase *
papers_case(void);
TCase *
retime_case(void);
TCase *
schedule_case(void);
TCase *
sweep_case(void);
TCase *
tune_case(void);

#endif
