/* means.c -- makes remarks where they are wanted. */
#include "config.h"

#include "request/means.h"

void
means_remark(const struct means *means, const char *format, ...)
{
    va_list args;

    if (!means->remark)
        return;
    va_start(args, format);
    means->remark(format, args);
    va_end(args);
}
