/* error.h -- the two ways of saying that something went wrong.
 *
 * An error that the user can mend is described in a cause and handed up the
 * stack. Any other (no memory, no thread) ends the process. */
#ifndef PIPELAB_BASE_ERROR_H
#define PIPELAB_BASE_ERROR_H

#include <stdbool.h>

/* One line: what is wrong, where, and what to do. If it is about a cell of a
 * plan, the text names it, and so does the place. */
enum { CAUSE_CELL = 64 };
struct cause {
    char text[512];
    struct {
        int rank;              /* -1: the text names no place */
        long long position;    /* as plan_position() counts; -1: no cell */
        char cell[CAUSE_CELL]; /* as it is written */
    } place;
};

/* Writes the line and returns false, so that callers can `return fail(...)`.
 * A text that does not fit is cut. The text is clean, see text_clean(). */
bool
fail(struct cause *cause, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Says of what place a cause is, after fail(). Returns false. */
bool
fail_at(struct cause *cause, int rank, long long position, const char *cell);

/* Puts "name: " before a cause. Returns false. */
bool
fail_of(struct cause *cause, const char *name);

/* Prints "pipelab: ..." on stderr, flushes all streams and ends the process
 * with status 1 while other threads may still run. Functions that must run
 * before the end are given to at_die(). */
_Noreturn void
die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Has die() call the function before the process ends; there are two at most,
 * and the later one is called first. One thread at a time may call this. In
 * place of C's at_quick_exit(), which macOS lacks. */
void
at_die(void (*function)(void));

#endif
