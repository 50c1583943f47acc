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

/* Frees the arrays and leaves an empty set; a second call does nothing. */
void
dataset_fini(struct dataset *set);

/* Standard normal values with uniform random labels. A model can only learn
 * them by heart, which is a first test of a training loop. */
void
dataset_random(struct dataset *set, int count, int features, int classes,
               uint64_t seed);

/* Bytes of a random set of this size, and of a given set. */
size_t
dataset_random_bytes(int count, int features);
size_t
dataset_bytes(const struct dataset *set);

enum { DIGITS_SIDE = 12, DIGITS_TRAIN = 4000, DIGITS_TEST = 1000 };

/* 12x12 grey digits drawn stroke by stroke, with shift, slant, thickness and
 * noise; example i of either split is a function of (seed, split, i). */
void
dataset_digits(struct dataset *set, bool test, int count, uint64_t seed);

/* Reads an images file and a labels file of equal counts. classes becomes the
 * largest label + 1. Pixels of type ubyte stay bytes; images of any other type
 * become values without scaling, which must be finite. On failure set is empty
 * and cause names the file, the fault and what was expected. */
bool
dataset_idx(struct dataset *set, const char *images, const char *labels,
            struct cause *cause);

/* Reads the train or t10k files of dir under their usual names:
 * {train,t10k}-{images-idx3,labels-idx1}-ubyte, with or without .gz; ".idx3"
 * for "-idx3" and another type's name for ubyte are accepted. If both files of
 * the test split are missing, set is empty, and that is success. */
bool
dataset_idx_dir(struct dataset *set, const char *dir, bool test,
                struct cause *cause);

/* A hash of all values and labels: equal for the same examples under any
 * name. */
uint64_t
dataset_hash(const struct dataset *set);

/* Copies example i into values[features]. */
void
dataset_example(const struct dataset *set, int i, float *values);

#endif
