/* optimizer.h -- SGD with momentum and Adam over flat arrays of parameters.
 *
 * Both are PyTorch's: torch.optim.SGD(momentum) and torch.optim.Adam
 * (Kingma and Ba, "Adam: a method for stochastic optimization", algorithm 1),
 * without weight decay. */
#ifndef PIPELAB_NN_OPTIMIZER_H
#define PIPELAB_NN_OPTIMIZER_H

#include <stdbool.h>
#include <stddef.h>

enum optimizer_kind { OPTIMIZER_SGD, OPTIMIZER_ADAM };

struct optimizer_options {
    enum optimizer_kind kind;
    float lr;
    float momentum;     /* SGD only; 0 for plain SGD */
    float beta1, beta2; /* Adam only */
    float epsilon;      /* Adam only */
};

/* lr 1e-3, momentum 0.9, betas 0.9 and 0.999, epsilon 1e-8. */
struct optimizer_options
optimizer_defaults(enum optimizer_kind kind);

/* "sgd" or "adam"; false for any other name. */
bool
optimizer_kind_parse(const char *name, enum optimizer_kind *kind);
const char *
optimizer_kind_name(enum optimizer_kind kind);

struct optimizer {
    struct optimizer_options options;
    size_t count;  /* parameters */
    float *first;  /* count: momentum buffer (SGD) or first moment (Adam) */
    float *second; /* count: second moment; NULL for SGD */
    int steps;     /* begun so far */
    float rate;    /* Adam's bias corrections for this step: of the mean, with
                    * the learning rate... */
    float root;    /* ...and of the square's root */
};

void
optimizer_init(struct optimizer *opt, const struct optimizer_options *options,
               size_t count);
void
optimizer_fini(struct optimizer *opt);

/* Floats of state per parameter: 1 or 2. */
int
optimizer_state_floats(enum optimizer_kind kind);

/* A step begins... */
void
optimizer_begin(struct optimizer *opt);

/* ...and updates the weights from the gradients, in as many parts as the caller
 * likes, each parameter in one of them: here first .. first+count-1. Leaves
 * those gradients zero, ready for the next step's accumulation. */
void
optimizer_update(const struct optimizer *opt, float *weights,
                 float *gradients, size_t first, size_t count);

#endif
