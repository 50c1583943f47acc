/* tensor.h -- a matrix of floats, row after row.
 *
 * A struct tensor is a view: copying it copies no floats. The caller of
 * tensor_new() owns the floats and calls tensor_free(). */
#ifndef PIPELAB_TENSOR_TENSOR_H
#define PIPELAB_TENSOR_TENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct tensor {
    int rows;
    int cols;
    float *data; /* rows x cols, row-major, no gaps */
};

/* Zeroed floats on a cache-line boundary. */
struct tensor
tensor_new(int rows, int cols);

/* Frees the floats and leaves an empty view; a second call does nothing. */
void
tensor_free(struct tensor *t);

static inline size_t
tensor_count(struct tensor t)
{
    return (size_t)t.rows * (size_t)t.cols;
}

/* The first rows of t, sharing its floats. */
struct tensor
tensor_rows(struct tensor t, int rows);

/* Copies all floats; the shapes agree. */
void
tensor_copy(struct tensor to, struct tensor from);

/* Square root of the sum of squares. */
double
tensor_norm(struct tensor t);

/* Whether no float is infinite or NaN. */
bool
tensor_is_finite(struct tensor t);

/* From now on floats below FLT_MIN count as zero, in the calling thread and in
 * the threads that it starts. When the gradients are zero, Adam's moments
 * decay to such floats and stay there; an x86 processor then takes a hundred
 * cycles for each operation. All threads of a training must do the same, or
 * their bits differ. Does something on x86 and 64-bit ARM alone. */
void
tensor_flush_subnormals(void);

/* Shape, norm, smallest and largest value, and the first values on one line, as
 * in "8 x 128, norm 1.193, from 0 to 0.0813: 0.0595 0 0 0.0123 ...". */
enum { TENSOR_FIRST = 4 };
void
tensor_print(FILE *out, struct tensor t);

#endif
