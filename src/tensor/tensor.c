/* tensor.c -- allocates matrices of floats and views their rows. */
#include "config.h"

#include "tensor/tensor.h"

#include "base/memory.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SSE__
#include <xmmintrin.h>
#endif

struct tensor
tensor_new(int rows, int cols)
{
    struct tensor t = {rows, cols, NULL};

    assert(rows >= 0 && cols >= 0);
    t.data = memory_new_floats(tensor_count(t));
    return t;
}

void
tensor_free(struct tensor *t)
{
    free(t->data);
    *t = (struct tensor){0};
}

struct tensor
tensor_rows(struct tensor t, int rows)
{
    assert(rows <= t.rows);
    t.rows = rows;
    return t;
}

void
tensor_copy(struct tensor to, struct tensor from)
{
    assert(to.rows == from.rows && to.cols == from.cols);
    if (tensor_count(to) > 0)
        memcpy(to.data, from.data, tensor_count(to) * sizeof *to.data);
}

double
tensor_norm(struct tensor t)
{
    double squares = 0.0;

    for (size_t i = 0; i < tensor_count(t); i++)
        squares += (double)t.data[i] * (double)t.data[i];
    return sqrt(squares);
}

/* Without their sign the bits of floats are integers in the same order, with
 * infinity and NaN on top. The loop has no exit, so that it is vectorized. */
VECTOR_CLONES bool
tensor_is_finite(struct tensor t)
{
    const int32_t infinity = 0x7f800000;
    size_t count = tensor_count(t);
    int32_t most = 0;

    for (size_t i = 0; i < count; i++) {
        int32_t bits;

        memcpy(&bits, &t.data[i], sizeof bits);
        bits &= INT32_MAX;
        most = bits > most ? bits : most;
    }
    return most < infinity;
}

void
tensor_flush_subnormals(void)
{
#if defined __SSE__
    const unsigned int inputs_too = 0x40; /* denormals are zeros */

    _mm_setcsr(_mm_getcsr() | _MM_FLUSH_ZERO_ON | inputs_too);
#elif defined __aarch64__
    const uint64_t flush = 1 << 24; /* FZ: results and inputs */
    uint64_t fpcr;

    __asm__ __volatile__("mrs %0, fpcr" : "=r"(fpcr));
    __asm__ __volatile__("msr fpcr, %0" : : "r"(fpcr | flush));
#endif
}

void
tensor_print(FILE *out, struct tensor t)
{
    size_t count = tensor_count(t);
    float least = NAN;
    float most = NAN;

    fprintf(out, "%d x %d", t.rows, t.cols);
    for (size_t i = 0; i < count; i++) {
        least = fminf(least, t.data[i]);
        most = fmaxf(most, t.data[i]);
    }
    if (count > 0)
        fprintf(out, ", norm %.4g, from %.4g to %.4g:", tensor_norm(t),
                (double)least, (double)most);
    for (size_t i = 0; i < count && i < TENSOR_FIRST; i++)
        fprintf(out, " %.4g", (double)t.data[i]);
    fputs(count > TENSOR_FIRST ? " ...\n" : "\n", out);
}
