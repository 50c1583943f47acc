/* output.h -- files that the user asked for, whole or not at all.
 *
 *   write --> FILE.partNUMBER --fsync, rename--> FILE --fsync of its directory
 *
 * Whenever the process or the machine dies, FILE is the old one or the new one.
 * A run that is killed meanwhile leaves FILE.partNUMBER behind: no later run
 * can tell it from the file of one that still writes. The number is random. A
 * symbolic link stays, and the file that it points to is replaced, or made.
 * The new file has the old one's rights, and its owner where the process may
 * give files away.
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
    FILE *out;           /* NULL when not open */
    const char *option;  /* "--svg": for errors; borrowed, as is path */
    const char *path;
    char target[PATH_MAX];    /* absolute path, links resolved */
    char temporary[PATH_MAX]; /* its neighbour; empty when written in place */
    int error;                /* errno of the first failure that was seen */
    struct output *next;      /* of those with a temporary file */
};

/* stream: readers may look on while it grows. */
bool
output_open(struct output *output, const char *option, const char *path,
            bool stream, struct cause *cause);

/* Hands over to the system what was written so far. What fails is told by
 * output_close(). */
void
output_flush(struct output *output);

/* False, and the old file or none, if anything could not be written. Harmless
 * when not open. */
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

/* Whether output_open() of a file that is no stream would succeed; leaves all
 * as it was. To be asked before the work whose results are to go there. */
bool
output_possible(const char *option, const char *path, struct cause *cause);

#endif
