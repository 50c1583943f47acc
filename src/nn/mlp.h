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

struct mlp {
    int inputs;
    int hidden;
    int layers; /* hidden layers, without the head; >= 1 */
    int classes;
};

/* Columns of a layer's input and output; layer number `layers` is the head. */
int
mlp_layer_inputs(const struct mlp *mlp, int layer);
int
mlp_layer_outputs(const struct mlp *mlp, int layer);

/* Number of weights and biases of the hidden layers first .. layer-1: the
 * offset of a layer's weights in a slice that begins with layer first. */
size_t
mlp_offset(const struct mlp *mlp, int first, int layer);

/* Number of weights and biases of the hidden layers first .. first+count-1,
 * and of the head if they end with the model's last layer. */
size_t
mlp_parameters(const struct mlp *mlp, int first, int count);

/* Bytes that those layers keep for a microbatch of rows rows: from its forward
 * to its backward, and between the two halves of its backward. */
size_t
mlp_stash_bytes(const struct mlp *mlp, int first, int count, int rows);
size_t
mlp_kept_bytes(const struct mlp *mlp, int count, int rows);

/* Floats that they put out for a microbatch: the stash without the input. */
size_t
mlp_output_floats(const struct mlp *mlp, int first, int count, int rows);

/* Cuts the layers into stages, each a run of at least one layer, as even in
 * parameters as possible: the least sum of squares; among equals, the cut with
 * the shortest early stages. counts[stages] receives the layers of each stage.
 * False with the cause if there are more stages than layers. */
bool
mlp_split(const struct mlp *mlp, int stages, int counts[],
          struct cause *cause);

/* Reads a split by hand, "4,4,4,4": exactly stages counts, each >= 1, that add
 * up to the layers. */
bool
mlp_split_parse(const struct mlp *mlp, int stages, const char *text,
                int counts[], struct cause *cause);

#endif
