/* check_plan.c -- the test program of src/plan: one file of cases for
 * each of its parts. */
#include "config.h"

#include "cases.h"
#include "suite.h"

int
main(void)
{
    Suite *suite = suite_create("plan");

    suite_add_tcase(suite, action_case());
    suite_add_tcase(suite, lower_case());
    suite_add_tcase(suite, meet_case());
    suite_add_tcase(suite, forward_only_case());
    suite_add_tcase(suite, csv_case());
    suite_add_tcase(suite, dialects_case());
    suite_add_tcase(suite, check_case());
    suite_add_tcase(suite, broken_case());
    suite_add_tcase(suite, figures_case());
    suite_add_tcase(suite, why_case());
    suite_add_tcase(suite, cost_case());
    suite_add_tcase(suite, posted_case());
    suite_add_tcase(suite, sharding_case());
    suite_add_tcase(suite, slots_case());
    suite_add_tcase(suite, footprint_case());
    return suite_main(suite);
}
