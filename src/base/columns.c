/* columns.c -- finds the width of a stream's lines and breaks lines to it. */
#include "config.h"

#include "base/columns.h"

#include "base/error.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Without a terminal, and at least, were its window even narrower. */
enum { PIPED = 100, LEAST = 20 };

/* Of the further lines, beyond the first one's own. */
enum { INDENT = 4 };

static int
at_least(long columns)
{
    return columns < LEAST ? LEAST : columns < INT_MAX ? (int)columns : PIPED;
}

/* Of the window of a terminal. */
static int
window_columns(int fd)
{
#ifdef TIOCGWINSZ
    struct winsize window;

    if (ioctl(fd, TIOCGWINSZ, &window) == 0 && window.ws_col > 0)
        return at_least(window.ws_col);
#else
    (void)fd;
#endif
    return PIPED;
}

int
columns_of(FILE *out)
{
    const char *asked = getenv("COLUMNS");
    int fd = fileno(out);

    if (asked && strtol(asked, NULL, 10) > 0)
        return at_least(strtol(asked, NULL, 10));
    if (fd < 0 || !isatty(fd))
        return out == stderr ? INT_MAX : PIPED;
    return window_columns(fd);
}

/* Columns of the first bytes of a text in UTF-8. */
static int
width_of(const char *text, size_t bytes)
{
    int width = 0;

    for (size_t i = 0; i < bytes; i++)
        width += ((unsigned char)text[i] & 0xc0) != 0x80;
    return width;
}

/* Bytes of the longest beginning of a text that fits and ends before a blank;
 * of its first word at least. */
static size_t
fitting(const char *text, int columns)
{
    size_t fits = strspn(text, " ");

    fits += strcspn(text + fits, " ");
    for (size_t end = fits; text[end];) {
        end += strspn(text + end, " ");
        end += strcspn(text + end, " ");
        if (width_of(text, end) > columns)
            break;
        fits = end;
    }
    return fits;
}

void
columns_print(FILE *out, const char *text, int columns, int indent)
{
    size_t bytes = fitting(text, columns);

    fprintf(out, "%.*s", (int)bytes, text);
    for (text += bytes; *text; text += bytes) {
        text += strspn(text, " ");
        bytes = fitting(text, columns - indent);
        if (bytes > 0)
            fprintf(out, "\n%*s%.*s", indent, "", (int)bytes, text);
    }
    fputc('\n', out);
}

void
columns_begin(struct columns_lines *lines)
{
    lines->to = open_memstream(&lines->text, &lines->size);
    if (!lines->to)
        die("out of memory");
}

void
columns_end(struct columns_lines *lines, FILE *out, int columns)
{
    char *line;

    fclose(lines->to);
    line = lines->text;
    while (*line) {
        size_t length = strcspn(line, "\n");
        char *next = line + length + (line[length] == '\n');

        line[length] = '\0';
        columns_print(out, line, columns, (int)strspn(line, " ") + INDENT);
        line = next;
    }
    free(lines->text);
}
