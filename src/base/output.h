/* output.h -- files that the user asked for, whole or not at all.
 *
 *   write --> FILE.partNUMBER --fsync, rename--> FILE --fsync of its directory
 *
 * If the process or the machine dies at any moment, FILE is the whole old file
 * or the whole new one. A run that is killed leaves FILE.partNUMBER behind,
 * with a random number: a later run cannot tell it from the file of a run that
 * still writes. A symbolic link stays, and the file that it points to is
 * replaced, or made. The new file has the old one's rights, and its owner where
 * the process may give files away.
 *
 * Streams, devices and pipes are written in place, and so are names of open
 * descriptors (/dev/stdout, /dev/fd/3), which go on where they stand. */
#ifndef PIPELAB_BASE_OUTPUT_H
#define PIPELAB_BASE_OUTPUT_H

#include "base/error.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

struct output {
    FILE *out;                /* NULL when not open */
    const char *option;       /* for errors: --svg; borrowed */
    const char *path;         /* borrowed */
    char target[PATH_MAX];    /* absolute path, links resolved */
    char temporary[PATH_MAX]; /* its neighbour; empty when written in place */
    int error;                /* errno of the first failure that was seen */
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

/* Closes without a result: the old file stays. Harmless when not open. */
void
output_discard(struct output *output);

/* Whether a path is a name of an open descriptor, such as /dev/stdout. */
bool
output_is_descriptor(const char *path);

/* Whether two paths lead to one file, which need not be there yet. Character
 * devices are no files: several outputs may go to /dev/null. */
bool
output_is_same(const char *path, const char *other);

/* Whether output_open() would succeed for a file that is no stream; changes
 * nothing. Call it before the work that makes the results. */
bool
output_possible(const char *option, const char *path, struct cause *cause);

#endif
