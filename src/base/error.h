/* error.h -- the two ways of saying that something went wrong.
 *
 * What the user can mend is described in a cause and handed up the stack;
 * what nobody can mend (no memory, no thread) ends the process. */
#ifndef PIPELAB_BASE_ERROR_H
#define PIPELAB_BASE_ERROR_H

#include <stdbool.h>

/* One line: what is wrong, where, and what to do. */
struct cause {
    char text[512];
};

/* Writes the line and returns false, so that callers can `return fail(...)`.
 * A text that does not fit is cut; it is clean as text.h has it. */
bool
fail(struct cause *cause, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints "pipelab: ..." on stderr, writes out all streams and ends the process
 * with status 1, whatever other threads are at: what must be done before the
 * end is registered with at_quick_exit(). */
_Noreturn void
die(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
