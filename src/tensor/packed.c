/* packed.c -- multiplies by weights that are laid out in the order of the
 * inner loop. */
#include "config.h"

#include "tensor/packed.h"

#include "base/memory.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#if defined __x86_64__
#include <immintrin.h>
#elif defined __aarch64__
#include <arm_neon.h>
#endif

enum {
    BLOCK = 256, /* rows of a panel that stay in the first-level cache while
                  * all rows of a pass over them */
    LINE = 16,   /* floats of a cache line */
    SQUARE = 4,  /* transposed at once */
    MOST_ROWS = 8,
    MOST_COLS = 32
};

/* c = (add ? c : 0) + a panel, for a few rows of c and a panel's columns. */
struct tile {
    int rows;
    int inner; /* rows of the panel */
    bool add;
    float *c;
    size_t c_stride; /* floats from one row to the next */
    const float *a;
    size_t a_stride;
    const float *panel;
    const float *ahead; /* to be fetched meanwhile... */
    size_t pace;        /* ...so many floats for each row of the panel */
};

struct packed_kernel {
    int cols; /* of a panel */
    int rows; /* of a tile, at most */
    void (*sum)(const struct tile *tile);
};

/* Before a loop of a constant number of rounds: at most MOST_ROWS of them, each
 * written out. */
#if defined __clang__
#define UNROLLED _Pragma("clang loop unroll(full)")
#elif defined __GNUC__
#define UNROLLED _Pragma("GCC unroll 8")
#else
#define UNROLLED
#endif

/* A debugger seldom steps through the inner loop. Unoptimised it takes fifty
 * times as long. */
#if defined __GNUC__ && !defined __clang__ && !defined __OPTIMIZE__
#pragma GCC push_options
#pragma GCC optimize("O2")
#endif

#if defined __x86_64__

#define TILE(name) avx512_##name
#define TILE_TARGET __attribute__((target("avx512f")))
#define TILE_LANES 16
#define TILE_ROWS 8
#define TILE_ADD(sums, x, floats)                                             \
    _mm512_fmadd_ps(_mm512_set1_ps(x), floats, sums)
#include "tensor/packed_tile.h"

#define TILE(name) avx2_##name
#define TILE_TARGET __attribute__((target("avx2,fma")))
#define TILE_LANES 8
#define TILE_ROWS 6
#define TILE_ADD(sums, x, floats)                                             \
    _mm256_fmadd_ps(_mm256_set1_ps(x), floats, sums)
#include "tensor/packed_tile.h"

#elif defined __aarch64__

#define TILE(name) neon_##name
#define TILE_TARGET
#define TILE_LANES 4
#define TILE_ROWS 8
#define TILE_ADD(sums, x, floats) vfmaq_n_f32(sums, floats, x)
#include "tensor/packed_tile.h"

#endif

#define TILE(name) plain_##name
#define TILE_TARGET
#define TILE_LANES 4
#define TILE_ROWS 6
#define TILE_ADD(sums, x, floats) ((sums) + (x) * (floats))
#include "tensor/packed_tile.h"

#if defined __GNUC__ && !defined __clang__ && !defined __OPTIMIZE__
#pragma GCC pop_options
#endif

const struct packed_kernel *
packed_kernel(int i)
{
    const struct packed_kernel *able[4] = {NULL};
    int count = 0;

#if defined __x86_64__
    if (__builtin_cpu_supports("avx512f"))
        able[count++] = &avx512_kernel;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        able[count++] = &avx2_kernel;
#elif defined __aarch64__
    able[count++] = &neon_kernel;
#endif
    able[count++] = &plain_kernel;
    return i < count ? able[i] : NULL;
}

/* OpenBLAS has loops for small matrices, which read them where they lie; for
 * AVX-512 only. Beside those a copy costs more room in the caches than it
 * saves. */
bool
packed_pays(int m, int rows, int cols)
{
#if defined __x86_64__
    const double small = 1 << 17; /* products of two floats */

    return packed_kernel(0) != &avx512_kernel ||
           (double)m * rows * cols > small;
#else
    (void)m;
    (void)rows;
    (void)cols;
    return true;
#endif
}

static int
packed_least(int a, int b)
{
    return a < b ? a : b;
}

static int
parts(int count, int most)
{
    return (count + most - 1) / most;
}

static size_t
count_floats(int rows, int cols, const struct packed_kernel *kernel)
{
    size_t panels = (size_t)parts(cols, kernel->cols);

    return memory_times(panels * (size_t)kernel->cols, (size_t)rows);
}

struct packed
packed_new(int rows, int cols, const struct packed_kernel *kernel)
{
    return (struct packed){
        rows, cols, kernel,
        memory_new_floats(count_floats(rows, cols, kernel))};
}

void
packed_free(struct packed *packed)
{
    free(packed->panels);
    *packed = (struct packed){0};
}

/* Element (row, col); what follows it in its panel lies behind it. */
static float *
element(const struct packed *packed, int row, int col)
{
    int width = packed->kernel->cols;
    int within = col % width;

    return packed->panels + (size_t)(col - within) * (size_t)packed->rows +
           (size_t)row * (size_t)width + within;
}

void
packed_rows(struct packed *packed, struct tensor b, int first, int count)
{
    const int width = packed->kernel->cols;

    assert(b.rows == packed->rows && b.cols == packed->cols);
    for (int col = 0; col < b.cols; col += width) {
        float *to = element(packed, first, col);
        const float *from = b.data + (size_t)first * (size_t)b.cols + col;
        int cols = packed_least(width, b.cols - col);

        for (int row = 0; row < count; row++) {
            for (int c = 0; c < cols; c++)
                to[c] = from[c];
            to += width;
            from += b.cols;
        }
    }
}

static void
transpose(float *to, size_t to_stride, const float *from, size_t from_stride,
          int rows, int cols)
{
    for (size_t r = 0; r < (size_t)rows; r++)
        for (size_t c = 0; c < (size_t)cols; c++)
            to[c * to_stride + r] = from[r * from_stride + c];
}

static void
transpose_square(float *to, size_t to_stride, const float *from,
                 size_t from_stride)
{
#ifdef __SSE__
    __m128 a = _mm_loadu_ps(from);
    __m128 b = _mm_loadu_ps(from + from_stride);
    __m128 c = _mm_loadu_ps(from + 2 * from_stride);
    __m128 d = _mm_loadu_ps(from + 3 * from_stride);

    _MM_TRANSPOSE4_PS(a, b, c, d);
    _mm_storeu_ps(to, a);
    _mm_storeu_ps(to + to_stride, b);
    _mm_storeu_ps(to + 2 * to_stride, c);
    _mm_storeu_ps(to + 3 * to_stride, d);
#else
    transpose(to, to_stride, from, from_stride, SQUARE, SQUARE);
#endif
}

/* No more than a line of few rows at a time: so many lines stay in the cache
 * until they have been used up. */
void
packed_columns(struct packed *packed, struct tensor b, int first, int count)
{
    const size_t width = (size_t)packed->kernel->cols;
    const size_t stride = (size_t)b.cols;
    const int end = first + count;

    assert(b.rows == packed->cols && b.cols == packed->rows);
    assert(first % PACKED_COLUMNS == 0);
    for (int k = 0; k < b.cols; k += LINE)
        for (int col = first; col < end; col += SQUARE) {
            float *to = element(packed, k, col);
            const float *from = b.data + (size_t)col * stride + k;
            int cols = packed_least(SQUARE, end - col);
            int rows = packed_least(LINE, b.cols - k);

            if (cols == SQUARE && rows == LINE)
                for (size_t r = 0; r < LINE; r += SQUARE)
                    transpose_square(to + r * width, width, from + r, stride);
            else
                transpose(to, width, from, stride, cols, rows);
        }
}

/* A tile at the edge, where c has fewer columns than the panel. */
static void
sum_edge(const struct packed_kernel *kernel, struct tile tile, int cols)
{
    float whole[MOST_ROWS * MOST_COLS];
    float *c = tile.c;
    size_t stride = tile.c_stride;
    size_t bytes = (size_t)cols * sizeof *c;

    tile.c = whole;
    tile.c_stride = (size_t)kernel->cols;
    for (size_t r = 0; tile.add && r < (size_t)tile.rows; r++)
        memcpy(whole + r * tile.c_stride, c + r * stride, bytes);
    kernel->sum(&tile);
    for (size_t r = 0; r < (size_t)tile.rows; r++)
        memcpy(c + r * stride, whole + r * tile.c_stride, bytes);
}

/* The share of rows first .. of the panel that begins at column col: a block of
 * them. Meanwhile the block that comes next is fetched, each tile some of it;
 * it follows in memory. */
static void
multiply_block(struct tensor c, struct tensor a, const struct packed *packed,
               int col, int first)
{
    const struct packed_kernel *kernel = packed->kernel;
    int cols = packed_least(kernel->cols, c.cols - col);
    int tiles = parts(a.rows, kernel->rows);
    struct tile tile = {
        .inner = packed_least(BLOCK, a.cols - first),
        .add = first > 0,
        .c_stride = (size_t)c.cols,
        .a_stride = (size_t)a.cols,
        .panel = element(packed, first, col),
        .pace = (size_t)(kernel->cols / tiles),
    };
    bool last = col + cols == c.cols && first + tile.inner == a.cols;

    tile.ahead = tile.panel;
    if (!last)
        tile.ahead += (size_t)tile.inner * (size_t)kernel->cols;
    for (int t = 0; t < tiles; t++) {
        int row = (int)((int64_t)a.rows * t / tiles);

        tile.rows = (int)((int64_t)a.rows * (t + 1) / tiles) - row;
        tile.a = a.data + (size_t)row * tile.a_stride + first;
        tile.c = c.data + (size_t)row * tile.c_stride + col;
        if (cols < kernel->cols)
            sum_edge(kernel, tile, cols);
        else
            kernel->sum(&tile);
        tile.ahead += (size_t)tile.inner * tile.pace;
    }
}

void
packed_multiply(struct tensor c, struct tensor a, const struct packed *packed)
{
    assert(c.rows == a.rows);
    assert(a.cols == packed->rows && c.cols == packed->cols);
    if (a.rows == 0)
        return;
    for (int col = 0; col < c.cols; col += packed->kernel->cols)
        for (int first = 0; first < a.cols; first += BLOCK)
            multiply_block(c, a, packed, col, first);
}
