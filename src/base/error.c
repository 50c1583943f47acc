#include "config.h"

#include "base/error.h"

#include <ctype.h>
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
    /* It may quote a file, which may hold anything: one line stays one. */
    for (char *c = cause->text; *c; c++)
        if (iscntrl((unsigned char)*c))
            *c = '?';
    return false;
}

_Noreturn void
die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fputs("pipelab: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    /* Other ranks may be computing: exit() would take OpenBLAS from under
     * them. */
    fflush(NULL);
    quick_exit(EXIT_FAILURE);
}
