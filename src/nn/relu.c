/* relu.c -- adds biases and applies ReLU. These loops compute each element for
 * itself: every vector width gives the same bits. */
#include "config.h"

#include "nn/relu.h"

VECTOR_CLONES void
relu_bias(struct tensor y, const float *restrict bias)
{
    for (int r = 0; r < y.rows; r++) {
        float *restrict row = y.data + (size_t)r * (size_t)y.cols;

        for (int c = 0; c < y.cols; c++)
            row[c] += bias[c];
    }
}

VECTOR_CLONES void
relu_forward(struct tensor y, const float *restrict bias)
{
    for (int r = 0; r < y.rows; r++) {
        float *restrict row = y.data + (size_t)r * (size_t)y.cols;

        for (int c = 0; c < y.cols; c++) {
            float sum = row[c] + bias[c];

            /* NaN stays NaN, as in PyTorch. */
            row[c] = sum <= 0.0f ? 0.0f : sum;
        }
    }
}

VECTOR_CLONES void
relu_backward(struct tensor to, struct tensor g, struct tensor y)
{
    size_t count = tensor_count(to);
    float *restrict masked = to.data;
    const float *restrict gradient = g.data;
    const float *restrict output = y.data;

    for (size_t i = 0; i < count; i++)
        masked[i] = output[i] > 0.0f ? gradient[i] : 0.0f;
}

VECTOR_CLONES void
relu_bias_gradient(float *restrict gradient, struct tensor g)
{
    for (int r = 0; r < g.rows; r++) {
        const float *restrict row = g.data + (size_t)r * (size_t)g.cols;

        for (int c = 0; c < g.cols; c++)
            gradient[c] += row[c];
    }
}
