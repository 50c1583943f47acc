/* csv_rows.c -- reads the rows of a plan as several programs write them. */
#include "config.h"

#include "plan/csv_rows.h"

#include "base/memory.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    struct csv_rows *rows;
    FILE *in;
    const char *name;
    struct cause *cause;
    char *line;
    size_t line_room;
    bool nul;     /* the line ends at a NUL byte */
    char **cells; /* of the line, each without blanks and quotes */
    size_t count;
    size_t room;
    size_t blank;  /* rows without a cell: they are ranks if more follows */
    bool header;   /* has been read */
    bool numbered; /* rows begin with their rank's number */
};

/* Reads up to the next LF, CR, CR LF or NUL. False at the end. */
static bool
read_line(struct reader *r)
{
    int c = getc_unlocked(r->in);
    size_t length = 0;

    if (c == EOF)
        return false;
    for (; c != EOF && c != '\n' && c != '\r' && c; c = getc_unlocked(r->in)) {
        memory_grow(&r->line, &r->line_room, length, 1);
        r->line[length++] = (char)c;
    }
    r->nul = c == '\0';
    if (c == '\r' && (c = getc_unlocked(r->in)) != '\n')
        ungetc(c, r->in);
    memory_grow(&r->line, &r->line_room, length, 1);
    r->line[length] = '\0';
    return true;
}

static char *
trim(char *text)
{
    char *end;

    text += strspn(text, " \t");
    end = text + strlen(text);
    while (end > text && strchr(" \t", end[-1]))
        *--end = '\0';
    return text;
}

/* Takes off the quotes that some programs put around a cell; None is Python's
 * empty one. */
static char *
bare(char *cell)
{
    size_t length;

    cell = trim(cell);
    length = strlen(cell);
    if (length >= 2 && (*cell == '"' || *cell == '\'') &&
        cell[length - 1] == *cell) {
        cell[length - 1] = '\0';
        cell = trim(cell + 1);
    }
    return strcmp(cell, "None") == 0 ? cell + 4 : cell;
}

/* The first separator outside parentheses; inside, ";" separates the parts of
 * an overlap. */
static char
separator_of(const char *line)
{
    static const char separators[] = ",\t;";

    for (const char *s = separators; *s; s++) {
        bool inside = false;

        for (const char *c = line; *c; c++) {
            inside = *c == '(' || (inside && *c != ')');
            if (*c == *s && !inside)
                return *s;
        }
    }
    return ',';
}

static void
add_cell(struct reader *r, char *cell)
{
    memory_grow(&r->cells, &r->room, r->count, sizeof *r->cells);
    r->cells[r->count++] = bare(cell);
}

/* Fills the cells from a line, which may be a list as Python prints it. */
static void
split(struct reader *r, char *line)
{
    char separator = separator_of(line);
    char *list = trim(line);
    size_t length = strlen(list);
    bool inside = false;

    r->count = 0;
    if (length > 1 && *list == '[' && list[length - 1] == ']') {
        list[length - 1] = '\0';
        line = list + 1;
    }
    for (char *c = line; *c; c++) {
        inside = *c == '(' || (inside && *c != ')');
        if (*c != separator || (inside && separator == ';'))
            continue;
        *c = '\0';
        add_cell(r, line);
        line = c + 1;
    }
    add_cell(r, line);
}

static bool
is_blank(const struct reader *r)
{
    for (size_t i = 0; i < r->count; i++)
        if (*r->cells[i])
            return false;
    return true;
}

static bool
csv_rows_is_number(const char *cell)
{
    return *cell && cell[strspn(cell, "0123456789")] == '\0';
}

static bool
is_this_number(const char *cell, size_t number)
{
    return csv_rows_is_number(cell) && strtoumax(cell, NULL, 10) == number;
}

/* True for a row 0, 1, 2, ... of column numbers; it may begin with the index's
 * name. */
static bool
is_header(const struct reader *r)
{
    size_t first = !is_this_number(r->cells[0], 0);

    if (r->header || r->rows->count > 0 || r->count <= first ||
        (first && *r->cells[0] && strchr("0123456789(", *r->cells[0])))
        return false;
    for (size_t i = first; i < r->count; i++)
        if (!is_this_number(r->cells[i], i - first))
            return false;
    return true;
}

/* Adds the rows that were blank so far, and one more. */
static void
add_rows(struct reader *r)
{
    struct csv_rows *rows = r->rows;

    for (r->blank++; r->blank > 0; r->blank--) {
        memory_grow(&rows->at, &rows->room, rows->count, sizeof *rows->at);
        rows->count++;
    }
}

/* Whether the row begins with its rank's number, as all do or none. */
static bool
check_index(struct reader *r, bool first)
{
    const char *cell = r->cells[0];
    size_t rank = r->rows->count - 1;
    bool numbered = csv_rows_is_number(cell);

    if (first)
        r->numbered = numbered;
    return (numbered == r->numbered &&
            (!numbered || is_this_number(cell, rank))) ||
           fail(r->cause,
                "%s: rank %zu, position 0, \"%.40s\": an index counts all "
                "rows from 0, a header all columns; mend or remove it",
                r->name, rank, cell) ||
           fail_at(r->cause, (int)rank, 0, cell);
}

/* True for the line, before all rows, that says that stages have two copies. */
static bool
is_copies_mark(const struct reader *r, const char *line)
{
    return r->rows->count == 0 && strcmp(line, CSV_TWO_COPIES) == 0;
}

static bool
read_row(struct reader *r, char *line)
{
    struct csv_rows *rows = r->rows;
    bool first = rows->count == 0;

    line = trim(line);
    if (is_copies_mark(r, line)) {
        rows->two_copies = true;
        return true;
    }
    split(r, line);
    if (is_blank(r)) {
        r->blank++;
        return true;
    }
    if (is_header(r)) {
        r->header = true;
        r->blank = 0;
        return true;
    }
    /* An index of 0 is rank 0: the rows before it were a header. */
    if (first && is_this_number(r->cells[0], 0))
        r->blank = 0;
    add_rows(r);
    if (!check_index(r, first))
        return false;
    for (size_t i = r->numbered; i < r->count; i++) {
        uint32_t column = (uint32_t)(i - r->numbered);
        struct cause why;

        if (*r->cells[i] &&
            !csv_cell_read(r->cells[i], &rows->at[rows->count - 1], column,
                           &rows->cells, &why)) {
            fail(r->cause, "%s: rank %zu, position %" PRIu32 ", \"%.40s\": %s",
                 r->name, rows->count - 1, column, r->cells[i], why.text);
            return fail_at(r->cause, (int)rows->count - 1, column,
                           r->cells[i]);
        }
    }
    return true;
}

/* Refuses an encoding that is not one byte a character; moves *start past
 * UTF-8's byte order mark. */
static bool
check_encoding(const struct reader *r, bool first, char **start)
{
    static const char utf8[] = "\xef\xbb\xbf";

    if (first && (strncmp(r->line, "\xff\xfe", 2) == 0 ||
                  strncmp(r->line, "\xfe\xff", 2) == 0))
        return fail(r->cause, "%s: it is UTF-16; save it as UTF-8", r->name);
    if (r->nul)
        return fail(r->cause,
                    "%s: row %zu has a NUL byte; is it a CSV file in UTF-8?",
                    r->name, r->rows->count);
    *start = r->line;
    if (first && strncmp(r->line, utf8, strlen(utf8)) == 0)
        *start += strlen(utf8);
    return true;
}

bool
csv_rows_read(struct csv_rows *rows, FILE *in, const char *name,
              struct cause *cause)
{
    struct reader r = {.rows = rows, .in = in, .name = name, .cause = cause};
    bool good = true;
    char *start = NULL;

    for (bool first = true; good && read_line(&r); first = false)
        good = check_encoding(&r, first, &start) && read_row(&r, start);
    if (good && ferror(in))
        good = fail(cause, "%s: cannot be read: %s", name, strerror(errno));
    free(r.line);
    free(r.cells);
    return good;
}

void
csv_rows_fini(struct csv_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        free(rows->at[i].at);
        free(rows->at[i].columns);
    }
    free(rows->at);
}
