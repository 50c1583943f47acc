/* loss.c -- computes the loss of logits and its gradient, row by row. */
#include "config.h"

#include "nn/loss.h"

#include <math.h>

static float *
row_of(struct tensor logits, int row)
{
    return logits.data + (size_t)row * (size_t)logits.cols;
}

static int
largest_of(const float row[], int classes)
{
    int best = 0;

    for (int c = 1; c < classes; c++)
        if (row[c] > row[best])
            best = c;
    return best;
}

/* Replaces one row of logits by scale * (p - onehot(label)); returns
 * -log p[label]. p = exp(logits - largest) / sum, so no exp overflows. */
static double
row_loss(float *logits, int classes, int label, float scale)
{
    float largest = logits[largest_of(logits, classes)];
    double sum = 0.0;
    double loss;

    for (int c = 0; c < classes; c++)
        sum += exp((double)logits[c] - (double)largest);
    loss = log(sum) - ((double)logits[label] - (double)largest);
    for (int c = 0; c < classes; c++) {
        double p = exp((double)logits[c] - (double)largest) / sum;

        logits[c] = (float)(p - (c == label)) * scale;
    }
    return loss;
}

double
loss_of(struct tensor logits, const uint8_t labels[], int batch)
{
    double loss = 0.0;

    for (int r = 0; r < logits.rows; r++)
        loss += row_loss(row_of(logits, r), logits.cols, labels[r],
                         1.0f / (float)batch);
    return loss / batch;
}

int
loss_correct(struct tensor logits, const uint8_t labels[])
{
    int correct = 0;

    for (int r = 0; r < logits.rows; r++)
        correct += largest_of(row_of(logits, r), logits.cols) == labels[r];
    return correct;
}
