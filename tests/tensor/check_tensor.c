#include "config.h"

#include "tensor/gemm.h"
#include "tensor/tensor.h"

#include "base/rng.h"
#include "suite.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static struct tensor
random_tensor(int rows, int cols, uint32_t index)
{
    struct tensor t = tensor_new(rows, cols);
    struct rng rng;

    rng_init(&rng, 1, RNG_TEST, index);
    for (size_t i = 0; i < tensor_count(t); i++)
        t.data[i] = 2.0f * rng_uniform(&rng) - 1.0f;
    return t;
}

static double
at(struct tensor t, int row, int col, bool transposed)
{
    return (double)(transposed ? t.data[col * t.cols + row]
                               : t.data[row * t.cols + col]);
}

/* c += a b in doubles, beside what the product made of the same. A sum of k
 * terms below one in floats is off by at most k eps times their sum. */
static void
expect_product(struct tensor c, struct tensor a, bool ta, struct tensor b,
               bool tb, struct tensor before, bool accumulate)
{
    int inner = ta ? a.rows : a.cols;
    double bound = (double)FLT_EPSILON * (inner + 1) * (inner + 1);

    for (int i = 0; i < c.rows; i++)
        for (int j = 0; j < c.cols; j++) {
            double sum = accumulate ? at(before, i, j, false) : 0.0;

            for (int k = 0; k < inner; k++)
                sum += at(a, i, k, ta) * at(b, k, j, tb);
            ck_assert_double_eq_tol(at(c, i, j, false), sum, bound);
        }
}

typedef void
product(struct tensor c, struct tensor a, struct tensor b, bool accumulate);

static const struct {
    product *multiply;
    bool ta;
    bool tb;
} products[] = {
    {gemm_nn, false, false},
    {gemm_nt, false, true},
    {gemm_tn, true, false},
};

static const int shapes[][3] = {
    /* m, n, k */
    {1, 1, 1},   {1, 7, 5},   {4, 4, 4},    {3, 17, 9},  {13, 1, 31},
    {5, 128, 2}, {32, 33, 1}, {12, 64, 64}, {17, 23, 96}};

/* _i: the product. */
START_TEST(products_are_those_of_the_definition)
{
    gemm_one_thread();
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int accumulate = 0; accumulate < 2; accumulate++) {
            int m = shapes[s][0];
            int n = shapes[s][1];
            int k = shapes[s][2];
            bool ta = products[_i].ta;
            bool tb = products[_i].tb;
            struct tensor a = random_tensor(ta ? k : m, ta ? m : k, 0);
            struct tensor b = random_tensor(tb ? n : k, tb ? k : n, 1);
            struct tensor before = random_tensor(m, n, 2);
            struct tensor c = random_tensor(m, n, 2);
            struct tensor again = random_tensor(m, n, 2);

            products[_i].multiply(c, a, b, accumulate);
            expect_product(c, a, ta, b, tb, before, accumulate);
            products[_i].multiply(again, a, b, accumulate);
            ck_assert_mem_eq(again.data, c.data,
                             tensor_count(c) * sizeof *c.data);
            tensor_free(&a);
            tensor_free(&b);
            tensor_free(&before);
            tensor_free(&c);
            tensor_free(&again);
        }
}
END_TEST

START_TEST(without_accumulation_what_was_there_does_not_matter)
{
    struct tensor a = random_tensor(2, 3, 0);
    struct tensor b = random_tensor(3, 2, 1);
    struct tensor c = tensor_new(2, 2);

    for (size_t i = 0; i < tensor_count(c); i++)
        c.data[i] = NAN;
    gemm_nn(c, a, b, false);
    expect_product(c, a, false, b, false, c, false);
    tensor_free(&a);
    tensor_free(&b);
    tensor_free(&c);
}
END_TEST

START_TEST(first_rows_share_their_floats)
{
    struct tensor t = tensor_new(5, 3);
    struct tensor first = tensor_rows(t, 2);

    ck_assert_int_eq(first.rows, 2);
    ck_assert_int_eq(first.cols, 3);
    ck_assert_ptr_eq(first.data, t.data);
    ck_assert_uint_eq(tensor_count(first), 6);
    tensor_free(&t);
    ck_assert_ptr_null(t.data);
    tensor_free(&t);
}
END_TEST

START_TEST(a_copy_has_the_same_floats)
{
    struct tensor from = random_tensor(4, 6, 0);
    struct tensor to = tensor_new(4, 6);
    struct tensor none = tensor_new(0, 6);

    tensor_copy(to, from);
    ck_assert_mem_eq(to.data, from.data, 24 * sizeof(float));
    tensor_copy(none, none);
    tensor_free(&from);
    tensor_free(&to);
    tensor_free(&none);
}
END_TEST

START_TEST(a_tensor_prints_its_shape_and_corners)
{
    float floats[] = {1, 2, 3, 4, 5, 6};
    char text[128] = "";
    FILE *out = fmemopen(text, sizeof text, "w");

    tensor_print(out, (struct tensor){2, 3, floats});
    tensor_print(out, (struct tensor){0, 3, NULL});
    fclose(out);
    ck_assert_str_eq(text, "2 x 3: [1 .. 3; .. ; 4 .. 6]\n0 x 3\n");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("tensor");
    TCase *tcase = tcase_create("tensor");

    tcase_add_loop_test(tcase, products_are_those_of_the_definition, 0, 3);
    tcase_add_test(tcase, without_accumulation_what_was_there_does_not_matter);
    tcase_add_test(tcase, first_rows_share_their_floats);
    tcase_add_test(tcase, a_copy_has_the_same_floats);
    tcase_add_test(tcase, a_tensor_prints_its_shape_and_corners);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
