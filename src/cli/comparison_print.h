/* comparison_print.h -- how a table of schedules is shown. */
#ifndef PIPELAB_CLI_COMPARISON_PRINT_H
#define PIPELAB_CLI_COMPARISON_PRINT_H

#include "request/comparison.h"

/* Prints the table in the format of its options; first of those of a sweep, or
 * not. JSON's are the values of an array that the caller closes. */
void
comparison_print(const struct comparison *table, struct json *json,
                 bool first);

/* Draws the schedules that get through, one beneath the other, into the file
 * of --svg. */
bool
comparison_svg(const struct comparison *table, struct cause *cause);

/* Writes the page with the same and the table into the file of --html. */
bool
comparison_html(const struct comparison *table, struct cause *cause);

#endif
