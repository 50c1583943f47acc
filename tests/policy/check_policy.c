/* check_policy.c -- the test program of src/policy. */
#include "config.h"

#include "cases.h"
#include "suite.h"

int
main(void)
{
    Suite *suite = suite_create("policy");

    suite_add_tcase(suite, policy_case());
    suite_add_tcase(suite, orders_case());
    suite_add_tcase(suite, ways_case());
    suite_add_tcase(suite, groups_case());
    suite_add_tcase(suite, copies_case());
    return suite_main(suite);
}
