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
    int steps;     /* steps begun */
    float rate;    /* Adam, this step: lr / (1 - beta1^steps) */
    float root;    /* Adam, this step: 1 / sqrt(1 - beta2^steps) */
};

void
optimizer_init(struct optimizer *opt, const struct optimizer_options *options,
               size_t count);
void
optimizer_fini(struct optimizer *opt);

/* Floats of state per parameter: 1 or 2. */
int
optimizer_state_floats(enum optimizer_kind kind);

/* Begins a step: counts it and sets Adam's bias corrections. */
void
optimizer_begin(struct optimizer *opt);

/* Updates weights first .. first+count-1 from their gradients, then sets these
 * gradients to zero for the next step. In a step each weight is updated by one
 * call. */
void
optimizer_update(const struct optimizer *opt, float *weights, float *gradients,
                 size_t first, size_t count);

#endif
