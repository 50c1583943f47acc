/* suite.h -- the main() of a room's Check program, and how wide its sweeps
 * step. */
#ifndef PIPELAB_TESTS_SUITE_H
#define PIPELAB_TESTS_SUITE_H

#include "checks.h"

#include <stdlib.h>
#include <string.h>

/* 1 if a sanitizer puts functions of its own in libc's place, in gcc's words or
 * in clang's. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SANITIZED 1
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* How far a long sweep goes from one case to the next: 3, so that make check is
 * short; 1 with SWEEP=whole, as .ci/run has it in one of its builds, or with
 * SWEEP=all, which has further cases in the search's tests. Command-line tests
 * have thin() for it (tests/cli/tap.sh). */
static inline int
stride(void)
{
    const char *sweep = getenv("SWEEP");

    return sweep && *sweep ? 1 : 3;
}

/* Adds a loop test of i from first to before end; one i in three where sweeps
 * are thinned, another one of each three in a row, as i often stands for
 * settings that take turns by three. */
static inline void
add_sweep(TCase *tcase, const TTest *test, int first, int end)
{
    for (int i = first; i < end; i++)
        if (stride() == 1 || (i + i / 3) % 3 == 0)
            tcase_add_loop_test(tcase, test, i, i + 1);
}

/* Runs the suite and returns the program's exit status. */
static inline int
suite_main(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    int failed;

    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
