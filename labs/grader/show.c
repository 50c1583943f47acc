/* show.c -- writes the plan that a student's function makes.
 *
 *   show RANKS MBS FILE.csv
 *
 * It is compiled with the name of that function as SHOW_POLICY (of a plan) or
 * SHOW_STEPS (of a rank's step). The plan need not be valid. */
#include "config.h"

#include "calls.h"

#include "base/error.h"
#include "plan/csv.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* There is no test to tell. */
void
doing(const char *text)
{
    (void)text;
}

/* Nor a claim to fail. */
_Noreturn void
ck_abort_msg(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    exit(EXIT_FAILURE);
}

int
main(int argc, char **argv)
{
    FILE *out = argc == 4 ? fopen(argv[3], "w") : NULL;
    struct plan *plan;

    if (!out)
        die("cannot write the plan");
#ifdef SHOW_STEPS
    plan = made_by_steps(SHOW_STEPS, atoi(argv[1]), atoi(argv[2]));
#else
    plan = made(SHOW_POLICY, atoi(argv[1]), atoi(argv[2]));
#endif
    plan->lowered = true; /* without gaps: these need a valid plan */
    csv_write(out, plan);
    plan_free(plan);
    return fclose(out) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
