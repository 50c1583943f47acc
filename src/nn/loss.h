/* loss.h -- softmax cross entropy of a microbatch's logits. */
#ifndef PIPELAB_NN_LOSS_H
#define PIPELAB_NN_LOSS_H

#include "tensor/tensor.h"

#include <stdint.h>

/* The rows' part of the mean loss over a batch of batch rows: the sum of
 * -log softmax(logits)[label] / batch. Leaves the gradient of that,
 * (softmax(logits) - one-hot(label)) / batch, in place of the logits.
 * labels[logits.rows], each below logits.cols. */
double
loss_of(struct tensor logits, const uint8_t labels[], int batch);

/* Rows whose largest logit is the label's. */
int
loss_correct(struct tensor logits, const uint8_t labels[]);

#endif
