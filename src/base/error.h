/* error.h -- the two ways of saying that something went wrong.
 *
 * An error that the user can mend is described in a cause and handed up the
 * stack. Any other (no memory, no thread) ends the process. */
#ifndef PIPELAB_BASE_ERROR_H
#define PIPELAB_BASE_ERROR_H

#include <stdbool.h>

/* One line: what is wrong, where, and what to do. */
struct cause {
    char text[512];
};

/* Writes the line and returns false, so that callers can `return fail(...)`.
 * A text that does not fit is cut. The text is clean, see text_clean(). */
bool
fail(struct cause *cause, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Puts "name: " before a cause. Returns false. */
bool
fail_of(struct cause *cause, const char *name);

/* Prints "pipelab: ..." on stderr, flushes all streams and ends the process
 * with status 1 while other threads may still run. Functions that must run
 * before the end are given to at_die(). */
_Noreturn void
die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Has die() call the function before the process ends; there is one. In place
 * of C's at_quick_exit(), which macOS lacks. */
void
at_die(void (*function)(void));

#endif
