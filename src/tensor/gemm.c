/* gemm.c -- multiplies matrices by CBLAS; the one file that knows it. */
#include "config.h"

#include "tensor/gemm.h"

#include "base/machine.h"
#include "base/memory.h"

#include <assert.h>
#include <cblas.h>
#include <stdatomic.h>

#if defined __has_feature
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1
#endif
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

#if defined __SANITIZE_THREAD__
void
__tsan_read_range(void *from, long size);
void
__tsan_write_range(void *from, long size);
#elif defined __SANITIZE_ADDRESS__
void *
__asan_region_is_poisoned(void *from, size_t size);
#endif

/* Sanitizers do not see into the library: tell them what it touches. */
static void
declare_use(struct tensor c, struct tensor a, struct tensor b)
{
#if defined __SANITIZE_THREAD__
    __tsan_read_range(a.data, (long)(tensor_count(a) * sizeof *a.data));
    __tsan_read_range(b.data, (long)(tensor_count(b) * sizeof *b.data));
    __tsan_write_range(c.data, (long)(tensor_count(c) * sizeof *c.data));
#elif defined __SANITIZE_ADDRESS__
    assert(
        !__asan_region_is_poisoned(a.data, tensor_count(a) * sizeof *a.data));
    assert(
        !__asan_region_is_poisoned(b.data, tensor_count(b) * sizeof *b.data));
    assert(
        !__asan_region_is_poisoned(c.data, tensor_count(c) * sizeof *c.data));
#else
    (void)c;
    (void)a;
    (void)b;
#endif
}

void
gemm_one_thread(void)
{
#ifdef HAVE_OPENBLAS_SET_NUM_THREADS
    openblas_set_num_threads(1);
#endif
}

/* The largest that OpenBLAS is built with. */
enum { BUFFER_SPACE = 128 << 20 };

size_t
gemm_space(int threads)
{
    return memory_times((size_t)threads, BUFFER_SPACE + machine_stack_space());
}

void
gemm_need_space(int threads)
{
    /* There was room for so many already. Trainings may begin at one time. */
    static atomic_int buffers;
    int before = atomic_load(&buffers);
    int more = threads > before ? threads - before : 0;
    struct machine_need need = {
        .space =
            memory_plus(memory_times((size_t)more, BUFFER_SPACE),
                        memory_times((size_t)threads, machine_stack_space()))};
    struct cause cause;

    if (!machine_has(need, "the stacks and buffers of threads",
                     "use fewer threads or a higher limit", &cause))
        die("%s", cause.text);
    atomic_fetch_add(&buffers, more);
}

/* c = product + keep * c */
static void
multiply(struct tensor c, struct tensor a, CBLAS_TRANSPOSE transpose_a,
         struct tensor b, CBLAS_TRANSPOSE transpose_b, float keep)
{
    int inner = transpose_a == CblasTrans ? a.rows : a.cols;

    assert(c.rows == (transpose_a == CblasTrans ? a.cols : a.rows));
    assert(c.cols == (transpose_b == CblasTrans ? b.rows : b.cols));
    assert(inner == (transpose_b == CblasTrans ? b.cols : b.rows));
    declare_use(c, a, b);
    cblas_sgemm(CblasRowMajor, transpose_a, transpose_b, c.rows, c.cols, inner,
                1.0f, a.data, a.cols, b.data, b.cols, keep, c.data, c.cols);
}

void
gemm_nn(struct tensor c, struct tensor a, struct tensor b)
{
    multiply(c, a, CblasNoTrans, b, CblasNoTrans, 0.0f);
}

void
gemm_nt(struct tensor c, struct tensor a, struct tensor b)
{
    multiply(c, a, CblasNoTrans, b, CblasTrans, 0.0f);
}

void
gemm_add_tn(struct tensor c, struct tensor a, struct tensor b)
{
    multiply(c, a, CblasTrans, b, CblasNoTrans, 1.0f);
}
