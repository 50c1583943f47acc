#include "config.h"

#include "base/memory.h"
#include "base/rng.h"
#include "cases.h"
#include "suite.h"

void
batch_init(struct batch *batch, int rows, int features, int classes)
{
    struct rng rng;

    batch->rows = rows;
    batch->x = tensor_new(rows, features);
    batch->labels = memory_new((size_t)rows, sizeof *batch->labels);
    rng_init(&rng, 3, RNG_TEST, 0);
    for (size_t i = 0; i < tensor_count(batch->x); i++)
        batch->x.data[i] = rng_normal(&rng);
    for (int r = 0; r < rows; r++)
        batch->labels[r] = (uint8_t)rng_below(&rng, (uint32_t)classes);
}

void
batch_fini(struct batch *batch)
{
    tensor_free(&batch->x);
    free(batch->labels);
}

struct slice *
whole_model(const struct mlp *mlp, int rows, int slots, int split_slots)
{
    struct optimizer_options adam = optimizer_defaults(OPTIMIZER_ADAM);

    return slice_new(mlp, 0, mlp->layers, rows, slots, split_slots, &adam, 11);
}

double
run_forward(struct slice *slice, int slot, const struct batch *batch, int first,
            int rows)
{
    struct tensor x = {rows, batch->x.cols,
                       batch->x.data + first * batch->x.cols};

    tensor_copy(slice_input(slice, slot, rows), x);
    slice_forward(slice, slot, rows);
    return slice_loss(slice, slot, batch->labels + first, rows, batch->rows);
}

int
main(void)
{
    Suite *suite = suite_create("nn");

    suite_add_tcase(suite, split_case());
    suite_add_tcase(suite, gradient_case());
    suite_add_tcase(suite, slice_case());
    suite_add_tcase(suite, optimizer_case());
    return suite_main(suite);
}
