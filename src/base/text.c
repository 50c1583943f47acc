/* text.c -- reads names as UTF-8, and finds other words for what is none. */
#include "config.h"

#include "base/text.h"

#include "base/called.h"
#include "base/columns.h"
#include "base/memory.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char bytes_mark[] = "bytes:";

/* Remarks are another process's to make. */
static bool silent;

/* The remarks that wait, each a line. */
static struct {
    bool waits;
    char **lines;
    size_t count;
    size_t room;
} held;

/* Of the further lines of a text that is wider than its stream. */
enum { INDENT = 4 };

/* Bytes of the character that text begins with, 0 if it is no UTF-8. */
static int
character(const char *text, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)*text;
    int length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

    *code = length == 1 ? first : first & (0x7fu >> length);
    if (length > 1 && (first < 0xc0 || first >= 0xf8))
        return 0;
    for (int i = 1; i < length; i++) {
        unsigned char next = (unsigned char)text[i];

        if ((next & 0xc0) != 0x80)
            return 0;
        *code = *code << 6 | (next & 0x3f);
    }
    return *code < least[length] || *code > 0x10ffff ||
                   (*code >= 0xd800 && *code < 0xe000)
               ? 0
               : length;
}

/* What a terminal obeys, or a line ends with. */
static bool
is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 ||
           code == 0x2029;
}

static bool
is_utf8(const char *text)
{
    uint32_t code;

    while (*text) {
        int length = character(text, &code);

        if (length == 0)
            return false;
        text += length;
    }
    return true;
}

void
text_clean(char *text)
{
    char *to = text;

    while (*text) {
        uint32_t code;
        int length = character(text, &code);

        if (length == 0 || is_control(code)) {
            *to++ = '?';
            text += length ? length : 1;
        } else {
            memmove(to, text, (size_t)length);
            to += length;
            text += length;
        }
    }
    *to = '\0';
}

char *
text_shown(const char *name)
{
    char *copy = memory_new(strlen(name) + 1, 1);

    strcpy(copy, name);
    text_clean(copy);
    return copy;
}

/* The text of a format, clean; the caller frees it. */
static char *
clean_text(const char *format, va_list args)
{
    va_list again;
    char *text;
    int length;

    va_copy(again, args);
    length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    text = memory_new((size_t)length + 1, 1);
    vsnprintf(text, (size_t)length + 1, format, args);
    text_clean(text);
    return text;
}

void
text_line(FILE *out, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = clean_text(format, args);
    va_end(args);
    columns_print(out, text, columns_of(out), INDENT);
    free(text);
}

/* Prints the line of a remark and frees it. */
static void
print_remark(char *line)
{
    columns_print(stderr, line, columns_of(stderr), INDENT);
    free(line);
}

void
text_remark(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    text_vremark(format, args);
    va_end(args);
}

void
text_silence(void)
{
    silent = true;
}

void
text_hold(void)
{
    held.waits = true;
}

void
text_drop(void)
{
    for (size_t i = 0; i < held.count; i++)
        free(held.lines[i]);
    free(held.lines);
    held.lines = NULL;
    held.count = held.room = 0;
    held.waits = false;
}

void
text_release(void)
{
    for (size_t i = 0; i < held.count; i++)
        print_remark(held.lines[i]);
    held.count = 0;
    text_drop();
}

void
text_vremark(const char *format, va_list args)
{
    static const char begin[] = "pipelab: ";
    char *text;
    char *called;
    char *line;

    if (silent)
        return;
    text = clean_text(format, args);
    called = called_text(text);
    line = memory_new(sizeof begin + strlen(called), 1);
    strcat(strcpy(line, begin), called);
    free(called);
    free(text);
    if (!held.waits) {
        print_remark(line);
        return;
    }
    memory_grow(&held.lines, &held.room, held.count, sizeof *held.lines);
    held.lines[held.count++] = line;
}

void
text_csv(FILE *out, const char *text)
{
    char *field = text_shown(text);
    bool quoted = strpbrk(field, ",\"") != NULL;

    if (quoted)
        fputc('"', out);
    for (const char *c = field; *c; c++) {
        if (*c == '"')
            fputc('"', out);
        fputc(*c, out);
    }
    if (quoted)
        fputc('"', out);
    free(field);
}

static void
put_utf8(FILE *out, const char *text)
{
    uint32_t code;

    for (int length; *text; text += length) {
        length = character(text, &code);
        if (code == '"' || code == '\\')
            fprintf(out, "\\%c", (char)code);
        else if (is_control(code))
            fprintf(out, "\\u%04x", code);
        else
            fwrite(text, 1, (size_t)length, out);
    }
}

static void
put_bytes(FILE *out, const char *text)
{
    fputs(bytes_mark, out);
    for (; *text; text++) {
        const char one[2] = {*text};

        if (*text == '%' || !is_utf8(one))
            fprintf(out, "%%%02X", (unsigned char)*text);
        else
            put_utf8(out, one);
    }
}

void
text_json(FILE *out, const char *text)
{
    bool marked = strncmp(text, bytes_mark, sizeof bytes_mark - 1) == 0;

    fputc('"', out);
    (marked || !is_utf8(text) ? put_bytes : put_utf8)(out, text);
    fputc('"', out);
}

char *
text_from_json(const char *string)
{
    char *text = memory_new(strlen(string) + 1, 1);
    char *to = text;

    if (strncmp(string, bytes_mark, sizeof bytes_mark - 1) != 0)
        return strcpy(text, string);
    for (string += sizeof bytes_mark - 1; *string; string++) {
        unsigned byte = (unsigned char)*string;

        if (byte == '%' && isxdigit((unsigned char)string[1]) &&
            isxdigit((unsigned char)string[2]) &&
            strncmp(string, "%00", 3) != 0) {
            sscanf(string + 1, "%2x", &byte);
            string += 2;
        }
        *to++ = (char)byte;
    }
    return text;
}

char *
text_size(size_t bytes, char text[TEXT_SIZE_MAX])
{
    static const char units[] = "KMGTPE";
    double size = (double)bytes / 1024;
    int unit = 0;

    while (size >= 1024 && units[unit + 1]) {
        size /= 1024;
        unit++;
    }
    snprintf(text, TEXT_SIZE_MAX, "%.1f %ciB", size, units[unit]);
    return text;
}
