/* output.h -- files that the user asked for, whole or not at all.
 *
 *   write --> FILE.partPID --fsync, rename--> FILE --fsync of its directory
 *
 * If the process or the machine dies at any moment, FILE is the whole old file
 * or the whole new one; the temporary file may be left behind. A symbolic link
 * stays, and the file that it points to is replaced. Streams, devices and
 * pipes are written in place. */
#ifndef PIPELAB_BASE_OUTPUT_H
#define PIPELAB_BASE_OUTPUT_H

#include "base/error.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

struct output {
    FILE *out;           /* NULL when not open */
    const char *option;  /* "--svg", for errors; borrowed */
    const char *path;    /* borrowed */
    char target[PATH_MAX];    /* path, links resolved */
    char temporary[PATH_MAX]; /* beside target; empty when written in place */
    int error;                /* errno of the first failure */
    struct output *next;      /* list of outputs that have a temporary file */
};

/* stream: written in place, so that other programs can read it as it grows. */
bool
output_open(struct output *output, const char *option, const char *path,
            bool stream, struct cause *cause);

/* Hands what was written so far to the system. output_close() reports a
 * failure. */
void
output_flush(struct output *output);

/* False if anything could not be written: then the old file is still there, or
 * none. Does nothing when not open. */
bool
output_close(struct output *output, struct cause *cause);

/* Whether output_open() would succeed for a file that is no stream; changes
 * nothing. Call it before the work that makes the results. */
bool
output_possible(const char *option, const char *path, struct cause *cause);

#endif
