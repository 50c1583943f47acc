/* check_search.c -- the test program of src/search: schedules by name, the
 * papers' closed forms, and what the search promises. */
#include "config.h"

#include "cases.h"
#include "suite.h"

int
main(void)
{
    Suite *suite = suite_create("search");

    suite_add_tcase(suite, schedule_case());
    suite_add_tcase(suite, papers_case());
    suite_add_tcase(suite, retime_case());
    suite_add_tcase(suite, meet_case());
    suite_add_tcase(suite, greedy_case());
    suite_add_tcase(suite, list_case());
    suite_add_tcase(suite, memory_case());
    suite_add_tcase(suite, sweep_case());
    suite_add_tcase(suite, tune_case());
    return suite_main(suite);
}
