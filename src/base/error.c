#include "config.h"

#include "base/error.h"

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
    exit(EXIT_FAILURE);
}
