/* reader.c -- reads objects of JSON files strictly. */
#include "config.h"

#include "cluster/reader.h"

#include "cluster/bytes.h"
#include "base/memory.h"
#include "plan/cost.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool
reader_open(struct reader *reader, FILE *in, const char *file, json_t **root,
            struct cause *cause)
{
    json_error_t error;

#ifndef __wasm__
    /* What Jansson says when it has no memory is not always that. */
    json_set_alloc_funcs(memory_block, free);
#endif
    *root = json_loadf(in, JSON_REJECT_DUPLICATES, &error);
    if (!*root && ferror(in))
        return fail(cause, "%s: cannot be read: %s", file, strerror(errno));
    if (!*root)
        return fail(cause, "%s: line %d: %s; give JSON", file, error.line,
                    error.text);
    *reader = (struct reader){.file = file, .object = *root};
    if (!json_is_object(*root))
        return fail(cause, "%s: it is no object; begin with {", file);
    return true;
}

bool
reader_fail(const struct reader *reader, const char *key, struct cause *cause,
            const char *format, ...)
{
    char why[160];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    return fail(cause, "%s: %s%s %s", reader->file, reader->path, key, why);
}

bool
reader_end(const struct reader *reader, struct cause *cause)
{
    const char *key;
    json_t *value;

    json_object_foreach(reader->object, key, value)
    {
        int i = 0;

        while (reader->taken[i] && strcmp(reader->taken[i], key) != 0)
            i++;
        if (!reader->taken[i])
            return reader_fail(reader, key, cause,
                               "is no key here; leave it out");
    }
    return true;
}

bool
reader_has(const struct reader *reader, const char *key)
{
    return json_object_get(reader->object, key) != NULL;
}

json_t *
reader_take(struct reader *reader, const char *key)
{
    int i = 0;

    while (reader->taken[i])
        i++;
    if (i + 1 < READER_TAKEN)
        reader->taken[i] = key;
    return json_object_get(reader->object, key);
}

static bool
open_at(struct reader *member, const struct reader *reader, json_t *object,
        const char *name, struct cause *cause)
{
    *member = (struct reader){.file = reader->file, .object = object};
    snprintf(member->path, sizeof member->path, "%.80s%.60s.", reader->path,
             name);
    if (!json_is_object(object))
        return reader_fail(reader, name, cause, "is no object; begin with {");
    return true;
}

bool
reader_object(struct reader *member, struct reader *reader, const char *key,
              struct cause *cause)
{
    return open_at(member, reader, reader_take(reader, key), key, cause);
}

bool
reader_element(struct reader *element, const struct reader *reader,
               const char *key, json_t *array, size_t i, struct cause *cause)
{
    char name[48];

    snprintf(name, sizeof name, "%s[%zu]", key, i);
    return open_at(element, reader, json_array_get(array, i), name, cause);
}

/* What is there as text, or NULL with a number. */
static const char *
text_of(const json_t *value, char text[64])
{
    if (json_is_string(value))
        snprintf(text, 64, "\"%.48s\"", json_string_value(value));
    else if (json_is_number(value))
        snprintf(text, 64, "%.15g", json_number_value(value));
    else
        snprintf(text, 64, "no number");
    return text;
}

/* Whether there is a member; if not, whether that is an error. */
static bool
is_missing(struct reader *reader, const char *key, double standing,
           json_t **value, bool *good, struct cause *cause)
{
    *value = reader_take(reader, key);
    if (*value)
        return false;
    *good = standing >= 0.0 ||
            reader_fail(reader, key, cause, "is missing; give it");
    return true;
}

bool
reader_number(struct reader *reader, const char *key, double least,
              double most, double *number, struct cause *cause)
{
    char text[64];
    json_t *value;
    bool good;

    if (is_missing(reader, key, *number, &value, &good, cause))
        return good;
    *number = json_number_value(value);
    if (json_is_number(value) && *number >= least && *number <= most)
        return true;
    return reader_fail(reader, key, cause, "is %s; use a number from %g to %g",
                       text_of(value, text), least, most);
}

bool
reader_whole(struct reader *reader, const char *key, int64_t most,
             int64_t *number, struct cause *cause)
{
    double read = (double)*number;
    char text[64];

    if (!reader_number(reader, key, 1.0, (double)most, &read, cause))
        return false;
    if (read != floor(read))
        return reader_fail(
            reader, key, cause, "is %s; use a whole number",
            text_of(json_object_get(reader->object, key), text));
    *number = (int64_t)read;
    return true;
}

bool
reader_bytes(struct reader *reader, const char *key, int64_t *bytes,
             struct cause *cause)
{
    char text[64];
    json_t *value;
    double read;
    bool good;

    if (is_missing(reader, key, (double)*bytes, &value, &good, cause))
        return good;
    read = json_number_value(value);
    if (json_is_string(value)
            ? !bytes_parse(json_string_value(value), &read)
            : !json_is_number(value) || !(read >= 0.0 && read <= 1e18))
        return reader_fail(reader, key, cause,
                           "is %s; use bytes, as 1048576 or \"80GiB\"",
                           text_of(value, text));
    *bytes = (int64_t)read;
    return true;
}

bool
reader_time(struct reader *reader, const char *key, double *seconds,
            struct cause *cause)
{
    const char *text;
    char shown[64];
    json_t *value;
    bool good;

    if (is_missing(reader, key, *seconds, &value, &good, cause))
        return good;
    text = json_string_value(value);
    *seconds = -1.0;
    if (text) {
        char *end;
        double read = strtod(text, &end);
        double unit = cost_unit_seconds(end);

        if (end != text && unit > 0.0)
            *seconds = read * unit;
    }
    if (*seconds >= 0.0 && *seconds <= 1e4)
        return true;
    return reader_fail(reader, key, cause,
                       "is %s; use a time, as \"20us\" or \"1.5ms\"",
                       text_of(value, shown));
}

bool
reader_speed(struct reader *reader, const char *key, double *bytes,
             struct cause *cause)
{
    const char *text;
    char shown[64];
    char size[48];
    json_t *value;
    size_t length;
    bool good;

    if (is_missing(reader, key, *bytes, &value, &good, cause))
        return good;
    text = json_string_value(value);
    length = text ? strlen(text) : 0;
    if (length > 2 && length < sizeof size &&
        strcmp(text + length - 2, "/s") == 0) {
        snprintf(size, sizeof size, "%.*s", (int)length - 2, text);
        if (bytes_parse(size, bytes) && *bytes > 0.0)
            return true;
    }
    return reader_fail(reader, key, cause,
                       "is %s; use bytes a second, as \"25GB/s\"",
                       text_of(value, shown));
}
