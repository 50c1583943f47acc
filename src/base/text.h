/* text.h -- prints names that may hold any bytes (of files, of data sets) on a
 * terminal and in JSON, and reads them back from JSON. */
#ifndef PIPELAB_BASE_TEXT_H
#define PIPELAB_BASE_TEXT_H

#include <stdarg.h>
#include <stdio.h>

/* Makes text safe to print on one line of a terminal: control characters (C0,
 * DEL, C1), line separators and bytes that are not UTF-8 become '?'. */
void
text_clean(char *text);

/* A clean copy; the caller frees it. */
char *
text_shown(const char *name);

/* Prints a clean line and a newline on out, as several lines where it is too
 * wide (columns.h). */
void
text_line(FILE *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same on stderr, after "pipelab: ", with the program's name in commands as
 * it was called. */
void
text_remark(const char *format, ...) __attribute__((format(printf, 1, 2)));
void
text_vremark(const char *format, va_list args);

/* Remarks wait from now on: of a command that is refused, the refusal alone is
 * said. One thread makes remarks while they wait. */
void
text_hold(void);

/* Prints the remarks that wait, or forgets them; later ones do not wait. */
void
text_release(void);
void
text_drop(void);

/* No remark is printed from now on: another process says it. */
void
text_silence(void);

/* Writes a clean text as a field of CSV, in quotes where it needs them. */
void
text_csv(FILE *out, const char *text);

/* Writes a JSON string with its quotes. A text that is not UTF-8 is written as
 * "bytes:" and its bytes, where '%' and every byte that is not ASCII become
 * %XX. A text that begins with "bytes:" is written so too: then
 * text_from_json() can read both. */
void
text_json(FILE *out, const char *text);

/* The text that text_json() wrote as this string (read already, without quotes
 * and escapes). The caller frees it. */
char *
text_from_json(const char *string);

/* Writes "12.5 MiB" into text and returns text. */
enum { TEXT_SIZE_MAX = 24 };
char *
text_size(size_t bytes, char text[TEXT_SIZE_MAX]);

#endif
