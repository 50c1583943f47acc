/* suite.h -- the main() of a room's Check program, and how wide its sweeps step. */
#ifndef PIPELAB_TESTS_SUITE_H
#define PIPELAB_TESTS_SUITE_H

#include <check.h>
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

/* How far a long sweep goes from one case to the next: 1; under a sanitizer 3,
 * unless SWEEP=all is set. A sanitizer is slow, and looks for races and wrong
 * memory, which neighbouring cases show alike; the laws of the numbers are held
 * by builds without one. */
static inline int
stride(void)
{
    const char *sweep = getenv("SWEEP");

    return SANITIZED && !(sweep && strcmp(sweep, "all") == 0) ? 3 : 1;
}

/* Check's old name for ck_abort_msg() is our fail(). */
#undef fail

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
