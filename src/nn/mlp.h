/* mlp.h -- the model: a multilayer perceptron, and how it is cut into stages.
 *
 *   x -> [Linear inputs->hidden, ReLU] -> (layers-1) x [Linear hidden->hidden,
 *   ReLU] -> head: Linear hidden->classes -> softmax cross entropy
 *
 * The head is no layer of its own when the model is cut: it goes with the last
 * hidden layer. */
#ifndef PIPELAB_NN_MLP_H
#define PIPELAB_NN_MLP_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mlp {
    int inputs;
    int hidden;
    int layers; /* hidden layers, without the head; >= 1 */
    int classes;
};

/* Columns that go into layer 0 .. layers (layers being the head), and out. */
int
mlp_layer_inputs(const struct mlp *mlp, int layer);
int
mlp_layer_outputs(const struct mlp *mlp, int layer);

/* Weights and biases of the hidden layers first .. layer-1: where, in a slice
 * from first on, those of a layer begin. */
size_t
mlp_offset(const struct mlp *mlp, int first, int layer);

/* Weights and biases of hidden layers first .. first+count-1, with the head
 * if the last of them is the model's last. */
size_t
mlp_parameters(const struct mlp *mlp, int first, int count);

/* Bytes that a microbatch of rows rows leaves on those layers between its
 * forward and its backward, and between the halves of its backward. */
size_t
mlp_stash_bytes(const struct mlp *mlp, int first, int count, int rows);
size_t
mlp_kept_bytes(const struct mlp *mlp, int count, int rows);

/* Cuts the layers into stages contiguous runs, each at least one layer long,
 * as even in parameters as can be (least sum of squares; of equals, the one
 * whose early stages are shortest). counts[stages] receives the layers of each
 * stage. False with the cause if there are more stages than layers. */
bool
mlp_split(const struct mlp *mlp, int stages, int counts[],
          struct cause *cause);

/* Reads a split by hand, "4,4,4,4": exactly stages counts, each >= 1, that add
 * up to the layers. */
bool
mlp_split_parse(const struct mlp *mlp, int stages, const char *text,
                int counts[], struct cause *cause);

#endif
