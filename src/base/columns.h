/* columns.h -- how wide a line of text may be, and lines broken to that
 * width. */
#ifndef PIPELAB_BASE_COLUMNS_H
#define PIPELAB_BASE_COLUMNS_H

#include <stdio.h>

/* Columns of a line on a stream: $COLUMNS, or else the window of its terminal,
 * at least 20; or else 100. Remarks that go to no terminal are not broken. */
int
columns_of(FILE *out);

/* Prints text and a newline. Where it is wider than columns it is broken
 * between words, and all lines but the first are indented. A word that is
 * wider than a line is left whole: it may be a command to copy. */
void
columns_print(FILE *out, const char *text, int columns, int indent);

/* Collects lines that are printed piece by piece on `to`, and at the end prints
 * them on out, broken to columns where they are wider, their further lines
 * indented. */
struct columns_lines {
    FILE *to;
    char *text;
    size_t size;
};
void
columns_begin(struct columns_lines *lines);
void
columns_end(struct columns_lines *lines, FILE *out, int columns);

#endif
