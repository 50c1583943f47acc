/* safetensors.h -- named arrays of floats with some texts, in the file format
 * that machine-learning tools share.
 *
 *   8 bytes   N, little-endian
 *   N bytes   JSON, padded with spaces:
 *             {"__metadata__": {"key": "text", ...},
 *              "name": {"dtype": "F32", "shape": [2, 3],
 *                       "data_offsets": [0, 24]}, ...}
 *   the rest  the floats, little-endian, which the offsets, counted from here,
 *             cover without gap or overlap
 *
 * https://huggingface.co/docs/safetensors describes it. F32 is written; F32,
 * F16 and BF16 are read, the latter two as the floats that they equal. Files
 * with other types are refused. */
#ifndef PIPELAB_DATA_SAFETENSORS_H
#define PIPELAB_DATA_SAFETENSORS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    SAFETENSORS_HEADER_MOST = 100000000, /* bytes; the format's own limit */
    SAFETENSORS_DIMS = 8                 /* this reader's */
};

enum safetensor_type { SAFETENSOR_F32, SAFETENSOR_F16, SAFETENSOR_BF16 };

struct safetensor {
    const char *name;
    enum safetensor_type type; /* of the values in a file that is read */
    int dims;
    int64_t shape[SAFETENSORS_DIMS]; /* dims */
    const float *values;             /* only for writing */
    int64_t begin;                   /* offset of its first byte; when read */
    int64_t end;                     /* offset after its last; when read */
};

struct safetensors_text {
    const char *key;
    const char *text;
};

/* Stops at the first failure of out and returns false with errno. The caller
 * flushes out and checks for a later failure. Texts that are not UTF-8, such
 * as names of files, are written as text_json() does. */
bool
safetensors_write(FILE *out, const struct safetensors_text texts[],
                  size_t text_count, const struct safetensor tensors[],
                  size_t tensor_count);

/* The parts of it: all but the values; then those of each tensor, in that
 * order. */
bool
safetensors_write_header(FILE *out, const struct safetensors_text texts[],
                         size_t text_count, const struct safetensor tensors[],
                         size_t tensor_count);
bool
safetensors_write_values(FILE *out, const struct safetensor *tensor);

/* A file being read: its header is valid and fits its size. */
struct safetensors {
    const char *path; /* borrowed */
    FILE *in;
    struct json_t *header;      /* holds names and texts */
    int64_t data;               /* where the floats begin */
    struct safetensor *tensors; /* count, in the order of their names */
    size_t count;
};

/* False with the cause if the file is not in that format; then there is
 * nothing to close. */
bool
safetensors_open(struct safetensors *file, const char *path,
                 struct cause *cause);

/* Does nothing when not open. */
void
safetensors_close(struct safetensors *file);

/* The text of a key, or the tensor of a name; NULL if there is none. Valid
 * until the file is closed. */
const char *
safetensors_text(const struct safetensors *file, const char *key);
const struct safetensor *
safetensors_find(const struct safetensors *file, const char *name);

/* Reads all values of one of the file's tensors into to. */
bool
safetensors_read(const struct safetensors *file,
                 const struct safetensor *tensor, float *to,
                 struct cause *cause);

#endif
