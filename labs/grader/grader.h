/* grader.h -- what an exercise is worth, claim by claim.
 *
 * Each claim is a Check test of its own: in a process of its own and under a
 * time limit, so that a crash or an endless loop costs that claim and no other.
 * A test asserts with ck_assert_msg() and the like; the message is what the
 * student reads, so it says what is wrong and not which variable. */
#ifndef PIPELAB_LABS_GRADER_H
#define PIPELAB_LABS_GRADER_H

#include "exercises.h"
#include "suite.h"

enum { CLAIM_SECONDS = 4 };

struct claim {
    const char *text;
    int points;
    const TTest *const *test; /* the address of a START_TEST */
};

/* The exercise's claims, up to one without a text; 10 points in all. In the
 * exercise's own check_NAME.c. */
extern const struct claim claims[];

/* What the test is at, to be told if it crashes or does not end. */
void
doing(const char *text);

/* The file to be graded, for an exercise that is no C. */
extern const char *graded_file;

#endif
