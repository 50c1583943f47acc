/* sheet.h -- a lab on paper: a task and a table to fill, blank or filled, on
 * one page of 80 columns and 60 lines; or as a spreadsheet.
 *
 *   +--------+--+--+--+
 *   |tick    |0 |1 |2 |    the head and the first cell of each row are given;
 *   +--------+--+--+--+    the others are to be filled
 *   |rank 0  |  |  |  |
 *   +--------+--+--+--+
 *
 * A lab calls sheet_task() once, sheet_head() for each column, then sheet_add()
 * for each cell, row by row. */
#ifndef PIPELAB_COURSE_SHEET_H
#define PIPELAB_COURSE_SHEET_H

#include "base/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { SHEET_COLUMNS = 80, SHEET_LINES = 60 };

struct sheet {
    char task[800];
    char **cells; /* those of the head, then row by row */
    size_t count;
    size_t room;
    size_t columns; /* cells of the head */
};

void
sheet_task(struct sheet *sheet, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void
sheet_head(struct sheet *sheet, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void
sheet_add(struct sheet *sheet, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints the task and the table; filled or not. */
void
sheet_print(FILE *out, const struct sheet *sheet, bool filled);

/* The table as CSV, which spreadsheet programs open. */
void
sheet_csv(FILE *out, const struct sheet *sheet, bool filled);

/* task, head and rows, as members of the open object. */
void
sheet_json(struct json *json, const struct sheet *sheet, bool filled);

void
sheet_fini(struct sheet *sheet);

#endif
