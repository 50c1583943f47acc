/* gemm.h -- matrix products; the one place that knows CBLAS.
 *
 * Three shapes are all that a linear layer needs. Each computes
 * c = product + (accumulate ? c : 0) and asserts that the shapes agree.
 * For given shapes on a given machine the result is the same bit for bit,
 * whichever thread asks. */
#ifndef PIPELAB_TENSOR_GEMM_H
#define PIPELAB_TENSOR_GEMM_H

#include "tensor/tensor.h"

#include <stdbool.h>

/* Keeps the library to the calling thread; call once, before any product. */
void
gemm_one_thread(void);

/* Address space that so many threads take which multiply at once: their stacks,
 * and a buffer of the library for each, of which a product uses as much as it
 * needs. OpenBLAS retries for ever where there is no room for one. */
size_t
gemm_space(int threads);

/* Ends the process where there is not so much; the main thread calls it before
 * it starts them, when everything else has been allocated. */
void
gemm_need_space(int threads);

/* c[m,n] = a[m,k] b[k,n] */
void
gemm_nn(struct tensor c, struct tensor a, struct tensor b, bool accumulate);

/* c[m,n] = a[m,k] b[n,k]^T */
void
gemm_nt(struct tensor c, struct tensor a, struct tensor b, bool accumulate);

/* c[m,n] = a[k,m]^T b[k,n] */
void
gemm_tn(struct tensor c, struct tensor a, struct tensor b, bool accumulate);

#endif
