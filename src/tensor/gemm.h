/* gemm.h -- matrix products; the one place that knows CBLAS.
 *
 * Three products are all that a linear layer needs. Each asserts that the
 * shapes agree. For given shapes on a given machine the result is the same bit
 * for bit, on every thread. */
#ifndef PIPELAB_TENSOR_GEMM_H
#define PIPELAB_TENSOR_GEMM_H

#include "tensor/tensor.h"

/* Makes CBLAS run each product on the calling thread alone. Call it once,
 * before any product. */
void
gemm_one_thread(void);

/* Address space that threads need which multiply at once: a stack and a buffer
 * of OpenBLAS for each. A product uses only a part of the buffer. If there is
 * no room for a buffer, OpenBLAS retries for ever. */
size_t
gemm_space(int threads);

/* Ends the process if that much is not there. The main thread calls it when
 * all else is allocated, before it starts the threads. */
void
gemm_need_space(int threads);

/* c[m,n] = a[m,k] b[k,n] */
void
gemm_nn(struct tensor c, struct tensor a, struct tensor b);

/* c[m,n] = a[m,k] b[n,k]^T */
void
gemm_nt(struct tensor c, struct tensor a, struct tensor b);

/* c[m,n] += a[k,m]^T b[k,n] */
void
gemm_add_tn(struct tensor c, struct tensor a, struct tensor b);

#endif
