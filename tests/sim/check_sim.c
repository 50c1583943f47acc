/* check_sim.c -- the test program of src/sim: closed forms, single spans,
 * levels, capacities, shared cores, the turns of lockstep, the period, and
 * plans that are not valid. */
#include "config.h"

#include "runs.h"
#include "suite.h"

int
main(void)
{
    Suite *suite = suite_create("sim");

    suite_add_tcase(suite, closed_case());
    suite_add_tcase(suite, spans_case());
    suite_add_tcase(suite, levels_case());
    suite_add_tcase(suite, capacity_case());
    suite_add_tcase(suite, cores_case());
    suite_add_tcase(suite, turns_case());
    suite_add_tcase(suite, period_case());
    suite_add_tcase(suite, attempt_case());
    suite_add_tcase(suite, held_case());
    return suite_main(suite);
}
