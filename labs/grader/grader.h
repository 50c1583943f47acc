/* grader.h -- what an exercise is worth, claim by claim.
 *
 * Each claim is a test in a process of its own and under a time limit, so that
 * a crash or an endless loop costs that claim and no other. It holds if its
 * test returns; a test that finds something wrong says so by ck_assert_msg() or
 * ck_abort_msg() and ends there. These are the words of Check, which the tests
 * of the program use; the message is what the student reads, so it says what is
 * wrong and not which variable. */
#ifndef PIPELAB_LABS_GRADER_H
#define PIPELAB_LABS_GRADER_H

#include "exercises.h"

struct claim {
    const char *text;
    int points;
    void (*test)(void); /* a START_TEST */
};

/* The exercise's claims, up to one without a text; 10 points in all. In the
 * exercise's own check_NAME.c. */
extern const struct claim claims[];

#define START_TEST(name) static void name(void)
#define END_TEST

/* Ends the test: the claim does not hold. */
_Noreturn void
ck_abort_msg(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define ck_assert_msg(holds, ...)                                             \
    ((holds) ? (void)0 : ck_abort_msg(__VA_ARGS__))

/* What the test is at, to be told if it crashes or does not end. */
void
doing(const char *text);

/* The file to be graded, for an exercise that is no C. */
extern const char *graded_file;

#endif
