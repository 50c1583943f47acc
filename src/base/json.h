/* json.h -- writes JSON (RFC 8259) value by value, with commas and escapes.
 *
 * Texts that are not UTF-8 are written as text_json() does. Reals read back as
 * the same double; NaN and infinity, which JSON cannot write, become null. */
#ifndef PIPELAB_BASE_JSON_H
#define PIPELAB_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
    FILE *out;
    bool comma; /* a value stands before the next one */
};

/* Inside an object every value has a key; elsewhere key is NULL. */
void
json_open(struct json *json, const char *key, char bracket);
void
json_close(struct json *json, char bracket);
void
json_text(struct json *json, const char *key, const char *value);
void
json_int(struct json *json, const char *key, int64_t value);
void
json_number(struct json *json, const char *key, double value);
void
json_bool(struct json *json, const char *key, bool value);

#endif
