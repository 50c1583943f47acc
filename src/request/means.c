/* means.c -- opens files and makes remarks where there are such. */
#include "config.h"

#include "request/means.h"

#include <errno.h>
#include <string.h>

const char *
means_file(const char *option, const char *value)
{
    return *value == '{' ? option : value;
}

FILE *
means_open(const struct means *means, const char *option, const char *value,
           struct cause *cause)
{
    FILE *in = NULL;

    if (*value == '{')
        in = fmemopen((void *)value, strlen(value), "r");
    else if (means->open)
        in = means->open(value);
    else
        fail(cause,
             "%s: no files are read here; give the text of one, which begins "
             "with {",
             option);
    if (!in && (means->open || *value == '{'))
        fail(cause, "%s: cannot read %s: %s", option,
             means_file(option, value), strerror(errno));
    return in;
}

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
