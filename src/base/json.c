/* json.c -- writes JSON member by member, with commas and escapes in place. */
#include "config.h"

#include "base/json.h"

#include "base/text.h"

#include <math.h>
#include <stdlib.h>

static void
lead_in(struct json *json, const char *key)
{
    if (json->comma)
        fputs(", ", json->out);
    if (key) {
        text_json(json->out, key);
        fputs(": ", json->out);
    }
    json->comma = true;
}

void
json_open(struct json *json, const char *key, char bracket)
{
    lead_in(json, key);
    fputc(bracket, json->out);
    json->comma = false;
}

void
json_close(struct json *json, char bracket)
{
    fputc(bracket, json->out);
    json->comma = true;
}

void
json_text(struct json *json, const char *key, const char *value)
{
    lead_in(json, key);
    text_json(json->out, value);
}

void
json_int(struct json *json, const char *key, int64_t value)
{
    char digits[24];
    char *at = digits + sizeof digits;
    uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;

    /* Faster than printf, which large lists of spans took most of their time
     * in. */
    do
        *--at = (char)('0' + left % 10);
    while (left /= 10);
    if (value < 0)
        *--at = '-';
    lead_in(json, key);
    fwrite(at, 1, (size_t)(digits + sizeof digits - at), json->out);
}

void
json_number(struct json *json, const char *key, double value)
{
    char text[32];

    lead_in(json, key);
    if (!isfinite(value)) {
        fputs("null", json->out);
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    fputs(text, json->out);
}

void
json_bool(struct json *json, const char *key, bool value)
{
    lead_in(json, key);
    fputs(value ? "true" : "false", json->out);
}
