/* text.h -- names of files and data sets, which may hold any bytes: on a
 * terminal, in JSON and back. */
#ifndef PIPELAB_BASE_TEXT_H
#define PIPELAB_BASE_TEXT_H

#include <stdarg.h>
#include <stdio.h>

/* Makes one line of text that does nothing to a terminal: control characters
 * (C0, DEL, C1), line separators and bytes that are no UTF-8 become '?'. */
void
text_clean(char *text);

/* A copy that is clean, to be freed. */
char *
text_shown(const char *name);

/* Prints a line on out, clean but for the newline that ends it. */
void
text_line(FILE *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same on stderr, after "pipelab: ". */
void
text_remark(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Writes a string of JSON with its quotes. A text that is no UTF-8 is written
 * as "bytes:" and its bytes, of which '%' and those that are not ASCII are %XX;
 * so is one that begins with "bytes:" itself, for the way back. */
void
text_json(FILE *out, const char *text);

/* The way back: what was written as such a string; to be freed. */
char *
text_from_json(const char *string);

#endif
