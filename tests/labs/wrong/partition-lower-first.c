#include "exercises.h"

double
exercise_forward(struct slice *lower, struct slice *upper, struct tensor x,
                 const uint8_t labels[])
{
    tensor_copy(slice_input(lower, 0, x.rows), x);
    slice_forward(lower, 0, x.rows);
    tensor_copy(slice_input(upper, 0, x.rows),
                slice_output(lower, 0, x.rows));
    slice_forward(upper, 0, x.rows);
    return slice_loss(upper, 0, labels, x.rows, x.rows);
}

void
exercise_backward(struct slice *lower, struct slice *upper,
                  struct tensor handed, int rows)
{
    const struct tensor none = {0};

    slice_backward(lower, 0, handed, none, rows);
    slice_backward(upper, 0, none, handed, rows);
}
