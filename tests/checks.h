/* checks.h -- Check, whose assertions cost nothing where they hold. */
#ifndef PIPELAB_TESTS_CHECKS_H
#define PIPELAB_TESTS_CHECKS_H

#include <check.h>
#include <stdbool.h>

/* Check's old name for ck_abort_msg() is our fail(). */
#undef fail

/* Check writes the place of each assertion that holds to a file, for the case
 * that the test crashes after it. In a sweep these writes take longer than what
 * is tested: here each assertion writes its place the first time alone. */
#undef ck_assert_msg
#define ck_assert_msg(expr, ...)                                              \
    do {                                                                      \
        static _Thread_local bool ck_placed;                                  \
        if (!(expr))                                                          \
            _ck_assert_failed(__FILE__, __LINE__,                             \
                              "Assertion '" #expr "' failed", __VA_ARGS__);   \
        if (!ck_placed)                                                       \
            mark_point();                                                     \
        ck_placed = true;                                                     \
    } while (0)

#endif
