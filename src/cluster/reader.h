/* reader.h -- takes the members of a JSON object one by one, and says where a
 * file is wrong: "model.json: layers[3].forward is -1; use ...".
 *
 * Keys that nothing has taken are errors: reader_end() names the first. */
#ifndef PIPELAB_CLUSTER_READER_H
#define PIPELAB_CLUSTER_READER_H

#include "base/error.h"

#ifdef __wasm__
#include "cluster/small_json.h"
#else
#include <jansson.h>
#endif
#include <stdbool.h>
#include <stdint.h>

enum { READER_PATH = 160, READER_TAKEN = 16 };

/* An object that is being read. */
struct reader {
    const char *file;
    char path[READER_PATH]; /* "layers[3].", or "" for the whole file */
    json_t *object;         /* borrowed */
    const char *taken[READER_TAKEN]; /* keys, up to the first NULL */
};

/* Opens the object that a whole file is; *root is the caller's to decref. */
bool
reader_open(struct reader *reader, FILE *in, const char *file, json_t **root,
            struct cause *cause);

/* False, with the cause, if a key is there that was not taken. */
bool
reader_end(const struct reader *reader, struct cause *cause);

bool
reader_has(const struct reader *reader, const char *key);

/* The member, or NULL if there is none. */
json_t *
reader_take(struct reader *reader, const char *key);

/* Opens a member that is an object, or element i of one that is an array. */
bool
reader_object(struct reader *member, struct reader *reader, const char *key,
              struct cause *cause);
bool
reader_element(struct reader *element, const struct reader *reader,
               const char *key, json_t *array, size_t i, struct cause *cause);

/* Sets *number to a member from least to most; a whole one, from 1 on. A
 * member that is not there leaves it as it is, if it is 0 or more; otherwise
 * it must be there. */
bool
reader_number(struct reader *reader, const char *key, double least,
              double most, double *number, struct cause *cause);
bool
reader_whole(struct reader *reader, const char *key, int64_t most,
             int64_t *number, struct cause *cause);

/* The same for a size in bytes, a number or "80GiB"; for a time in seconds,
 * "5us"; and for bytes a second, "25GB/s". */
bool
reader_bytes(struct reader *reader, const char *key, int64_t *bytes,
             struct cause *cause);
bool
reader_time(struct reader *reader, const char *key, double *seconds,
            struct cause *cause);
bool
reader_speed(struct reader *reader, const char *key, double *bytes,
             struct cause *cause);

/* Fails with file, path and key: "cluster.json: node.size is 0; use 1 to 8". */
bool
reader_fail(const struct reader *reader, const char *key, struct cause *cause,
            const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
