/* check_nn.c -- the test program of src/nn: cuts, one slice, its loss and
 * gradients, slices in a chain, numbers that are not finite, optimizers. */
#include "config.h"

#include "cases.h"
#include "suite.h"
#include "tensor/gemm.h"

int
main(void)
{
    Suite *suite = suite_create("nn");

    gemm_one_thread();
    suite_add_tcase(suite, mlp_case());
    suite_add_tcase(suite, slice_case());
    suite_add_tcase(suite, loss_case());
    suite_add_tcase(suite, gradient_case());
    suite_add_tcase(suite, chain_case());
    suite_add_tcase(suite, finite_case());
    suite_add_tcase(suite, optimizer_case());
    return suite_main(suite);
}
