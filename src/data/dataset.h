/* dataset.h -- labelled examples in memory, from a recipe or from files.
 *
 * Files are the IDX format of the MNIST family, plain or .gz, of any of its
 * types: http://yann.lecun.com/exdb/mnist/ describes it. */
#ifndef PIPELAB_DATA_DATASET_H
#define PIPELAB_DATA_DATASET_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dataset {
    int count;       /* examples */
    int features;    /* values per example */
    int classes;     /* labels are 0 .. classes-1; 1 .. 256 */
    float *values;   /* count x features, or NULL when there are pixels */
    uint8_t *pixels; /* count x features; a value is pixel / 255 */
    uint8_t *labels; /* count */
};

/* Frees the arrays and leaves an empty set; harmless when repeated. */
void
dataset_fini(struct dataset *set);

/* Standard normal values with labels drawn evenly: nothing to learn but the
 * batch itself, which is what a training loop is first tried on. */
void
dataset_random(struct dataset *set, int count, int features, int classes,
               uint64_t seed);

/* Bytes of such a set, and of one that there is. */
size_t
dataset_random_bytes(int count, int features);
size_t
dataset_bytes(const struct dataset *set);

enum { DIGITS_SIDE = 12, DIGITS_TRAIN = 4000, DIGITS_TEST = 1000 };

/* 12x12 grey digits drawn stroke by stroke, with shift, slant, thickness and
 * noise; example i of either split is a function of (seed, split, i). */
void
dataset_digits(struct dataset *set, bool test, int count, uint64_t seed);

/* Reads an images file and a labels file of equal counts. classes is the
 * largest label and one. Pixels of type ubyte stay bytes; of any other type
 * images become values as they stand in the file, which must be finite. On
 * failure set is empty and cause names the file, what is wrong with it and what
 * was expected. */
bool
dataset_idx(struct dataset *set, const char *images, const char *labels,
            struct cause *cause);

/* Reads train or t10k files under their usual names in dir
 * ({train,t10k}-{images-idx3,labels-idx1}-ubyte, with or without .gz, "." for
 * "-idx" too, or another type for ubyte). Of a test split neither file may be
 * there: then set is empty, and that is success. */
bool
dataset_idx_dir(struct dataset *set, const char *dir, bool test,
                struct cause *cause);

/* Over all values and labels: the same examples, whatever they are called. */
uint64_t
dataset_hash(const struct dataset *set);

/* Example i as features floats. */
void
dataset_example(const struct dataset *set, int i, float *values);

#endif
