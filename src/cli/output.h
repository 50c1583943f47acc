/* output.h -- files that the user asked for, whole or not at all.
 *
 * What is written goes to a neighbour of the file, which takes its name when
 * all of it is there. Streams, devices and pipes are written in place. */
#ifndef PIPELAB_CLI_OUTPUT_H
#define PIPELAB_CLI_OUTPUT_H

#include "base/error.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

struct output {
    FILE *out;           /* NULL when not open */
    const char *option;  /* "--svg": for errors; borrowed, as is path */
    const char *path;
    char temporary[PATH_MAX]; /* empty when written in place */
};

/* stream: readers may look on while it grows. */
bool
output_open(struct output *output, const char *option, const char *path,
            bool stream, struct cause *cause);

/* False, and no file, if anything could not be written. Harmless when not
 * open. */
bool
output_close(struct output *output, struct cause *cause);

/* Whether output_open() of a file that is no stream would succeed; leaves all
 * as it was. To be asked before the work whose results are to go there. */
bool
output_possible(const char *option, const char *path, struct cause *cause);

#endif
