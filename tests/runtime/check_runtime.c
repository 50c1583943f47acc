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
    suite_add_tcase(suite, lockstep_case());
    return suite_main(suite);
}
