/* linear.c -- multiplies by a layer's weight, laid out beforehand where that
 * pays. */
#include "config.h"

#include "nn/linear.h"

#include "tensor/gemm.h"

void
linear_init(struct linear *linear, struct tensor weight, int rows, bool back)
{
    const struct packed_kernel *kernel = packed_kernel(0);
    int in = weight.cols;
    int out = weight.rows;

    *linear = (struct linear){.weight = weight};
    if (!packed_pays(rows, in, out))
        return;
    linear->forth = packed_new(in, out, kernel);
    if (back)
        linear->back = packed_new(out, in, kernel);
    linear_pack(linear, 0, out);
}

void
linear_fini(struct linear *linear)
{
    packed_free(&linear->forth);
    packed_free(&linear->back);
}

void
linear_pack(struct linear *linear, int first, int count)
{
    if (linear->forth.panels)
        packed_columns(&linear->forth, linear->weight, first, count);
    if (linear->back.panels)
        packed_rows(&linear->back, linear->weight, first, count);
}

void
linear_forward(const struct linear *linear, struct tensor y, struct tensor x)
{
    if (linear->forth.panels)
        packed_multiply(y, x, &linear->forth);
    else
        gemm_nt(y, x, linear->weight);
}

void
linear_backward(const struct linear *linear, struct tensor dx,
                struct tensor dy)
{
    if (linear->back.panels)
        packed_multiply(dx, dy, &linear->back);
    else
        gemm_nn(dx, dy, linear->weight);
}
