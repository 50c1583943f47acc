/* small_json.h -- the calls of Jansson that reader.c makes, where that library
 * is not: in WebAssembly.
 *
 * They mean what Jansson's manual says. A value is owned by the one that holds
 * it, so only the root may be released. Numbers are all doubles. */
#ifndef PIPELAB_CLUSTER_SMALL_JSON_H
#define PIPELAB_CLUSTER_SMALL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum json_type {
    JSON_OBJECT,
    JSON_ARRAY,
    JSON_STRING,
    JSON_NUMBER,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL
};

typedef struct json_value {
    enum json_type type;
    double number;
    char *text;               /* a string, or NULL */
    char *key;                /* where an object holds it, or NULL */
    struct json_value *first; /* member or element, or NULL */
    struct json_value *next;  /* beside it, or NULL */
} json_t;

typedef struct {
    int line;
    char text[160];
} json_error_t;

enum { JSON_REJECT_DUPLICATES = 1 }; /* they always are */

/* The text up to its end, or NULL with the error. */
json_t *
json_loadf(FILE *in, size_t flags, json_error_t *error);
/* Accepts NULL. */
void
json_decref(json_t *value);

/* NULL, or 0, where there is none. */
json_t *
json_object_get(const json_t *object, const char *key);
json_t *
json_array_get(const json_t *array, size_t i);
size_t
json_array_size(const json_t *array);
const char *
json_string_value(const json_t *value);
double
json_number_value(const json_t *value);

#define json_is_object(value) ((value) && (value)->type == JSON_OBJECT)
#define json_is_array(value) ((value) && (value)->type == JSON_ARRAY)
#define json_is_string(value) ((value) && (value)->type == JSON_STRING)
#define json_is_number(value) ((value) && (value)->type == JSON_NUMBER)

#define json_object_foreach(object, name, member)                             \
    for ((member) = (object)->first;                                          \
         (member) && ((name) = (member)->key, true);                          \
         (member) = (member)->next)

#endif
