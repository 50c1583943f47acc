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
    enum safetensor_type type;       /* of the values in a file that is read */
    int dims;
    int64_t shape[SAFETENSORS_DIMS]; /* dims */
    const float *values;             /* to write; reading leaves it alone */
    int64_t begin;                   /* of its bytes; set by reading, as is */
    int64_t end;                     /* their end */
};

struct safetensors_text {
    const char *key;
    const char *text;
};

/* Stops where out fails, and returns false with errno; the rest is for the
 * caller to see to, as is flushing. Texts that are no UTF-8, as names of files
 * may be, are written as base/text.h has it. */
bool
safetensors_write(FILE *out, const struct safetensors_text texts[],
                  size_t text_count, const struct safetensor tensors[],
                  size_t tensor_count);

/* A file being read: its header is valid and fits its size. */
struct safetensors {
    const char *path;           /* borrowed */
    FILE *in;
    struct json_t *header;      /* holds names and texts */
    int64_t data;               /* where the floats begin */
    struct safetensor *tensors; /* count, in the order of their names */
    size_t count;
};

/* False with the cause if the file is not what is said above; then there is
 * nothing to close. */
bool
safetensors_open(struct safetensors *file, const char *path,
                 struct cause *cause);

/* Harmless when not open. */
void
safetensors_close(struct safetensors *file);

/* NULL if there is none; else it lasts until the file is closed. */
const char *
safetensors_text(const struct safetensors *file, const char *key);
const struct safetensor *
safetensors_find(const struct safetensors *file, const char *name);

/* Reads all values of one of the file's tensors; to has room for them. */
bool
safetensors_read(const struct safetensors *file,
                 const struct safetensor *tensor, float *to,
                 struct cause *cause);

#endif
