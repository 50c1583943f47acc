/* relu.h -- what stands between two products: the bias and ReLU, there and
 * back. */
#ifndef PIPELAB_NN_RELU_H
#define PIPELAB_NN_RELU_H

#include "tensor/tensor.h"

/* y += bias, to every row; bias[y.cols]. */
void
relu_bias(struct tensor y, const float *restrict bias);

/* y = max(y + bias, 0). NaN stays NaN, as in PyTorch. */
void
relu_forward(struct tensor y, const float *restrict bias);

/* to = g where y, ReLU's output, is positive, else 0. All of one shape. */
void
relu_backward(struct tensor to, struct tensor g, struct tensor y);

/* gradient += the sum of g's rows; gradient[g.cols]. */
void
relu_bias_gradient(float *restrict gradient, struct tensor g);

#endif
