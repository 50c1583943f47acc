/* check_runtime.c -- the test program of src/runtime. sim is its oracle: both
 * must leave the same virtual trace. */
#include "config.h"

#include "suite.h"
#include "toy.h"

int
main(void)
{
    Suite *suite = suite_create("runtime");

    suite_add_tcase(suite, channel_case());
    suite_add_tcase(suite, virtual_case());
    suite_add_tcase(suite, deadlock_case());
    suite_add_tcase(suite, failure_case());
    suite_add_tcase(suite, far_case());
    suite_add_tcase(suite, lockstep_case());
    suite_add_tcase(suite, meeting_case());
    suite_add_tcase(suite, threads_case());
    suite_add_tcase(suite, wall_case());
    suite_add_tcase(suite, alloc_case());
    return suite_main(suite);
}
