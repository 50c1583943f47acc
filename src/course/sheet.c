/* sheet.c -- prints the sheets of the labs. */
#include "config.h"

#include "course/sheet.h"

#include "base/columns.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void
sheet_task(struct sheet *sheet, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sheet->task, sizeof sheet->task, format, arguments);
    va_end(arguments);
}

static void
append(struct sheet *sheet, const char *format, va_list arguments)
{
    enum { CELL = 80 };
    char *cell = memory_new(CELL, 1);

    vsnprintf(cell, CELL, format, arguments);
    memory_grow(&sheet->cells, &sheet->room, sheet->count,
                sizeof *sheet->cells);
    sheet->cells[sheet->count++] = cell;
}

void
sheet_head(struct sheet *sheet, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    append(sheet, format, arguments);
    va_end(arguments);
    sheet->columns++;
}

void
sheet_add(struct sheet *sheet, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    append(sheet, format, arguments);
    va_end(arguments);
}

/* The cell as it is shown. */
static const char *
shown(const struct sheet *sheet, size_t i, bool filled)
{
    bool given = i < sheet->columns || i % sheet->columns == 0;

    return filled || given ? sheet->cells[i] : "";
}

/* As wide as its longest cell, also where that is not shown. */
static int
column_width(const struct sheet *sheet, size_t column)
{
    size_t width = 2;

    for (size_t i = column; i < sheet->count; i += sheet->columns)
        if (strlen(sheet->cells[i]) > width)
            width = strlen(sheet->cells[i]);
    return (int)width;
}

static void
print_rule(FILE *out, const struct sheet *sheet)
{
    for (size_t c = 0; c < sheet->columns; c++) {
        fputc('+', out);
        for (int i = column_width(sheet, c); i > 0; i--)
            fputc('-', out);
    }
    fputs("+\n", out);
}

void
sheet_print(FILE *out, const struct sheet *sheet, bool filled)
{
    columns_print(out, sheet->task, SHEET_COLUMNS - 1, 0);
    fputc('\n', out);
    for (size_t i = 0; i < sheet->count; i++) {
        size_t column = i % sheet->columns;

        if (column == 0)
            print_rule(out, sheet);
        fprintf(out, "|%-*s", column_width(sheet, column),
                shown(sheet, i, filled));
        if (column == sheet->columns - 1)
            fputs("|\n", out);
    }
    print_rule(out, sheet);
}

void
sheet_csv(FILE *out, const struct sheet *sheet, bool filled)
{
    for (size_t i = 0; i < sheet->count; i++) {
        text_csv(out, shown(sheet, i, filled));
        fputc(i % sheet->columns == sheet->columns - 1 ? '\n' : ',', out);
    }
}

/* The cells from .. to-1 as an array. */
static void
json_cells(struct json *json, const char *key, const struct sheet *sheet,
           size_t from, bool filled)
{
    json_open(json, key, '[');
    for (size_t i = from; i < from + sheet->columns; i++)
        json_text(json, NULL, shown(sheet, i, filled));
    json_close(json, ']');
}

void
sheet_json(struct json *json, const struct sheet *sheet, bool filled)
{
    json_text(json, "task", sheet->task);
    json_cells(json, "head", sheet, 0, filled);
    json_open(json, "rows", '[');
    for (size_t i = sheet->columns; i < sheet->count; i += sheet->columns)
        json_cells(json, NULL, sheet, i, filled);
    json_close(json, ']');
}

void
sheet_fini(struct sheet *sheet)
{
    for (size_t i = 0; i < sheet->count; i++)
        free(sheet->cells[i]);
    free(sheet->cells);
}
