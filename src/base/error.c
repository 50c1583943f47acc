/* error.c -- puts causes into words, and ends the process where there is no
 * way on. */
#include "config.h"

#include "base/error.h"

#include "base/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

bool
fail(struct cause *cause, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(cause->text, sizeof cause->text, format, args);
    va_end(args);
    cause->place.rank = -1;
    /* The text may quote a file with any bytes; it must stay one line. */
    text_clean(cause->text);
    return false;
}

bool
fail_at(struct cause *cause, int rank, long long position, const char *cell)
{
    cause->place.rank = rank;
    cause->place.position = position;
    snprintf(cause->place.cell, sizeof cause->place.cell, "%s", cell);
    text_clean(cause->place.cell);
    return false;
}

bool
fail_of(struct cause *cause, const char *name)
{
    struct cause unnamed = *cause;

    return fail(cause, "%s: %s", name, unnamed.text);
}

enum { LAST_ACTS = 2 };
static void (*_Atomic last_acts[LAST_ACTS])(void);

void
at_die(void (*function)(void))
{
    int i = 0;

    while (last_acts[i])
        i++;
    assert(i < LAST_ACTS);
    last_acts[i] = function;
}

_Noreturn void
die(const char *format, ...)
{
    struct cause cause;
    va_list args;

    va_start(args, format);
    vsnprintf(cause.text, sizeof cause.text, format, args);
    va_end(args);
    text_clean(cause.text);
    fprintf(stderr, "pipelab: %s\n", cause.text);
    /* Other ranks may be computing: exit() would take OpenBLAS from under
     * them. */
    fflush(NULL);
    for (int i = LAST_ACTS - 1; i >= 0; i--)
        if (last_acts[i])
            last_acts[i]();
    _Exit(EXIT_FAILURE);
}
