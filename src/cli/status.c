/* status.c -- says on stderr why a command ends with an error. */
#include "config.h"

#include "cli/status.h"

#include <stdio.h>

int
complain(enum status status, const struct cause *cause)
{
    fprintf(stderr, "pipelab: %s\n", cause->text);
    return (int)status;
}
