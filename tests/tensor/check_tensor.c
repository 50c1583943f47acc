/* check_tensor.c -- views of floats, and the products against plain loops in
 * double precision. */
#include "config.h"

#include "base/rng.h"
#include "runtime/barrier.h"
#include "suite.h"
#include "tensor/gemm.h"
#include "tensor/packed.h"
#include "tensor/tensor.h"

#include <float.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { SEED = 7 };

/* Rounding of one float operation is at most this part of the result. */
static const double ROUNDING = 0x1p-24;

/* ---- tensor ---- */

START_TEST(new_tensor_is_zero_and_begins_a_cache_line)
{
    for (int rows = 1; rows <= 9; rows++) {
        struct tensor t = tensor_new(rows, 7);

        ck_assert_int_eq(t.rows, rows);
        ck_assert_int_eq(t.cols, 7);
        ck_assert_uint_eq(tensor_count(t), 7 * (size_t)rows);
        ck_assert_uint_eq((uintptr_t)t.data % 64, 0);
        for (size_t i = 0; i < tensor_count(t); i++)
            ck_assert(t.data[i] == 0.0f);
        tensor_free(&t);
    }
}
END_TEST

START_TEST(freed_tensor_is_an_empty_view)
{
    struct tensor t = tensor_new(2, 3);

    for (int again = 0; again < 2; again++) {
        tensor_free(&t);
        ck_assert_ptr_null(t.data);
        ck_assert_int_eq(t.rows, 0);
        ck_assert_int_eq(t.cols, 0);
    }
}
END_TEST

START_TEST(count_of_a_large_tensor_does_not_wrap)
{
    struct tensor t = {100000, 100000, NULL};

    ck_assert_uint_eq(tensor_count(t), (size_t)100000 * 100000);
}
END_TEST

START_TEST(first_rows_share_the_floats)
{
    struct tensor t = tensor_new(4, 3);

    for (int rows = 0; rows <= 4; rows++) {
        struct tensor head = tensor_rows(t, rows);

        ck_assert_int_eq(head.rows, rows);
        ck_assert_int_eq(head.cols, 3);
        ck_assert_ptr_eq(head.data, t.data);
    }
    ck_assert_int_eq(t.rows, 4);
    tensor_free(&t);
}
END_TEST

static void
number(struct tensor t, float first)
{
    for (size_t i = 0; i < tensor_count(t); i++)
        t.data[i] = first + (float)i;
}

START_TEST(copy_writes_the_rows_of_the_view_and_no_others)
{
    struct tensor from = tensor_new(3, 5);
    struct tensor to = tensor_new(3, 5);

    number(from, 1.0f);
    number(to, 100.0f);
    tensor_copy(tensor_rows(to, 2), tensor_rows(from, 2));
    for (int i = 0; i < 15; i++) {
        ck_assert(to.data[i] == (i < 10 ? 1.0f : 100.0f) + (float)i);
        ck_assert(from.data[i] == 1.0f + (float)i);
    }
    tensor_free(&from);
    tensor_free(&to);
}
END_TEST

START_TEST(tensors_of_no_floats_are_harmless)
{
    static const int none[][2] = {{0, 0}, {0, 5}, {5, 0}};

    for (int s = 0; s < 3; s++) {
        struct tensor a = tensor_new(none[s][0], none[s][1]);
        struct tensor view = {none[s][0], none[s][1], NULL};

        ck_assert_uint_eq(tensor_count(a), 0);
        ck_assert_ptr_nonnull(a.data);
        tensor_copy(a, view);
        tensor_copy(view, view);
        ck_assert_uint_eq(tensor_count(tensor_rows(a, 0)), 0);
        tensor_free(&a);
    }
}
END_TEST

static void
expect_print(struct tensor t, const char *expected)
{
    char text[200] = "";
    FILE *out = fmemopen(text, sizeof text, "w");

    ck_assert_ptr_nonnull(out);
    tensor_print(out, t);
    fclose(out);
    ck_assert_str_eq(text, expected);
}

START_TEST(print_shows_shape_norm_range_and_first_values)
{
    struct tensor t = tensor_new(3, 4);

    number(t, 1.5f);
    expect_print(t, "3 x 4, norm 27.04, from 1.5 to 12.5: 1.5 2.5 3.5 4.5 "
                    "...\n");
    expect_print(tensor_rows(t, 1),
                 "1 x 4, norm 6.403, from 1.5 to 4.5: 1.5 2.5 3.5 4.5\n");
    expect_print(tensor_rows(t, 0), "0 x 4\n");
    t.data[0] = NAN;
    t.data[11] = -7.0f;
    expect_print(t, "3 x 4, norm nan, from -7 to 11.5: nan 2.5 3.5 4.5 ...\n");
    tensor_free(&t);
    expect_print(t, "0 x 0\n");
}
END_TEST

/* Every place of every length that vectors have a remainder in. */
START_TEST(one_float_that_is_not_finite_is_found_anywhere)
{
    static const float values[] = {NAN, -NAN, INFINITY, -INFINITY};

    for (int count = 0; count <= 40; count++) {
        struct tensor t = tensor_new(1, count);

        for (int i = 0; i < count; i++)
            t.data[i] = i % 2 ? FLT_MAX : -FLT_MAX;
        ck_assert(tensor_is_finite(t));
        for (int i = 0; i < count; i++)
            for (int v = 0; v < 4; v++) {
                float before = t.data[i];

                t.data[i] = values[v];
                ck_assert(!tensor_is_finite(t));
                t.data[i] = before;
            }
        tensor_free(&t);
    }
}
END_TEST

START_TEST(norm_is_the_root_of_the_sum_of_squares)
{
    struct tensor t = tensor_new(2, 2);

    ck_assert_double_eq(tensor_norm(t), 0.0);
    t.data[0] = -3.0f;
    t.data[3] = 4.0f;
    ck_assert_double_eq(tensor_norm(t), 5.0);
    ck_assert_double_eq(tensor_norm(tensor_rows(t, 1)), 3.0);
    tensor_free(&t);
    ck_assert_double_eq(tensor_norm(t), 0.0);
}
END_TEST

/* ---- products ---- */

/* Either by gemm, or by b laid out for a kernel. */
static const struct kind {
    const char *name;
    void (*gemm)(struct tensor c, struct tensor a, struct tensor b);
    bool adds; /* to what the result holds */
    bool transpose_a;
    bool transpose_b;
    int kernel;
} kinds[] = {
    {"nn", gemm_nn, false, false, false, 0},
    {"nt", gemm_nt, false, false, true, 0},
    {"tn, added", gemm_add_tn, true, true, false, 0},
    {"packed nn, kernel 0", NULL, false, false, false, 0},
    {"packed nt, kernel 0", NULL, false, false, true, 0},
    {"packed nn, kernel 1", NULL, false, false, false, 1},
    {"packed nt, kernel 1", NULL, false, false, true, 1},
    {"packed nn, kernel 2", NULL, false, false, false, 2},
    {"packed nt, kernel 2", NULL, false, false, true, 2},
};

enum { KINDS = sizeof kinds / sizeof *kinds, KERNELS = 3 };

/* Where a machine has fewer, the slowest again. */
static const struct packed_kernel *
kernel_of(int i)
{
    while (!packed_kernel(i))
        i--;
    ck_assert_ptr_null(packed_kernel(KERNELS));
    return packed_kernel(i);
}

static struct packed
pack(const struct kind *kind, struct tensor b)
{
    const struct packed_kernel *kernel = kernel_of(kind->kernel);
    struct packed packed = kind->transpose_b
                               ? packed_new(b.cols, b.rows, kernel)
                               : packed_new(b.rows, b.cols, kernel);

    if (kind->transpose_b)
        packed_columns(&packed, b, 0, b.rows);
    else
        packed_rows(&packed, b, 0, b.rows);
    return packed;
}

static void
multiply(const struct kind *kind, struct tensor c, struct tensor a,
         struct tensor b)
{
    struct packed packed;

    if (kind->gemm) {
        kind->gemm(c, a, b);
        return;
    }
    packed = pack(kind, b);
    packed_multiply(c, a, &packed);
    packed_free(&packed);
}

/* m x n from an inner sum of k. */
struct shape {
    int m;
    int n;
    int k;
};

static const struct shape shapes[] = {
    {1, 1, 1},      {1, 5, 3},      {1, 64, 64},   {1, 128, 784},
    {5, 1, 7},      {2, 3, 4},      {7, 11, 13},   {8, 8, 8},
    {16, 16, 16},   {17, 33, 65},   {3, 200, 1},   {200, 3, 2},
    {32, 128, 128}, {31, 127, 129}, {64, 10, 128}, {13, 10, 300},
    {128, 128, 4},  {9, 257, 63},   {33, 70, 513},
};

enum { SHAPES = sizeof shapes / sizeof *shapes };

/* Operands, and what the result holds beforehand. */
struct operands {
    struct tensor a;
    struct tensor b;
    struct tensor c;
};

static struct operands
operands_new(const struct kind *kind, const struct shape *shape)
{
    return (struct operands){
        kind->transpose_a ? tensor_new(shape->k, shape->m)
                          : tensor_new(shape->m, shape->k),
        kind->transpose_b ? tensor_new(shape->n, shape->k)
                          : tensor_new(shape->k, shape->n),
        tensor_new(shape->m, shape->n),
    };
}

static void
operands_free(struct operands *o)
{
    tensor_free(&o->a);
    tensor_free(&o->b);
    tensor_free(&o->c);
}

static void
fill_normal(struct tensor t, struct rng *rng)
{
    for (size_t i = 0; i < tensor_count(t); i++)
        t.data[i] = rng_normal(rng);
}

/* Whole numbers from -8 to 8: sums below 2^24 are exact in any order. */
static void
fill_whole(struct tensor t, struct rng *rng)
{
    for (size_t i = 0; i < tensor_count(t); i++)
        t.data[i] = (float)rng_below(rng, 17) - 8.0f;
}

static void
operands_fill(struct operands *o, uint32_t index,
              void (*fill)(struct tensor, struct rng *))
{
    struct rng rng;

    rng_init(&rng, SEED, RNG_TEST, index);
    fill(o->a, &rng);
    fill(o->b, &rng);
    fill(o->c, &rng);
}

static double
at(struct tensor t, bool transposed, int row, int col)
{
    return (double)(transposed ? t.data[col * t.cols + row]
                               : t.data[row * t.cols + col]);
}

/* One element of the product on top of `start`, and the sum of the sizes of
 * what was added. */
static double
element(const struct operands *o, const struct kind *kind, int inner, int row,
        int col, double start, double *sizes)
{
    double sum = start;

    *sizes = fabs(start);
    for (int k = 0; k < inner; k++) {
        double term = at(o->a, kind->transpose_a, row, k) *
                      at(o->b, kind->transpose_b, k, col);

        sum += term;
        *sizes += fabs(term);
    }
    return sum;
}

/* Whatever the order of the k products and k sums, an element is off by at
 * most (k+1) roundings of the sum of its terms' sizes (Higham, "Accuracy and
 * stability of numerical algorithms", section 3.1); with `exact` by nothing.
 */
static void
expect_product(const struct operands *o, struct tensor c,
               const struct kind *kind, const struct shape *shape, bool exact)
{
    for (int row = 0; row < shape->m; row++)
        for (int col = 0; col < shape->n; col++) {
            double start = kind->adds ? at(o->c, false, row, col) : 0.0;
            double got = at(c, false, row, col);
            double sizes;
            double sum = element(o, kind, shape->k, row, col, start, &sizes);
            double bound = exact ? 0.0 : (shape->k + 1) * ROUNDING * sizes;

            if (!(fabs(got - sum) <= bound))
                ck_abort_msg("%s %d x %d x %d: [%d,%d] is %.9g, not %.9g "
                             "within %g",
                             kind->name, shape->m, shape->n, shape->k, row,
                             col, got, sum, bound);
        }
}

static void
try_shape(const struct shape *shape, const struct kind *kind, uint32_t index,
          bool exact)
{
    struct operands o = operands_new(kind, shape);
    struct tensor c = tensor_new(shape->m, shape->n);

    operands_fill(&o, index, exact ? fill_whole : fill_normal);
    tensor_copy(c, o.c);
    multiply(kind, c, o.a, o.b);
    expect_product(&o, c, kind, shape, exact);
    tensor_free(&c);
    operands_free(&o);
}

START_TEST(products_are_those_of_plain_loops)
{
    for (uint32_t s = 0; s < SHAPES; s++)
        try_shape(&shapes[s], &kinds[_i], s, false);
}
END_TEST

START_TEST(products_of_whole_numbers_are_exact)
{
    for (uint32_t s = 0; s < SHAPES; s++)
        try_shape(&shapes[s], &kinds[_i], s, true);
}
END_TEST

/* Every small shape: whatever a kernel does with remainders. */
START_TEST(products_of_all_small_shapes_are_exact)
{
    for (int m = 1; m <= 18; m++)
        for (int n = 1; n <= 18; n++)
            for (int k = 1; k <= 9; k++) {
                struct shape shape = {m, n, k};

                try_shape(&shape, &kinds[_i], (uint32_t)(m * n * k), true);
            }
}
END_TEST

START_TEST(product_forgets_what_the_result_held_unless_it_adds)
{
    const struct shape shape = {6, 5, 4};
    struct operands o = operands_new(&kinds[_i], &shape);

    operands_fill(&o, 0, fill_whole);
    for (int i = 0; i < 30; i++)
        o.c.data[i] = NAN;
    multiply(&kinds[_i], o.c, o.a, o.b);
    if (!kinds[_i].adds)
        expect_product(&o, o.c, &kinds[_i], &shape, true);
    operands_free(&o);
}
END_TEST

/* A short microbatch fills the first rows of a taller tensor. */
START_TEST(product_writes_the_rows_of_the_view_and_no_others)
{
    for (int rows = 1; rows < 20; rows++) {
        struct shape shape = {rows, 9, 6};
        struct operands o = operands_new(&kinds[_i], &shape);
        struct tensor tall = tensor_new(20, 9);

        operands_fill(&o, 0, fill_whole);
        number(tall, 1.0f);
        tensor_copy(tensor_rows(tall, rows), o.c);
        multiply(&kinds[_i], tensor_rows(tall, rows), o.a, o.b);
        expect_product(&o, tensor_rows(tall, rows), &kinds[_i], &shape, true);
        for (size_t i = tensor_count(o.c); i < tensor_count(tall); i++)
            ck_assert(tall.data[i] == 1.0f + (float)i);
        tensor_free(&tall);
        operands_free(&o);
    }
}
END_TEST

/* The same floats, `shift` floats past a cache line, inside *floats. */
static struct tensor
shifted(struct tensor t, int shift, struct tensor *floats)
{
    struct tensor copy = t;

    *floats = tensor_new(1, (int)tensor_count(t) + shift);
    copy.data = floats->data + shift;
    tensor_copy(copy, t);
    return copy;
}

/* A layer's weights lie at another place in memory when the model is cut
 * elsewhere; the bits must not follow. */
START_TEST(bits_do_not_depend_on_where_the_floats_lie)
{
    const struct kind *kind = &kinds[_i];

    for (uint32_t s = 0; s < SHAPES; s++) {
        struct operands o = operands_new(kind, &shapes[s]);
        struct tensor c = tensor_new(shapes[s].m, shapes[s].n);

        operands_fill(&o, s, fill_normal);
        tensor_copy(c, o.c);
        multiply(kind, c, o.a, o.b);
        for (int shift = 1; shift <= 16; shift++) {
            struct tensor floats[3];
            struct tensor a = shifted(o.a, shift, &floats[0]);
            struct tensor b = shifted(o.b, shift * 3 % 17, &floats[1]);
            struct tensor d = shifted(o.c, shift * 5 % 17, &floats[2]);

            multiply(kind, d, a, b);
            ck_assert_mem_eq(d.data, c.data, tensor_count(c) * sizeof *c.data);
            for (int f = 0; f < 3; f++)
                tensor_free(&floats[f]);
        }
        tensor_free(&c);
        operands_free(&o);
    }
}
END_TEST

enum { WORKERS = 4, REPEATS = 20 };

struct worker {
    const struct kind *kind;
    const struct operands *operands; /* one each shape, shared, only read */
    const struct tensor *expected;   /* likewise */
    struct barrier *start;
    int differences; /* written by the worker, read after join */
};

static void *
work(void *argument)
{
    struct worker *worker = argument;

    barrier_wait(worker->start);
    for (int again = 0; again < REPEATS; again++)
        for (int s = 0; s < SHAPES; s++) {
            const struct operands *o = &worker->operands[s];
            struct tensor c = tensor_new(o->c.rows, o->c.cols);

            tensor_copy(c, o->c);
            multiply(worker->kind, c, o->a, o->b);
            worker->differences +=
                memcmp(c.data, worker->expected[s].data,
                       tensor_count(c) * sizeof *c.data) != 0;
            tensor_free(&c);
        }
    return NULL;
}

static void
run_workers(const struct worker *like)
{
    struct worker workers[WORKERS];
    pthread_t threads[WORKERS];
    struct barrier start;

    barrier_init(&start, WORKERS);
    for (int w = 0; w < WORKERS; w++) {
        workers[w] = *like;
        workers[w].start = &start;
        ck_assert_int_eq(pthread_create(&threads[w], NULL, work, &workers[w]),
                         0);
    }
    for (int w = 0; w < WORKERS; w++)
        pthread_join(threads[w], NULL);
    barrier_fini(&start);
    for (int w = 0; w < WORKERS; w++)
        ck_assert_int_eq(workers[w].differences, 0);
}

START_TEST(bits_do_not_depend_on_the_thread_that_asks)
{
    struct operands operands[SHAPES];
    struct tensor expected[SHAPES];
    struct worker like = {&kinds[_i], operands, expected, NULL, 0};

    for (uint32_t s = 0; s < SHAPES; s++) {
        operands[s] = operands_new(like.kind, &shapes[s]);
        operands_fill(&operands[s], s, fill_normal);
        expected[s] = tensor_new(shapes[s].m, shapes[s].n);
        tensor_copy(expected[s], operands[s].c);
        multiply(like.kind, expected[s], operands[s].a, operands[s].b);
    }
    run_workers(&like);
    for (int s = 0; s < SHAPES; s++) {
        operands_free(&operands[s]);
        tensor_free(&expected[s]);
    }
}
END_TEST

/* ---- packed ---- */

/* Bit for bit, however the rows are shared out among tiles. */
START_TEST(a_row_does_not_depend_on_the_rows_beside_it)
{
    enum { ROWS = 37, COLS = 70, INNER = 300 };
    const struct kind kind = {.kernel = _i};
    struct operands o =
        operands_new(&kind, &(struct shape){ROWS, COLS, INNER});
    struct tensor c = tensor_new(ROWS, COLS);
    struct packed packed;

    operands_fill(&o, 0, fill_normal);
    packed = pack(&kind, o.b);
    packed_multiply(o.c, o.a, &packed);
    for (int first = 0; first < ROWS; first += 5)
        for (int rows = 1; first + rows <= ROWS; rows++) {
            struct tensor a = {rows, INNER, o.a.data + first * INNER};

            packed_multiply(tensor_rows(c, rows), a, &packed);
            ck_assert_mem_eq(c.data, o.c.data + first * COLS,
                             (size_t)(rows * COLS) * sizeof *c.data);
        }
    packed_free(&packed);
    tensor_free(&c);
    operands_free(&o);
}
END_TEST

START_TEST(no_rows_are_no_product)
{
    struct packed packed = packed_new(5, 3, kernel_of(_i));
    struct tensor none = {0, 5, NULL};

    packed_multiply((struct tensor){0, 3, NULL}, none, &packed);
    packed_free(&packed);
    packed_free(&packed);
    ck_assert_ptr_null(packed.panels);
}
END_TEST

/* Laid out anew in parts, over what was there. */
START_TEST(parts_are_laid_out_as_the_whole)
{
    enum { ROWS = 133, COLS = 50 };
    struct tensor b = tensor_new(ROWS, COLS);

    number(b, 1.0f);
    for (int transposed = 0; transposed < 2; transposed++) {
        const struct kind kind = {.transpose_b = transposed, .kernel = _i};
        struct packed whole = pack(&kind, b);
        struct packed parts = packed_new(whole.rows, whole.cols, whole.kernel);

        for (int first = 0; first < ROWS; first += PACKED_COLUMNS) {
            int rows =
                ROWS - first < PACKED_COLUMNS ? ROWS - first : PACKED_COLUMNS;

            (transposed ? packed_columns : packed_rows)(&parts, b, first,
                                                        rows);
        }
        ck_assert_mem_eq(parts.panels, whole.panels,
                         (size_t)ROWS * COLS * sizeof *b.data);
        packed_free(&whole);
        packed_free(&parts);
    }
    tensor_free(&b);
}
END_TEST

static TCase *
tensor_case(void)
{
    TCase *tcase = tcase_create("tensor");

    tcase_add_test(tcase, new_tensor_is_zero_and_begins_a_cache_line);
    tcase_add_test(tcase, freed_tensor_is_an_empty_view);
    tcase_add_test(tcase, count_of_a_large_tensor_does_not_wrap);
    tcase_add_test(tcase, first_rows_share_the_floats);
    tcase_add_test(tcase, copy_writes_the_rows_of_the_view_and_no_others);
    tcase_add_test(tcase, tensors_of_no_floats_are_harmless);
    tcase_add_test(tcase, print_shows_shape_norm_range_and_first_values);
    tcase_add_test(tcase, norm_is_the_root_of_the_sum_of_squares);
    tcase_add_test(tcase, one_float_that_is_not_finite_is_found_anywhere);
    return tcase;
}

static TCase *
products_case(void)
{
    TCase *tcase = tcase_create("products");

    tcase_set_timeout(tcase, 60); /* sweeps, also under valgrind */
    tcase_add_loop_test(tcase, products_are_those_of_plain_loops, 0, KINDS);
    tcase_add_loop_test(tcase, products_of_whole_numbers_are_exact, 0, KINDS);
    tcase_add_loop_test(tcase, products_of_all_small_shapes_are_exact, 0,
                        KINDS);
    tcase_add_loop_test(
        tcase, product_forgets_what_the_result_held_unless_it_adds, 0, KINDS);
    tcase_add_loop_test(
        tcase, product_writes_the_rows_of_the_view_and_no_others, 0, KINDS);
    tcase_add_loop_test(tcase, bits_do_not_depend_on_where_the_floats_lie, 0,
                        KINDS);
    tcase_add_loop_test(tcase, bits_do_not_depend_on_the_thread_that_asks, 0,
                        KINDS);
    return tcase;
}

static TCase *
packed_case(void)
{
    TCase *tcase = tcase_create("packed");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, a_row_does_not_depend_on_the_rows_beside_it, 0,
                        KERNELS);
    tcase_add_loop_test(tcase, no_rows_are_no_product, 0, KERNELS);
    tcase_add_loop_test(tcase, parts_are_laid_out_as_the_whole, 0, KERNELS);
    return tcase;
}

int
main(void)
{
    Suite *suite = suite_create("tensor");

    gemm_one_thread();
    suite_add_tcase(suite, tensor_case());
    suite_add_tcase(suite, products_case());
    suite_add_tcase(suite, packed_case());
    return suite_main(suite);
}
